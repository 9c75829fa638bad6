import { Migration } from "@mikro-orm/migrations";

export class Migration0013WebhookFormats extends Migration {
  override up(): void {
    this.addSql(`alter table "webhook" add column "format" text not null default 'JSON'`);
    this.addSql(`alter table "webhook" add column "address" text null`);
    this.addSql(`alter table "webhook" add column "severity" text null`);
    this.addSql(`alter table "webhook" add column "about" text null`);
  }
}
