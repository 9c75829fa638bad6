import { Migration } from "@mikro-orm/migrations";

export class Migration0011LogLine extends Migration {
  override up(): void {
    this.addSql(
      `create table "log_line" ("run_id" varchar(80) not null, "attempt" int not null, "n" bigint not null, "at" bigint not null, "level" varchar(5) not null, "text" text not null, primary key ("run_id", "attempt", "n"))`,
    );
    // ANALYZE would keep what jobs say in its own tables, where nothing deletes it when it is old.
    this.addSql(`alter table "log_line" alter column "text" set statistics 0`);
  }
}
