import { Migration } from "@mikro-orm/migrations";

export class Migration0001Initial extends Migration {
  override up(): void {
    this.addSql(
      `create table "file" ("version_id" text not null, "path" text not null, "digest" text not null, "size_bytes" bigint not null, primary key ("version_id", "path"))`,
    );
    this.addSql(`create index "file_digest" on "file" ("digest")`);
    this.addSql(
      `create table "idempotency" ("principal" text not null, "mutation" text not null, "key" text not null, "input_digest" text not null, "seq" bigint not null, "answer" text not null, primary key ("principal", "mutation", "key"))`,
    );
    this.addSql(
      `create table "lease" ("run_id" text not null primary key, "attempt" integer not null, "runner_id" text not null, "token_hash" text not null, "expires_at" bigint not null)`,
    );
    this.addSql(`create index "lease_expiry" on "lease" ("expires_at")`);
    this.addSql(
      `create table "ledger" ("seq" integer not null primary key, "recorded_at" bigint not null, "type" text not null, "bytes" blob not null, "leaf_hash" text not null)`,
    );
    this.addSql(
      `create table "ledger_head" ("id" integer not null primary key, "ledger_id" text not null, "seq" bigint not null, "recorded_at" bigint not null, "leaf_hash" text not null)`,
    );
    this.addSql(
      `create table "measurement" ("run_id" text not null, "attempt" integer not null, "name" text not null, "step" integer not null, "n" integer not null, "at" bigint not null, "value" text not null, primary key ("run_id", "attempt", "name", "step", "n"))`,
    );
    this.addSql(
      `create table "node" ("id" text not null primary key, "type" text not null, "namespace" text null, "name" text null, "version" integer null, "parent" text null, "state" text null, "digest" text null, "attributes" text not null, "created_seq" bigint not null, "changed_seq" bigint not null)`,
    );
    this.addSql(`create index "node_key" on "node" ("type", "namespace", "name", "version")`);
    this.addSql(`create index "node_newest" on "node" ("type", "created_seq")`);
    this.addSql(`create index "node_parent" on "node" ("parent", "version")`);
    this.addSql(`create index "node_state" on "node" ("type", "state", "created_seq")`);
    this.addSql(`create index "node_digest" on "node" ("digest")`);
    this.addSql(
      `create table "node_history" ("id" text not null, "from_seq" integer not null, "until_seq" bigint not null, "attributes" text not null, primary key ("id", "from_seq"))`,
    );
    this.addSql(`create table "position" ("follower" text not null primary key, "seq" bigint not null)`);
    this.addSql(
      `create table "token" ("id" text not null primary key, "hash" text not null, "name" text not null, "agent_id" text not null, "grants" text not null, "expires_at" bigint null, "revoked_at" bigint null)`,
    );
    this.addSql(`create index "token_hash" on "token" ("hash")`);
  }
}
