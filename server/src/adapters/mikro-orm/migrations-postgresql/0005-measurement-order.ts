import { Migration } from "@mikro-orm/migrations";

export class Migration0005MeasurementOrder extends Migration {
  override up(): void {
    this.addSql(`create index "measurement_order" on "measurement" ("run_id", "n")`);
  }
}
