import { Migration } from "@mikro-orm/migrations";

export class Migration0002Tags extends Migration {
  override up(): void {
    this.addSql(
      `create table "tag" ("node_id" varchar(80) not null, "kind" varchar(5) not null, "key" varchar(63) not null, "recorded_seq" int not null, "valid_from" bigint not null, "value" varchar(500) not null, "valid_to" bigint null, "ended_seq" bigint null, primary key ("node_id", "kind", "key", "recorded_seq", "valid_from"))`,
    );
    this.addSql(`create index "tag_value" on "tag" ("value", "key")`);
  }
}
