import type { Client } from "pg";
import { ERASE, ERASE_TOKEN_NAMES } from "./erasure-sql.ts";
import { reaching } from "./postgres-faults.ts";
import { connect } from "./postgres-link.ts";
import { numbered } from "./sql.ts";

/** Readers of names wait no longer than this for the tables, while the tables wait for an export. */
const LOCK_TIMEOUT_MS = 1_000;
const LOCK_NOT_AVAILABLE = "55P03";

/** Erases, inside a batch's transaction. To be sent before what the batch adds to `personal`. */
export function eraseInPostgres(writer: Client, subjects: readonly string[]): Promise<unknown>[] {
  return subjects.flatMap((subject) => ERASE.map((text) => writer.query(numbered(text), [subject])));
}

/** To be sent after what the batch adds to `token`. */
export function eraseTokenNames(writer: Client, subjects: readonly string[]): Promise<unknown>[] {
  return subjects.map((subject) => writer.query(numbered(ERASE_TOKEN_NAMES), [subject]));
}

/**
 * Writes the tables that hold names anew and gives their old files up: VACUUM alone leaves the bytes of dead rows in free space. An
 * export holds a lock on both tables from its start, so that none of its old rows is taken along here.
 */
export async function scrubPostgres(url: string): Promise<boolean> {
  const client = await connect(url);
  try {
    await reaching(() => client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`));
    await reaching(() => client.query("vacuum (full) personal, token"));
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  } finally {
    await client.end();
  }
}
