import { Migration } from "@mikro-orm/migrations";

export class Migration0006PersonalOrder extends Migration {
  override up(): void {
    // Verification reads the values in the order of their entries.
    this.addSql(`create index "personal_seq" on "personal" ("seq")`);
  }
}
