import { Migration } from "@mikro-orm/migrations";

export class Migration0009NodeFacets extends Migration {
  override up(): void {
    this.addSql(`alter table "node" add column "facet1" text null`);
    this.addSql(`alter table "node" add column "facet2" text null`);
    this.addSql(`alter table "node" add column "facet3" text null`);
    this.addSql(`alter table "node" add column "facet4" text null`);
    this.addSql(`alter table "node" add column "ends" text null`);
    // What was recorded before, by type of node; a text that holds U+0000 is none of these.
    this.addSql(
      `update node set facet1 = json_extract(attributes, '$.runType'), facet2 = json_extract(attributes, '$.kind'), facet3 = json_extract(attributes, '$.plugin.name'), facet4 = json_extract(attributes, '$.attributedTo'), ends = (select group_concat(' ' || (value ->> 'id') || ' ', '') from json_each(attributes, '$.triggeredBy')) where type = 'Run'`,
    );
    this.addSql(
      `update node set facet1 = json_extract(attributes, '$.reportType'), facet2 = json_extract(attributes, '$.verdict'), ends = (select group_concat(' ' || (value ->> 'id') || ' ', '') from json_each(attributes, '$.about')) where type = 'Report'`,
    );
    this.addSql(
      `update node set facet1 = json_extract(attributes, '$.severity'), facet2 = json_extract(attributes, '$.attributedTo') where type = 'Alert'`,
    );
    this.addSql(
      `update node set facet1 = json_extract(attributes, '$.decisionType'), facet2 = json_extract(attributes, '$.attributedTo') where type = 'Decision'`,
    );
    this.addSql(`update node set facet1 = json_extract(attributes, '$.attributedTo') where type = 'Deployment'`);
    this.addSql(`update node set facet1 = json_extract(attributes, '$.attributedTo') where type = 'Endpoint'`);
    this.addSql(
      `update node set facet1 = json_extract(attributes, '$.commit'), facet2 = json_extract(attributes, '$.attributedTo') where type = 'CodeVersion'`,
    );
    this.addSql(`update node set facet1 = json_extract(attributes, '$.attributedTo') where type = 'DatasetVersion'`);
    this.addSql(`update node set facet1 = json_extract(attributes, '$.kind') where type = 'Agent'`);
    // A search looks for digests by how they begin.
    this.addSql(`create index "node_digest" on "node" ("digest") where digest is not null`);
    this.addSql(
      `create index "node_facet1" on "node" ("facet1", "type", "created_seq", "id") where facet1 is not null`,
    );
    this.addSql(
      `create index "node_facet2" on "node" ("facet2", "type", "created_seq", "id") where facet2 is not null`,
    );
    this.addSql(
      `create index "node_facet3" on "node" ("facet3", "type", "created_seq", "id") where facet3 is not null`,
    );
    this.addSql(
      `create index "node_facet4" on "node" ("facet4", "type", "created_seq", "id") where facet4 is not null`,
    );
    this.addSql(`create index "node_ends" on "node" ("type", "created_seq", "id") where ends is not null`);
  }
}
