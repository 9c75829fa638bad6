import { Migration } from "@mikro-orm/migrations";

export class Migration0013WebhookFormats extends Migration {
  override up(): void {
    this.addSql(`alter table "webhook" add column "format" varchar(16) not null default 'JSON'`);
    this.addSql(`alter table "webhook" add column "address" text null`);
    this.addSql(`alter table "webhook" add column "severity" varchar(16) null`);
    this.addSql(`alter table "webhook" add column "about" varchar(80) null`);
  }
}
