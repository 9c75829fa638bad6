import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Holds a file for this process alone, until released or until the process dies. SQLite's lock is used because the operating system
 * frees it, which no file holding a process id can promise: ids are used again, and in a container every server has id 1.
 * @throws {GraphInUse}
 */
export function lockFile(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  chmodSync(path, 0o600);
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw (error as { errcode?: number }).errcode === SQLITE_BUSY ? new GraphInUse(path) : error;
  }
  return () => database.close();
}

const SQLITE_BUSY = 5;

export class GraphInUse extends Error {
  constructor(path: string) {
    super(
      `the embedded graph is for one server process, and another one holds ${path}: use Neo4j for several processes`,
    );
  }
}
