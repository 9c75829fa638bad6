import Database from "better-sqlite3";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgres, openSqlite } from "../server/src/adapters/mikro-orm/index.ts";
import { SqlNodeReader } from "../server/src/adapters/mikro-orm/sql-node-reader.ts";
import { numbered, type Sql, type SqlValue } from "../server/src/adapters/mikro-orm/sql.ts";
import { SqlNodeRanks } from "../server/src/adapters/mikro-orm/sql-node-ranks.ts";
import { valueKey } from "../server/src/adapters/mikro-orm/value-rows.ts";
import type { NodeRanks } from "../server/src/ports/node-ranks.ts";
import type { NodeReader } from "../server/src/ports/node-reader.ts";
import type { ValueCondition } from "../server/src/ports/value-condition.ts";
import { freshDatabase, postgresForTests } from "./support/postgres.ts";

const ROWS = 30_000;
const COLUMNS = "(id, type, namespace, name, version, parent, state, attributes, created_seq, changed_seq)";
/** Runs (one of 5,000 waits), versions of 300 models with 100 each, parameter sets, and reports: most nodes have no name, state or parent. */
const NODES = `select 'Run:' || n, 'Run', 'lab', null, null, null, case when n % 5000 = 0 then 'QUEUED' else 'SUCCEEDED' end, '{}', n, n from numbers
  union all select 'ModelVersion:' || n, 'ModelVersion', 'lab', null, n / 300, 'Model:' || n % 300, null, '{}', n, n from numbers
  union all select 'HyperparameterSet:' || n, 'HyperparameterSet', null, null, null, null, null, '{}', n, n from numbers
  union all select 'Report:' || n, 'Report', 'lab', null, null, 'Run:' || n, null, '{}', n, n from numbers
  union all select 'Plugin:' || n, 'Plugin', null, 'plugin-' || n, null, null, null, '{}', n, n from numbers where n % 10 = 0`;
const NUMBERS = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${ROWS})`;
/** Each run has a set of ten parameters of its own, and a report about a version. */
const VALUES = `select ${valueKey("HyperparameterSet", "lr", "number")}, n / ${ROWS}.0, '', n from numbers
  union all select p.n, p.n / ${ROWS}.0, '', numbers.n from numbers, numbers p where p.n < 10
  union all select ${valueKey("Run", "hyperparameters", "text")}, 0, 'HyperparameterSet:' || n, n from numbers
  union all select ${valueKey("Report", "auc", "number")}, n / ${ROWS}.0, '', n from numbers
  union all select ${valueKey("Report", "evaluates", "text")}, 0, 'ModelVersion:' || n, n from numbers`;
const FILL = [
  `insert into node ${COLUMNS} ${NUMBERS} ${NODES}`,
  `insert into value (key, number, text, seq) ${NUMBERS} ${VALUES}`,
];

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

const byParameter: ValueCondition = {
  sources: [{ type: "HyperparameterSet", link: { namedBy: "hyperparameters" } }],
  namespaces: null,
  name: "lr",
  oneOf: [{ number: 0.5, text: "" }],
};
const byMetric: ValueCondition = {
  sources: [
    { type: "Report", link: { field: "parent" } },
    { type: "ModelVersion", link: { field: "generatedBy" } },
  ],
  namespaces: ["lab"],
  name: "auc",
  range: { above: 0.9999 },
};
const own: ValueCondition = { ...byMetric, sources: [{ type: "Report", link: "itself" }] };
const after = { number: 0.5, text: "", seq: 15_000, id: "" };
const page = { name: "auc", direction: "DESC" as const, after, limit: 20 };

/** What is asked of values: each also by the table's own index. */
const OF_VALUES: readonly [what: string, index: RegExp, ask: (reader: NodeReader & NodeRanks) => Promise<unknown>][] = [
  [
    "runs by a parameter",
    /node_newest/,
    (reader) => reader.list({ types: ["Run"], namespaces: null, values: [byParameter] }, "NEWEST", null, 20),
  ],
  [
    "runs by a metric",
    /node_pkey|sqlite_autoindex_node_1/,
    (reader) => reader.list({ types: ["Run"], namespaces: null, values: [byMetric] }, "NEWEST", null, 20),
  ],
  [
    "runs by both",
    /node_newest|node_pkey|sqlite_autoindex_node_1/,
    (reader) => reader.count({ types: ["Run"], namespaces: null, values: [byMetric, byParameter] }, 100),
  ],
  [
    "reports by a metric",
    /node_newest/,
    (reader) => reader.list({ types: ["Report"], namespaces: null, values: [own] }, "NEWEST", null, 20),
  ],
  [
    "reports in the order of a metric",
    /node_newest/,
    (reader) => reader.own({ types: ["Report"], namespaces: ["lab"] }, page),
  ],
  [
    "the best versions of a model",
    /node_parent/,
    (reader) =>
      reader.best(
        { parent: "Model:7", type: "ModelVersion", source: "Report", by: "evaluates", namespaces: null },
        page,
      ),
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
  const sql: Sql = { dialect, all, run: () => Promise.resolve(0) };
  const [reader, ranks] = [new SqlNodeReader(sql), new SqlNodeRanks(sql)];
  return { plans, reader: Object.assign(reader, { own: ranks.own.bind(ranks), best: ranks.best.bind(ranks) }) };
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

  it.each(OF_VALUES)("%s", async (what, index, ask) => {
    const { plans, reader } = explaining(dialect, explain);
    await ask(reader);
    for (const plan of plans) {
      expect(plan).toMatch(/value_pkey|SEARCH (v|value) USING PRIMARY KEY/);
      expect(plan).toMatch(index);
      expect(plan).not.toMatch(/Seq Scan|SCAN (node|value|[vrs]) /);
      // What is taken for a few rows and are many would be compared each with each.
      expect(plan).not.toMatch(/Join Filter/);
      // Whoever asks for one page does not have all of them sorted.
      if (what === "reports in the order of a metric") expect(plan).not.toMatch(/"Sort|TEMP B-TREE/);
    }
  });
});

type Filled = [explain: (text: string, parameters: readonly SqlValue[]) => Promise<string>, close: () => Promise<void>];

async function filledSqlite(): Promise<Filled> {
  const dir = await mkdtemp(join(tmpdir(), "clew-plans-"));
  const file = join(dir, "clew.db");
  const migrated = await openSqlite(file);
  await migrated.close();
  const db = new Database(file);
  for (const fill of FILL) db.prepare(fill).run();
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
  for (const fill of FILL) await client.query(fill);
  await client.query("vacuum analyze node, value");
  const explain = async (text: string, parameters: readonly SqlValue[]) =>
    JSON.stringify((await client.query(`explain ${numbered(text)}`, [...parameters])).rows);
  const close = async () => {
    await client.end();
    await database.drop();
    await server.stop();
  };
  return [explain, close];
}
