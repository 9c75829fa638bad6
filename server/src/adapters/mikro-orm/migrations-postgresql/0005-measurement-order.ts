import { Migration } from "@mikro-orm/migrations";

export class Migration0005MeasurementOrder extends Migration {
  override up(): void {
    // Both may be any whole number up to 2^53.
    this.addSql(`alter table "measurement" alter column "step" type bigint, alter column "n" type bigint`);
    this.addSql(`create index "measurement_order" on "measurement" ("run_id", "n")`);
  }
}
