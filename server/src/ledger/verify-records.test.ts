import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openSqlite } from "../adapters/mikro-orm/index.ts";
import type { NodeDefinition } from "../core/define-node.ts";
import { describeRecords } from "../ports/records.contract.ts";

describeRecords("SQLite", async () => {
  const dir = mkdtempSync(join(tmpdir(), "clew-records-"));
  const file = join(dir, "clew.db");
  const database = await openSqlite(file);
  const change = async (statement: string) => {
    const other = new Database(file);
    other.prepare(statement).run();
    other.close();
  };
  const dispose = async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  };
  const migrate = async (definitions: readonly NodeDefinition[]) => (await openSqlite(file, definitions)).close();
  return { ...database, change, migrate, dispose };
});
