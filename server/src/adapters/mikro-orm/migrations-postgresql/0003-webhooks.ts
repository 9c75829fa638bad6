import { Migration } from "@mikro-orm/migrations";

export class Migration0003Webhooks extends Migration {
  override up(): void {
    this.addSql(
      `create table "webhook" ("id" varchar(80) not null, "namespace" varchar(63) not null, "url" text not null, "types" text null, "secret_hash" varchar(64) not null, "created_by" varchar(80) not null, "created_at" bigint not null, "position" bigint not null, "failures" int not null, "next_attempt_at" bigint not null, "last_error" text null, "delivered_at" bigint null, "disabled_reason" text null, "ended_at" bigint null, primary key ("id"))`,
    );
  }
}
