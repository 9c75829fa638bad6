import { Migration } from "@mikro-orm/migrations";

export class Migration0007Document extends Migration {
  override up(): void {
    this.addSql(
      `create table "document" ("digest" varchar(71) not null, "text" text not null, primary key ("digest"))`,
    );
  }
}
