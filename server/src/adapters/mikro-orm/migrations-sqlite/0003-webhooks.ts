import { Migration } from "@mikro-orm/migrations";

export class Migration0003Webhooks extends Migration {
  override up(): void {
    this.addSql(
      `create table "webhook" ("id" text not null primary key, "namespace" text not null, "url" text not null, "types" text null, "secret_hash" text not null, "created_by" text not null, "created_at" bigint not null, "position" bigint not null, "failures" integer not null, "next_attempt_at" bigint not null, "last_error" text null, "delivered_at" bigint null, "disabled_reason" text null, "ended_at" bigint null)`,
    );
  }
}
