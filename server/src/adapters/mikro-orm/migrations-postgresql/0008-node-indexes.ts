import { Migration } from "@mikro-orm/migrations";

export class Migration0008NodeIndexes extends Migration {
  override up(): void {
    // Nobody looks for a digest, and no list could use more of node_key than the type: nodes of no namespace are in every list.
    for (const name of ["node_key", "node_digest", "node_parent", "node_state"]) this.addSql(`drop index "${name}"`);
    this.addSql(`create index "node_name" on "node" ("name", "type") where name is not null`);
    this.addSql(`create index "node_parent" on "node" ("parent", "version") where parent is not null`);
    this.addSql(`create index "node_state" on "node" ("type", "state", "created_seq") where state is not null`);
  }
}
