import { Migration } from "@mikro-orm/migrations";

export class Migration0009AttributeIndexes extends Migration {
  override up(): void {
    // A search looks for digests by how they begin.
    this.addSql(`create index "node_digest" on "node" ("digest") where digest is not null`);
    // Lists are filtered by these. Type and path are literals, as in the statements: a partial index is not found for a parameter.
    this.addSql(
      String.raw`create index "node_run_run_type" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{runType}'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_run_kind" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{kind}'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_run_plugin_name" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{plugin,name}'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_run_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'Run'`,
    );
    this.addSql(
      String.raw`create index "node_report_report_type" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{reportType}'), created_seq, id) where type = 'Report'`,
    );
    this.addSql(
      String.raw`create index "node_report_verdict" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{verdict}'), created_seq, id) where type = 'Report'`,
    );
    this.addSql(
      String.raw`create index "node_alert_severity" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{severity}'), created_seq, id) where type = 'Alert'`,
    );
    this.addSql(
      String.raw`create index "node_alert_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'Alert'`,
    );
    this.addSql(
      String.raw`create index "node_decision_decision_type" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{decisionType}'), created_seq, id) where type = 'Decision'`,
    );
    this.addSql(
      String.raw`create index "node_decision_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'Decision'`,
    );
    this.addSql(
      String.raw`create index "node_deployment_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'Deployment'`,
    );
    this.addSql(
      String.raw`create index "node_endpoint_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'Endpoint'`,
    );
    this.addSql(
      String.raw`create index "node_code_version_commit" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{commit}'), created_seq, id) where type = 'CodeVersion'`,
    );
    this.addSql(
      String.raw`create index "node_code_version_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'CodeVersion'`,
    );
    this.addSql(
      String.raw`create index "node_dataset_version_attributed_to" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{attributedTo}'), created_seq, id) where type = 'DatasetVersion'`,
    );
    this.addSql(
      String.raw`create index "node_agent_kind" on "node" ((replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{kind}'), created_seq, id) where type = 'Agent'`,
    );
    this.addSql(
      String.raw`create index "node_run_triggered_by" on "node" (created_seq, id) where type = 'Run' and (replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{triggeredBy,0,id}') is not null`,
    );
    this.addSql(
      String.raw`create index "node_report_about" on "node" (created_seq, id) where type = 'Report' and (replace(attributes, '\u0000', '\ufffd')::jsonb #>> '{about,0,id}') is not null`,
    );
  }
}
