import { Migration } from "@mikro-orm/migrations";

export class Migration0005MeasurementOrder extends Migration {
  override up(): void {
    // SQLite keeps the same numbers under either type, but cannot rename one: the table is made anew.
    this.addSql(
      `create table "measurement_new" ("run_id" text not null, "attempt" integer not null, "name" text not null, "step" bigint not null, "n" bigint not null, "at" bigint not null, "value" text not null, primary key ("run_id", "attempt", "name", "step", "n"))`,
    );
    this.addSql(
      `insert into "measurement_new" select "run_id", "attempt", "name", "step", "n", "at", "value" from "measurement"`,
    );
    this.addSql(`drop table "measurement"`);
    this.addSql(`alter table "measurement_new" rename to "measurement"`);
    this.addSql(`create index "measurement_order" on "measurement" ("run_id", "n")`);
  }
}
