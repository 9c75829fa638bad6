import { afterAll, beforeAll } from "vitest";
import { openPostgres, type SqlDatabase } from "../server/src/adapters/mikro-orm/index.ts";
import type { NodeDefinition } from "../server/src/core/define-node.ts";
import { describeRecords } from "../server/src/ports/records.contract.ts";
import { freshDatabase, postgresForTests, sql, type TestPostgres } from "./support/postgres.ts";

const TABLES = "file, idempotency, ledger, node, node_history, tag, value";

let server: TestPostgres;
let url: string;
let drop: () => Promise<void>;
let database: SqlDatabase;
beforeAll(async () => {
  server = await postgresForTests();
  ({ url, drop } = await freshDatabase(server));
  database = await openPostgres(url, 2);
});
afterAll(async () => {
  await database.ledger.close();
  await database.close();
  await drop();
  await server.stop();
});

describeRecords("PostgreSQL", async () => {
  await sql(url, `truncate ${TABLES}`);
  await sql(url, "update ledger_head set seq = 0, recorded_at = 0, leaf_hash = ''");
  const change = async (statement: string) => void (await sql(url, statement));
  const migrate = async (definitions: readonly NodeDefinition[]) => {
    const newer = await openPostgres(url, 2, undefined, definitions);
    await newer.ledger.close();
    await newer.close();
  };
  return { ...database, change, migrate, dispose: () => Promise.resolve() };
});
