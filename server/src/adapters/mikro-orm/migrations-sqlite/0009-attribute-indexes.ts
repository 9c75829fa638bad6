import { Migration } from "@mikro-orm/migrations";

export class Migration0009AttributeIndexes extends Migration {
  override up(): void {
    // A search looks for digests by how they begin.
    this.addSql(`create index "node_digest" on "node" ("digest") where digest is not null`);
    // Lists are filtered by these. Type and path are literals, as in the statements: a partial index is not found for a parameter.
    this.addSql(
      String.raw`create index "node_run_run_type" on "node" (json_extract(attributes, '$.runType'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_run_kind" on "node" (json_extract(attributes, '$.kind'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_run_plugin_name" on "node" (json_extract(attributes, '$.plugin.name'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_run_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_report_report_type" on "node" (json_extract(attributes, '$.reportType'), created_seq, id) where type = 'Report'`,
    );
    this.addSql(
      String.raw`create index "node_report_verdict" on "node" (json_extract(attributes, '$.verdict'), created_seq, id) where type = 'Report'`,
    );
    this.addSql(
      String.raw`create index "node_alert_severity" on "node" (json_extract(attributes, '$.severity'), created_seq, id) where type = 'Alert'`,
    );
    this.addSql(
      String.raw`create index "node_alert_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'Alert'`,
    );
    this.addSql(
      String.raw`create index "node_decision_decision_type" on "node" (json_extract(attributes, '$.decisionType'), created_seq, id) where type = 'Decision'`,
    );
    this.addSql(
      String.raw`create index "node_decision_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'Decision'`,
    );
    this.addSql(
      String.raw`create index "node_deployment_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'Deployment'`,
    );
    this.addSql(
      String.raw`create index "node_endpoint_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'Endpoint'`,
    );
    this.addSql(
      String.raw`create index "node_code_version_commit" on "node" (json_extract(attributes, '$.commit'), created_seq, id) where type = 'CodeVersion'`,
    );
    this.addSql(
      String.raw`create index "node_code_version_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'CodeVersion'`,
    );
    this.addSql(
      String.raw`create index "node_dataset_version_attributed_to" on "node" (json_extract(attributes, '$.attributedTo'), created_seq, id) where type = 'DatasetVersion'`,
    );
    this.addSql(
      String.raw`create index "node_agent_kind" on "node" (json_extract(attributes, '$.kind'), created_seq, id) where type = 'Agent'`,
    );
    this.addSql(
      String.raw`create index "node_run_triggered_by" on "node" (created_seq, id) where type = 'Run' and json_extract(attributes, '$.triggeredBy[0].id') is not null`,
    );
    this.addSql(
      String.raw`create index "node_report_about" on "node" (created_seq, id) where type = 'Report' and json_extract(attributes, '$.about[0].id') is not null`,
    );
  }
}
