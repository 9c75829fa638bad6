import Database from "better-sqlite3";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgres, openSqlite } from "../server/src/adapters/mikro-orm/index.ts";
import { SqlNodeReader } from "../server/src/adapters/mikro-orm/sql-node-reader.ts";
import { numbered, type Sql, type SqlValue } from "../server/src/adapters/mikro-orm/sql.ts";
import type { NodeReader } from "../server/src/ports/node-reader.ts";
import { freshDatabase, postgresForTests } from "./support/postgres.ts";

const ROWS = 30_000;
const COLUMNS = "(id, type, namespace, name, version, parent, state, attributes, created_seq, changed_seq)";
/** Runs (one of 5,000 waits), versions of 300 models with 100 each, and parameter sets: most nodes have no name, state or parent. */
const NODES = `select 'Run:' || n, 'Run', 'lab', null, null, null, case when n % 5000 = 0 then 'QUEUED' else 'SUCCEEDED' end, '{}', n, n from numbers
  union all select 'ModelVersion:' || n, 'ModelVersion', 'lab', null, n / 300, 'Model:' || n % 300, null, '{}', n, n from numbers
  union all select 'HyperparameterSet:' || n, 'HyperparameterSet', null, null, null, null, null, '{}', n, n from numbers
  union all select 'Plugin:' || n, 'Plugin', null, 'plugin-' || n, null, null, null, '{}', n, n from numbers where n % 10 = 0`;
const FILL = `insert into node ${COLUMNS} with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${ROWS}) ${NODES}`;

/** What is asked of the nodes, and the index that finds it. */
const QUESTIONS: readonly [what: string, index: RegExp, ask: (reader: NodeReader) => Promise<unknown>][] = [
  ["nodes by id", /node_pkey|sqlite_autoindex_node_1/, (reader) => reader.byIds(["Run:1", "Run:2"])],
  [
    "the newest of a type",
    /node_newest/,
    (reader) => reader.list({ types: ["Run"], namespaces: ["lab"] }, "NEWEST", null, 20),
  ],
  [
    "a later page of it",
    /node_newest/,
    (reader) =>
      reader.list(
        { types: ["Run"], namespaces: null },
        "NEWEST",
        { createdSeq: 20_000, name: "", id: "Run:20000" },
        20,
      ),
  ],
  [
    "names that hold a text",
    /node_newest/,
    (reader) => reader.list({ types: ["Run"], namespaces: null, nameContains: "a" }, "NEWEST", null, 20),
  ],
  [
    "waiting runs",
    /node_state/,
    (reader) => reader.list({ types: ["Run"], namespaces: null, states: ["QUEUED"] }, "OLDEST", null, 100),
  ],
  [
    "an exact name",
    /node_name/,
    (reader) => reader.list({ types: ["Plugin"], namespaces: null, name: "plugin-500" }, "NEWEST", null, 1),
  ],
  [
    "one version of an asset",
    /node_parent/,
    (reader) =>
      reader.list({ types: ["ModelVersion"], namespaces: null, parent: "Model:7", version: 9 }, "NEWEST", null, 1),
  ],
  [
    "versions of an asset",
    /node_parent/,
    (reader) => reader.list({ types: ["ModelVersion"], namespaces: null, parent: "Model:7" }, "NEWEST", null, 20),
  ],
];

/** Answers no rows, and keeps how the database would have found them. */
function explaining(
  dialect: Sql["dialect"],
  explain: (text: string, parameters: readonly SqlValue[]) => Promise<string>,
) {
  const plans: string[] = [];
  const all = async <Row>(text: string, parameters: readonly SqlValue[] = []): Promise<Row[]> => {
    plans.push(await explain(text, parameters));
    return [];
  };
  return { plans, reader: new SqlNodeReader({ dialect, all, run: () => Promise.resolve(0) }) };
}

describe.each(["sqlite", "postgresql"] as const)("%s, with many nodes, finds by an index", (dialect) => {
  let explain: (text: string, parameters: readonly SqlValue[]) => Promise<string>;
  let close: () => Promise<void>;
  beforeAll(async () => {
    [explain, close] = dialect === "sqlite" ? await filledSqlite() : await filledPostgres();
  });
  afterAll(() => close());

  it.each(QUESTIONS)("%s", async (_, index, ask) => {
    const { plans, reader } = explaining(dialect, explain);
    await ask(reader);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toMatch(index);
    expect(plans[0]).not.toMatch(/Seq Scan|SCAN node/);
  });
});

type Filled = [explain: (text: string, parameters: readonly SqlValue[]) => Promise<string>, close: () => Promise<void>];

async function filledSqlite(): Promise<Filled> {
  const dir = await mkdtemp(join(tmpdir(), "clew-plans-"));
  const file = join(dir, "clew.db");
  const migrated = await openSqlite(file);
  await migrated.close();
  const db = new Database(file);
  db.prepare(FILL).run();
  const explain = async (text: string, parameters: readonly SqlValue[]) =>
    JSON.stringify(db.prepare(`explain query plan ${text}`).all(...parameters));
  const close = async () => {
    db.close();
    await rm(dir, { recursive: true });
  };
  return [explain, close];
}

async function filledPostgres(): Promise<Filled> {
  const server = await postgresForTests();
  const database = await freshDatabase(server);
  const migrated = await openPostgres(database.url, 2);
  await migrated.ledger.close();
  await migrated.close();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(FILL);
  await client.query("analyze node");
  const explain = async (text: string, parameters: readonly SqlValue[]) =>
    JSON.stringify((await client.query(`explain ${numbered(text)}`, [...parameters])).rows);
  const close = async () => {
    await client.end();
    await database.drop();
    await server.stop();
  };
  return [explain, close];
}
