import { Migration } from "@mikro-orm/migrations";

export class Migration0004Personal extends Migration {
  override up(): void {
    this.addSql(
      `create table "personal" ("digest" text not null primary key, "salt" text not null, "value" text not null, "subject" text not null, "path" text not null, "seq" bigint not null)`,
    );
    this.addSql(`create index "personal_subject" on "personal" ("subject")`);
  }
}
