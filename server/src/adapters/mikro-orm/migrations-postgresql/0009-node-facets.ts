import { Migration } from "@mikro-orm/migrations";

/** jsonb refuses U+0000, which other texts may hold; what stands for it leaves the JSON valid. */
const PARSED = String.raw`(select id, replace(attributes, '\u0000', '\ufffd')::jsonb as a from node) as parsed`;

export class Migration0009NodeFacets extends Migration {
  override up(): void {
    this.addSql(`alter table "node" add column "facet1" varchar(255) null`);
    this.addSql(`alter table "node" add column "facet2" varchar(255) null`);
    this.addSql(`alter table "node" add column "facet3" varchar(255) null`);
    this.addSql(`alter table "node" add column "facet4" varchar(255) null`);
    this.addSql(`alter table "node" add column "ends" text null`);
    // What was recorded before, by type of node; a text that holds U+0000 is none of these.
    this.addSql(
      `update node set facet1 = a #>> '{runType}', facet2 = a #>> '{kind}', facet3 = a #>> '{plugin,name}', facet4 = a #>> '{attributedTo}', ends = (select string_agg(' ' || (e.value ->> 'id') || ' ', '' order by e.ordinality) from jsonb_array_elements(a -> 'triggeredBy') with ordinality as e) from ${PARSED} where parsed.id = node.id and type = 'Run'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{reportType}', facet2 = a #>> '{verdict}', ends = (select string_agg(' ' || (e.value ->> 'id') || ' ', '' order by e.ordinality) from jsonb_array_elements(a -> 'about') with ordinality as e) from ${PARSED} where parsed.id = node.id and type = 'Report'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{severity}', facet2 = a #>> '{attributedTo}' from ${PARSED} where parsed.id = node.id and type = 'Alert'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{decisionType}', facet2 = a #>> '{attributedTo}' from ${PARSED} where parsed.id = node.id and type = 'Decision'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{attributedTo}' from ${PARSED} where parsed.id = node.id and type = 'Deployment'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{attributedTo}' from ${PARSED} where parsed.id = node.id and type = 'Endpoint'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{commit}', facet2 = a #>> '{attributedTo}' from ${PARSED} where parsed.id = node.id and type = 'CodeVersion'`,
    );
    this.addSql(
      `update node set facet1 = a #>> '{attributedTo}' from ${PARSED} where parsed.id = node.id and type = 'DatasetVersion'`,
    );
    this.addSql(`update node set facet1 = a #>> '{kind}' from ${PARSED} where parsed.id = node.id and type = 'Agent'`);
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
