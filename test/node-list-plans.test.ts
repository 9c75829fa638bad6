import Database from "better-sqlite3";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgres, openSqlite } from "../server/src/adapters/mikro-orm/index.ts";
import { facetColumn, facetPaths } from "../server/src/adapters/mikro-orm/node-facets.ts";
import { SqlNodeReader } from "../server/src/adapters/mikro-orm/sql-node-reader.ts";
import { numbered, type Sql, type SqlValue } from "../server/src/adapters/mikro-orm/sql.ts";
import { SqlNodeRanks } from "../server/src/adapters/mikro-orm/sql-node-ranks.ts";
import { valueKey } from "../server/src/adapters/mikro-orm/value-rows.ts";
import type { NodeRanks } from "../server/src/ports/node-ranks.ts";
import type { ValueCondition } from "../server/src/ports/value-condition.ts";
import { ALL_NODES } from "../server/src/app/server-schema.ts";
import type { NodeDefinition } from "../server/src/core/define-node.ts";
import type { NodeState } from "../server/src/core/graph-change.ts";
import {
  attributeBegins,
  attributeIs,
  edgeLeadsTo,
  type NodeCursor,
  type NodeFilter,
  type NodeReader,
} from "../server/src/ports/node-reader.ts";
import { freshDatabase, postgresForTests } from "./support/postgres.ts";

const ROWS = 30_000;
const COLUMNS =
  "(id, type, namespace, name, version, parent, state, digest, attributes, created_seq, changed_seq, facet1, facet2, facet3, facet4, ends)";
const NODES_OF_ALL: readonly NodeDefinition[] = ALL_NODES;
const INDEXED = NODES_OF_ALL.filter(({ indexed }) => indexed.length > 0);
/** Nodes of each type that lists are filtered by attributes of: 20 values, commits apart, and one in a hundred that an edge leads from. */
const ATTRIBUTED = INDEXED.map(({ name, parent }) => {
  const parentOf = parent === null ? "null" : `'${parent}:' || n % 300`;
  const state = "case when n % 5000 = 0 then 'QUEUED' when n % 5000 = 1 then 'LEASED' else 'SUCCEEDED' end";
  const first = name === "CodeVersion" ? "'v' || n" : "'v' || n % 20";
  const facets = `${first}, 'v' || n % 20, 'v' || n % 20, 'v' || n % 20`;
  const ends = "case when n % 100 = 0 then ' Other:1  End:' || n || ' ' end";
  return `select '${name}:' || n, '${name}', 'lab', null, null, ${parentOf}, ${state}, null, '{}', n, n, ${facets}, ${ends} from numbers`;
});
/** Versions of 300 models with 100 each, and parameter sets: most nodes have no name, state or parent. */
const NODES = `select 'ModelVersion:' || n, 'ModelVersion', 'lab', null, n / 300, 'Model:' || n % 300, null, 'sha256:' || (10000000 + n) || 'ab', '{}', n, n, null, null, null, null, null from numbers
  union all select 'HyperparameterSet:' || n, 'HyperparameterSet', null, null, null, null, null, 'sha256:' || (20000000 + n) || 'ab', '{}', n, n, null, null, null, null, null from numbers
  union all select 'Plugin:' || n, 'Plugin', null, 'plugin-' || n, null, null, null, null, '{}', n, n, null, null, null, null, null from numbers where n % 10 = 0
  union all ${ATTRIBUTED.join(" union all ")}`;
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

const definitionOf = (type: string) => NODES_OF_ALL.find(({ name }) => name === type)!;
const run = definitionOf("Run");
const RUNS = { types: ["Run"], namespaces: ["lab"] };
const SINCE = { created: { fromSeq: 9_000, untilSeq: 20_000 } };
const AFTER = { createdSeq: 20_000, name: "", id: "Run:20000" };
const is = (path: string, ...values: string[]) => ({ attributes: [attributeIs(run, path, values)] });

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
  [
    "what a text names, in part or whole",
    /(node_newest|node_name).*(node_pkey|sqlite_autoindex_node_1)/s,
    (reader) =>
      reader.list(
        { types: ["Run", "Plugin"], namespaces: ["lab"], nameContains: "a", alsoIds: ["Run:7", "ModelVersion:8"] },
        "NEWEST",
        null,
        20,
      ),
  ],
  [
    "reports of a plugin's runs",
    /node_facet3/,
    (reader) => {
      const parentIs = { type: "Run", ...is("plugin.name", "v7") };
      return reader.list({ types: ["Report"], namespaces: ["lab"], parentIs }, "NEWEST", null, 20);
    },
  ],
  [
    "steps that wait for what has changed, or have",
    /node_facet1/,
    (reader) => {
      const changed = Array.from({ length: 50 }, (_, n) => `Run:${n}`);
      const attributes = [attributeIs(definitionOf("PipelineStep"), "waitsFor", changed)];
      return reader.list({ types: ["PipelineStep"], namespaces: null, attributes }, "OLDEST", null, 500);
    },
  ],
  [
    "steps that have made the same before",
    /node_facet2/,
    (reader) => {
      const attributes = [attributeIs(definitionOf("PipelineStep"), "cacheKey", ["v7"])];
      return reader.list(
        { types: ["PipelineStep"], namespaces: ["lab"], states: ["SUCCEEDED"], attributes },
        "NEWEST",
        null,
        5,
      );
    },
  ],
  [
    "what a digest begins like",
    /node_digest/,
    (reader) =>
      reader.list(
        { types: ["ModelVersion", "HyperparameterSet"], namespaces: ["lab"], digestPrefix: "sha256:10000007" },
        "NEWEST",
        null,
        100,
      ),
  ],
  [
    "what a commit begins like",
    /node_facet1/,
    (reader) => {
      const attributes = [attributeBegins(definitionOf("CodeVersion"), "commit", "v777")];
      return reader.list({ types: ["CodeVersion"], namespaces: null, attributes }, "NEWEST", null, 100);
    },
  ],
];

/** Lists that an index gives in their order: a page costs what it shows, however many nodes there are. */
const ORDERED: readonly [what: string, index: RegExp, filter: NodeFilter, after?: NodeCursor][] = [
  ...INDEXED.flatMap((definition) =>
    definition.indexed
      .filter((path) => definition.edges[path]?.kind !== "many")
      .map((path): [string, RegExp, NodeFilter] => [
        `${definition.name} by ${path}`,
        new RegExp(`node_${facetColumn(definition.name, path)}`),
        { types: [definition.name], namespaces: ["lab"], attributes: [attributeIs(definition, path, ["v7"])] },
      ]),
  ),
  ["runs of a plugin, a later page", /node_facet3/, { ...RUNS, ...is("plugin.name", "v7") }, AFTER],
  ["runs of a plugin, of a time", /node_facet3/, { ...RUNS, ...is("plugin.name", "v7"), ...SINCE }],
];

/** Those that a few nodes of one value are put in order for. */
const NEARLY_ORDERED: readonly [what: string, index: RegExp, filter: NodeFilter, after?: NodeCursor][] = [
  ["runs of a time", /node_newest/, { ...RUNS, ...SINCE }],
  ["runs of two types", /node_facet1.*node_facet1/s, { ...RUNS, ...is("runType", "v7", "v8") }],
  ["runs of two types, a later page", /node_facet1/, { ...RUNS, ...is("runType", "v7", "v8") }, AFTER],
  ["runs in two states", /node_state.*node_state/s, { ...RUNS, states: ["QUEUED", "LEASED"] }],
  ["runs in two states, a later page", /node_state/, { ...RUNS, states: ["QUEUED", "LEASED"] }, AFTER],
  [
    "runs in a state, of a plugin",
    /node_state|node_facet3/,
    { ...RUNS, states: ["QUEUED"], ...is("plugin.name", "v7") },
  ],
  ...INDEXED.flatMap((definition) =>
    definition.indexed
      .filter((path) => definition.edges[path]?.kind === "many")
      .map((path): [string, RegExp, NodeFilter] => [
        `${definition.name} by the end of ${path}`,
        /node_ends/,
        {
          types: [definition.name],
          namespaces: ["lab"],
          edges: [edgeLeadsTo(definition, path, { id: "End:700", createdSeq: 300 } as NodeState)],
        },
      ]),
  ),
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

it("every attribute that a node definition declares as indexed has its column, and no other", () => {
  const declared = INDEXED.map(({ name, indexed }) => [name, indexed.toSorted()] as const);
  const kept = [...facetPaths()].map(([name, paths]) => [name, paths.toSorted()] as const);
  expect(new Map(kept)).toEqual(new Map(declared));
});

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

  it.each(ORDERED)("%s, in order", async (_, index, filter, after) => {
    const { plans, reader } = explaining(dialect, explain);
    for (const order of ["NEWEST", "OLDEST"] as const) await reader.list(filter, order, after ?? null, 20);
    for (const plan of plans) {
      expect(plan).toMatch(index);
      expect(plan).not.toMatch(/Seq Scan|SCAN node|TEMP B-TREE|Sort  /);
    }
  });

  it.each(NEARLY_ORDERED)("%s, nearly in order", async (_, index, filter, after) => {
    const { plans, reader } = explaining(dialect, explain);
    await reader.list(filter, "NEWEST", after ?? null, 20);
    expect(plans[0]).toMatch(index);
    expect(plans[0]).not.toMatch(/Seq Scan|SCAN node|TEMP B-TREE FOR ORDER BY/);
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
