import { Migration } from "@mikro-orm/migrations";

export class Migration0001Initial extends Migration {
  override up(): void {
    this.addSql(
      `create table "file" ("version_id" varchar(80) not null, "path" varchar(1024) not null, "digest" varchar(71) not null, "size_bytes" bigint not null, primary key ("version_id", "path"))`,
    );
    this.addSql(`create index "file_digest" on "file" ("digest")`);
    this.addSql(
      `create table "idempotency" ("principal" varchar(80) not null, "mutation" varchar(60) not null, "key" varchar(500) not null, "input_digest" varchar(71) not null, "seq" bigint not null, "answer" text not null, primary key ("principal", "mutation", "key"))`,
    );
    this.addSql(
      `create table "lease" ("run_id" varchar(80) not null, "attempt" int not null, "runner_id" varchar(80) not null, "token_hash" varchar(64) not null, "expires_at" bigint not null, primary key ("run_id"))`,
    );
    this.addSql(`create index "lease_expiry" on "lease" ("expires_at")`);
    this.addSql(
      `create table "ledger" ("seq" int not null, "recorded_at" bigint not null, "type" varchar(100) not null, "bytes" bytea not null, "leaf_hash" varchar(64) not null, primary key ("seq"))`,
    );
    this.addSql(
      `create table "ledger_head" ("id" int not null, "ledger_id" varchar(36) not null, "seq" bigint not null, "recorded_at" bigint not null, "leaf_hash" varchar(64) not null, primary key ("id"))`,
    );
    this.addSql(
      `create table "measurement" ("run_id" varchar(80) not null, "attempt" int not null, "name" varchar(200) not null, "step" int not null, "n" int not null, "at" bigint not null, "value" text not null, primary key ("run_id", "attempt", "name", "step", "n"))`,
    );
    this.addSql(
      `create table "node" ("id" varchar(80) not null, "type" varchar(41) not null, "namespace" varchar(63) null, "name" varchar(255) null, "version" int null, "parent" varchar(80) null, "state" varchar(20) null, "digest" varchar(71) null, "attributes" text not null, "created_seq" bigint not null, "changed_seq" bigint not null, primary key ("id"))`,
    );
    this.addSql(`create index "node_key" on "node" ("type", "namespace", "name", "version")`);
    this.addSql(`create index "node_newest" on "node" ("type", "created_seq")`);
    this.addSql(`create index "node_parent" on "node" ("parent", "version")`);
    this.addSql(`create index "node_state" on "node" ("type", "state", "created_seq")`);
    this.addSql(`create index "node_digest" on "node" ("digest")`);
    this.addSql(
      `create table "node_history" ("id" varchar(80) not null, "from_seq" int not null, "until_seq" bigint not null, "attributes" text not null, primary key ("id", "from_seq"))`,
    );
    this.addSql(
      `create table "position" ("follower" varchar(60) not null, "seq" bigint not null, primary key ("follower"))`,
    );
    this.addSql(
      `create table "token" ("id" varchar(80) not null, "hash" varchar(64) not null, "name" varchar(255) not null, "agent_id" varchar(80) not null, "grants" text not null, "expires_at" bigint null, "revoked_at" bigint null, primary key ("id"))`,
    );
    this.addSql(`create index "token_hash" on "token" ("hash")`);
  }
}
