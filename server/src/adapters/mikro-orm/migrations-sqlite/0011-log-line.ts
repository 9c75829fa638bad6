import { Migration } from "@mikro-orm/migrations";

export class Migration0011LogLine extends Migration {
  override up(): void {
    // Without row ids a line is written once, and a page of them read in one piece: with them it is in the table and in its key's index.
    this.addSql(
      `create table "log_line" ("run_id" text not null, "attempt" integer not null, "n" bigint not null, "at" bigint not null, "level" text not null, "text" text not null, primary key ("run_id", "attempt", "n")) without rowid`,
    );
  }
}
