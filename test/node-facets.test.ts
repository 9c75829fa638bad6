import Database from "better-sqlite3";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openPostgres, openSqlite, type SqlDatabase } from "../server/src/adapters/mikro-orm/index.ts";
import { Migration0009NodeFacets as OnPostgres } from "../server/src/adapters/mikro-orm/migrations-postgresql/0009-node-facets.ts";
import { Migration0009NodeFacets as OnSqlite } from "../server/src/adapters/mikro-orm/migrations-sqlite/0009-node-facets.ts";
import { Migration0016TriggerKinds as KindsOnPostgres } from "../server/src/adapters/mikro-orm/migrations-postgresql/0016-trigger-kinds.ts";
import { Migration0016TriggerKinds as KindsOnSqlite } from "../server/src/adapters/mikro-orm/migrations-sqlite/0016-trigger-kinds.ts";
import { createTrigger } from "../server/src/features/triggers/create-trigger.ts";
import { Recorder } from "../server/src/ledger/recorder.ts";
import { count } from "../server/src/ports/ledger-store.fixture.ts";
import { ends, errand } from "../server/src/ports/node-filters.contract.ts";
import { freshDatabase, postgresForTests, sql } from "./support/postgres.ts";

const EMPTY =
  "update node set facet1 = case when type = 'Trigger' then facet1 end, facet2 = null, facet3 = null, facet4 = null, ends = null";
const READ = "select id, facet1, facet2, facet3, facet4, ends from node order by id";

/** What migrations do to rows that were there before. */
function updates(...migrations: readonly (OnPostgres | OnSqlite)[]): string[] {
  return migrations.flatMap((migration) => {
    migration.up();
    return migration
      .getQueries()
      .map(String)
      .filter((query) => query.startsWith("update"));
  });
}

function trigger(name: string, on: object) {
  const checked = { definition: { on, do: [{ note: "a\u0000b" }] } as never, grants: [], source: null };
  const input = { namespace: "test", name, state: "ENABLED", definition: {} } as const;
  return { ...count(name), ...createTrigger(input, checked) };
}

async function record({ ledger }: SqlDatabase): Promise<void> {
  const recorder = new Recorder(ledger);
  await recorder.record(errand("a", { plugin: { name: "saw" }, note: "a\u0000b \\u0000" }));
  await recorder.record(errand("b", { kind: "LONG", triggeredBy: ends("a") }));
  await recorder.record(errand("c", { triggeredBy: ends("b", "a") }));
  await recorder.record(trigger("nightly", { cron: { expression: "0 2 * * *", timezone: "UTC" } }));
  await recorder.record(trigger("by-hand", { hand: {} }));
}

/** Rows as they were written, and as the migration makes them of what was written before it. */
async function expectSame(run: (statement: string) => Promise<unknown>, statements: readonly string[]): Promise<void> {
  const written = await run(READ);
  expect(JSON.stringify(written)).toMatch(/saw.*LONG|LONG.*saw/s);
  expect(JSON.stringify(written)).toMatch(/"cron".*"hand"|"hand".*"cron"/s);
  await run(EMPTY);
  expect(await run(READ)).not.toEqual(written);
  for (const statement of statements) await run(statement);
  expect(await run(READ)).toEqual(written);
}

it("nodes that were recorded before lists could be filtered by them have the same facets: SQLite", async () => {
  const dir = await mkdtemp(join(tmpdir(), "clew-facets-"));
  const file = join(dir, "clew.db");
  const database = await openSqlite(file);
  await record(database);
  const db = new Database(file);
  const run = async (text: string) => (text === READ ? db.prepare(text).all() : db.prepare(text).run());
  await expectSame(
    run,
    updates(new OnSqlite(null as never, null as never), new KindsOnSqlite(null as never, null as never)),
  );
  db.close();
  await database.close();
  await rm(dir, { recursive: true });
});

it("nodes that were recorded before lists could be filtered by them have the same facets: PostgreSQL", async () => {
  const server = await postgresForTests();
  const { url, drop } = await freshDatabase(server);
  const database = await openPostgres(url, 2);
  await record(database);
  await expectSame(
    (text) => sql(url, text),
    updates(new OnPostgres(null as never, null as never), new KindsOnPostgres(null as never, null as never)),
  );
  await database.ledger.close();
  await database.close();
  await drop();
  await server.stop();
});
