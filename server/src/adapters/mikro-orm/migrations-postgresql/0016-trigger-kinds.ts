import { Migration } from "@mikro-orm/migrations";

/** jsonb refuses U+0000, which other texts may hold. */
const ON = String.raw`replace(attributes, '\u0000', '\ufffd')::jsonb #> '{definition,on}'`;

export class Migration0016TriggerKinds extends Migration {
  override up(): void {
    // What was recorded before: its only key says what a trigger is on.
    this.addSql(`update node set facet2 = (select jsonb_object_keys(${ON})) where type = 'Trigger'`);
  }
}
