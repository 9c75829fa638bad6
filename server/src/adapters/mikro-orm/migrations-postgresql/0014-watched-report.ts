import { Migration } from "@mikro-orm/migrations";

/** Steps of pipelines have a report: null for those that were there before, as entries of theirs are read now. */
export class Migration0014WatchedReport extends Migration {
  override up(): void {
    for (const [table, which] of [
      ["node", `type = 'PipelineStep'`],
      ["node_history", `id like 'PipelineStep:%'`],
    ])
      this.addSql(`update ${table} set attributes = '{"report":null,' || substr(attributes, 2) where ${which}`);
  }
}
