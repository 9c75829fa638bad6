import { Migration } from "@mikro-orm/migrations";

export class Migration0015Kept extends Migration {
  override up(): void {
    this.addSql(`alter table "position" add column "kept" text null`);
  }
}
