import { Migration } from "@mikro-orm/migrations";

export class Migration0016TriggerKinds extends Migration {
  override up(): void {
    // What was recorded before: its only key says what a trigger is on.
    this.addSql(
      `update node set facet2 = (select key from json_each(attributes, '$.definition.on')) where type = 'Trigger'`,
    );
  }
}
