import { Migration } from "@mikro-orm/migrations";

export class Migration0007Document extends Migration {
  override up(): void {
    this.addSql(`create table "document" ("digest" text not null primary key, "text" text not null)`);
  }
}
