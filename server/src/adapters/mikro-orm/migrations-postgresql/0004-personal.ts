import { Migration } from "@mikro-orm/migrations";

export class Migration0004Personal extends Migration {
  override up(): void {
    this.addSql(
      `create table "personal" ("digest" varchar(71) not null, "salt" varchar(32) not null, "value" text not null, "subject" varchar(80) not null, "path" text not null, "seq" bigint not null, primary key ("digest"))`,
    );
    this.addSql(`create index "personal_subject" on "personal" ("subject")`);
    // ANALYZE keeps frequent values in its own tables, where nothing erases them.
    this.addSql(`alter table "personal" alter column "value" set statistics 0`);
    this.addSql(`alter table "token" alter column "name" set statistics 0`);
  }
}
