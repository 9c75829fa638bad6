import type { Database } from "better-sqlite3";
import { ERASE, ERASE_TOKEN_NAMES } from "./erasure-sql.ts";

/** Tables that hold names in plain text. */
const REWRITTEN = ["personal", "token"];

/**
 * Erases, inside a batch's transaction. SQLite leaves the bytes of what it deletes where they were, and copies of rows that were moved
 * between pages as well: so both tables are written anew, on pages that `secure_delete` has zeroed. It is on only here, as it makes every
 * other write dearer.
 */
export function eraseInSqlite(db: Database, subjects: readonly string[]): void {
  db.pragma("secure_delete = ON");
  try {
    for (const subject of subjects) for (const text of [...ERASE, ERASE_TOKEN_NAMES]) db.prepare(text).run(subject);
    for (const table of REWRITTEN) rewrite(db, table);
  } finally {
    db.pragma("secure_delete = OFF");
  }
}

function rewrite(db: Database, table: string): void {
  const rows = db.prepare<[], Record<string, unknown>>(`select * from ${table}`).all();
  db.prepare(`delete from ${table}`).run();
  for (const row of rows) insertRow(db, table, row);
}

function insertRow(db: Database, table: string, row: Record<string, unknown>): void {
  const columns = Object.keys(row);
  const marks = columns.map(() => "?").join(", ");
  db.prepare(`insert into ${table} (${columns.join(", ")}) values (${marks})`).run(...Object.values(row));
}

/**
 * Moves what was committed from the write-ahead log into the database and empties the log. Answers false when another connection still
 * reads an older state.
 */
export function scrubSqlite(db: Database): boolean {
  db.pragma("busy_timeout = 0");
  const [result] = db.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
  db.pragma("busy_timeout = 5000");
  return result?.busy === 0;
}
