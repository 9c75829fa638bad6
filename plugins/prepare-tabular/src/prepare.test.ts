import { expect, test } from "vitest";
import { PluginFailure } from "@clew/plugin-sdk";
import { hashFile } from "@clew/plugin-sdk/host";
import { prepared } from "../test/prepared.ts";
import { ask } from "../../tabular/test/workshop.ts";

test("the same rows are the same files, whatever the order of rows and files", async () => {
  const lines = Array.from({ length: 500 }, (_, id) => `${id},${id % 7},${(id * 37) % 11}`);
  const head = "id,x,y\n";
  const split = { by: "random", key: ["id"], shares: { train: 0.6, validation: 0.2, test: 0.2 } };
  const files = async (parts: string[][]) => {
    const named = parts.map((part, index) => [`${index}.csv`, `${head}${part.join("\n")}\n`] as const);
    const { outputs, path } = await prepared({ split }, Object.fromEntries(named), { seed: 7 });
    const digests = [...outputs.keys()].map(async (role) => (await hashFile(path(`${role}/rows.parquet`))).digest);
    return await Promise.all(digests);
  };
  const once = await files([lines]);
  expect(once).toHaveLength(3);
  expect(await files([lines.slice(250).toReversed(), lines.slice(0, 250)])).toEqual(once);
});

test("a row stays in its part when rows are added, and another seed gives other parts", async () => {
  const csv = (rows: number) => `id\n${Array.from({ length: rows }, (_, id) => `k${id}`).join("\n")}\n`;
  const train = async (rows: number, seed: number) => {
    const { path } = await prepared({ split: { by: "random", shares: { train: 0.5, test: 0.5 } } }, csv(rows), {
      seed,
    });
    return (await ask(path("train/rows.parquet"), "FROM rows")).map(([id]) => String(id));
  };
  const [few, many] = [await train(300, 1), await train(600, 1)];
  expect(few.length).toBeGreaterThan(120);
  expect(few.length).toBeLessThan(180);
  expect(few.filter((id) => !many.includes(id))).toEqual([]);
  expect(await train(300, 2)).not.toEqual(few);
});

test("each stratum has the shares, to the row", async () => {
  const lines = Array.from({ length: 1000 }, (_, id) => `${id},${id % 10 === 0 ? "rare" : "common"}`);
  const split = { by: "stratified", columns: ["kind"], shares: { train: 0.8, test: 0.2 } };
  const { path } = await prepared({ split }, `id,kind\n${lines.join("\n")}\n`);
  const counted = async (role: string) =>
    Object.fromEntries(await ask(path(`${role}/rows.parquet`), "SELECT kind, count(*)::INT FROM rows GROUP BY ALL"));
  expect(await counted("train")).toEqual({ rare: 80, common: 720 });
  expect(await counted("test")).toEqual({ rare: 20, common: 180 });
});

test("strata of one row are shared out too", async () => {
  const lines = Array.from({ length: 400 }, (_, id) => `${id}`);
  const split = { by: "stratified", columns: ["id"], shares: { train: 0.5, test: 0.5 } };
  const { outputs } = await prepared({ split }, `id\n${lines.join("\n")}\n`);
  expect(outputs.get("test")?.rows).toBeGreaterThan(150);
  expect(outputs.get("test")?.rows).toBeLessThan(250);
});

test("no group is in two parts", async () => {
  const lines = Array.from({ length: 900 }, (_, id) => `${id},g${id % 90}`);
  const split = { by: "group", columns: ["who"], shares: { train: 0.7, test: 0.3 } };
  const { outputs, path } = await prepared({ split }, `id,who\n${lines.join("\n")}\n`);
  const groups = async (role: string) =>
    (await ask(path(`${role}/rows.parquet`), "SELECT DISTINCT who FROM rows")).map(String);
  const [train, held] = [await groups("train"), await groups("test")];
  expect(train.length + held.length).toBe(90);
  expect(train.filter((group) => held.includes(group))).toEqual([]);
  expect(outputs.get("train")!.rows! / 900).toBeCloseTo(0.7, 0);
});

const DAYS = `day,n\n${Array.from({ length: 20 }, (_, day) => `2024-01-${String((day % 10) + 1).padStart(2, "0")},${day}`).join("\n")}\n`;

test.each<[string, Record<string, unknown>, string[]]>([
  ["shares", { shares: { train: 0.7, validation: 0.1, test: 0.2 } }, ["2024-01-07", "2024-01-08", "2024-01-10"]],
  ["shares that would cut a day in two", { shares: { train: 0.75, test: 0.25 } }, ["2024-01-07", "2024-01-10"]],
  [
    "cuts",
    { cuts: { validation: "2024-01-03", test: "2024-01-09T00:00:00Z" } },
    ["2024-01-02", "2024-01-08", "2024-01-10"],
  ],
  ["one cut", { cuts: { test: "2024-01-10" } }, ["2024-01-09", "2024-01-10"]],
])("by time, with %s: each part ends where the next begins", async (_, said, ends) => {
  const { outputs, path } = await prepared({ split: { by: "time", column: "day", ...said } }, DAYS);
  const parts = [...outputs.keys()].map((role) => path(`${role}/rows.parquet`));
  const last = await Promise.all(parts.map((file) => ask(file, "SELECT max(day)::VARCHAR FROM rows")));
  expect(last.flat(2).toSorted()).toEqual(ends);
});

test("numbers can be a time", async () => {
  const { outputs } = await prepared({ split: { by: "time", column: "n", cuts: { test: 15 } } }, DAYS);
  expect(outputs.get("test")?.rows).toBe(5);
});

test("of rows with one key the first in the order is kept, before the query counts", async () => {
  const csv = "id,at,x\n1,2,old\n1,3,new\n2,1,only\n1,,none\n";
  const sql = "SELECT id, x, count(*) OVER () AS n FROM data";
  const deduplicate = { by: ["id"], orderBy: [{ column: "at", descending: true }] };
  const { path, metrics } = await prepared({ sql, deduplicate }, csv);
  expect(await ask(path("prepared/rows.parquet"), "SELECT id::INT, x, n::INT FROM rows")).toEqual([
    [1, "new", 2],
    [2, "only", 2],
  ]);
  expect(metrics).toEqual({ rows: 2, duplicate_rows: 2 });
});

test("which of two rows is kept does not depend on their order, where only a later column tells them apart", async () => {
  const deduplicate = { by: ["id"], orderBy: [{ column: "at" }] };
  const kept = async (...lines: string[]) => {
    const { path } = await prepared({ deduplicate }, `id,at,x,y\n${lines.join("\n")}\n`);
    return await ask(path("prepared/rows.parquet"), "SELECT y FROM rows");
  };
  expect(await kept("1,2,a,second", "1,2,a,first")).toEqual([["first"]]);
  expect(await kept("1,2,a,first", "1,2,a,second")).toEqual([["first"]]);
});

test("without a key, rows that are alike are kept once", async () => {
  const { metrics } = await prepared({ deduplicate: {} }, "a,b\n1,x\n1,x\n1,y\n");
  expect(metrics).toEqual({ rows: 2, duplicate_rows: 1 });
});

test("what is no number becomes missing, and it is said", async () => {
  const { path, log } = await prepared({}, "x,y\n1.5,a\nnan,b\ninf,c\n");
  expect(await ask(path("prepared/rows.parquet"), "SELECT count(x)::INT, count(*)::INT FROM rows")).toEqual([[1, 3]]);
  expect(log).toContain("column x: 2 values are NaN or infinite, and become missing");
  const times = await prepared(
    { sql: "SELECT CAST(t AS TIMESTAMP) AS t, CAST(t AS DATE) AS d FROM data" },
    "t\ninfinity\n2024-01-01\n",
  );
  expect(await ask(times.path("prepared/rows.parquet"), "SELECT count(t)::INT, count(d)::INT FROM rows")).toEqual([
    [1, 1],
  ]);
});

test("one row can be prepared", async () => {
  expect((await prepared({}, "x\n1\n")).outputs.get("prepared")?.rows).toBe(1);
});

const SHARES = { train: 0.5, test: 0.5 };
const ROWS = "id,x,late\n1,2,0\n2,,1\n3,4,\n";

test.each<[string, Record<string, unknown>, string | Uint8Array, string, string]>([
  ["no rows", {}, "id,x\n", "BAD_INPUT", "has no rows"],
  ["a query that leaves none", { sql: "SELECT id FROM data WHERE id > 9" }, ROWS, "BAD_INPUT", "has no rows"],
  ["a part without rows", { split: { by: "random", shares: SHARES } }, "x\n1\n", "BAD_INPUT", "split: the part"],
  ["a column without values", {}, "x,y\n1,\n2,\n", "BAD_INPUT", "column y has no value"],
  ["a column of NaN", {}, "x,y\n1,nan\n2,nan\n", "BAD_INPUT", "column y has no value"],
  ["a target that is missing", { target: "late" }, ROWS, "BAD_INPUT", "target late is null in 1 rows"],
  ["a syntax error", { sql: "SELECT FROM WHERE" }, ROWS, "BAD_PARAMETERS", "sql: "],
  ["two statements", { sql: "SELECT 1; SELECT 2" }, ROWS, "BAD_PARAMETERS", "sql: must be one SELECT"],
  ["a column that is not there", { sql: "SELECT speed FROM data" }, ROWS, "BAD_PARAMETERS", "speed"],
  ["a target that is not there", { target: "speed" }, ROWS, "BAD_PARAMETERS", "target: there is no column speed"],
  ["two columns of one name", { sql: "SELECT id, x AS ID FROM data" }, ROWS, "BAD_PARAMETERS", "named ID"],
  ["a leak", { forbidden: ["x"] }, ROWS, "BAD_PARAMETERS", "sql: x uses x, which is forbidden"],
  [
    "a leak through a subquery",
    { sql: "SELECT y FROM (SELECT x * 2 AS y FROM data)", forbidden: ["X"] },
    ROWS,
    "BAD_PARAMETERS",
    "sql: y uses x, which is forbidden",
  ],
  [
    "a label by another name",
    { target: "late", sql: "SELECT late, late AS x FROM data" },
    "late\n1\n",
    "BAD_PARAMETERS",
    "sql: x is the target late",
  ],
  ["a leak in capitals", { forbidden: ["x"] }, "id,X\n1,2\n", "BAD_PARAMETERS", "sql: X uses X, which is forbidden"],
  ["chance", { sql: "SELECT id FROM data ORDER BY random()" }, ROWS, "BAD_PARAMETERS", "sql: random"],
  ["a clock", { sql: "SELECT id FROM data WHERE current_date > '2024-01-01'" }, ROWS, "BAD_PARAMETERS", "current_date"],
  ["a sample", { sql: "SELECT id FROM data TABLESAMPLE 50%" }, ROWS, "BAD_PARAMETERS", "REPEATABLE"],
  ["a file", { sql: "SELECT * FROM read_csv('/etc/passwd')" }, ROWS, "BAD_PARAMETERS", "sql: "],
  [
    "a key that is missing",
    { split: { by: "group", columns: ["x"], shares: SHARES } },
    ROWS,
    "BAD_INPUT",
    "split.columns: x has no value in 1 rows",
  ],
  [
    "a time that is missing",
    { split: { by: "time", column: "x", shares: SHARES } },
    ROWS,
    "BAD_INPUT",
    "time column x",
  ],
  ...["nan", "inf"].map((none): [string, Record<string, unknown>, string, string, string] => [
    `a time that is ${none}`,
    { sql: "SELECT id, CAST(x AS DOUBLE) AS x FROM data", split: { by: "time", column: "x", shares: SHARES } },
    `id,x\n1,${none}\n2,2.5\n3,1\n`,
    "BAD_INPUT",
    "time column x",
  ]),
  [
    "text for a time",
    { split: { by: "time", column: "y", shares: SHARES } },
    "y\na\n",
    "BAD_INPUT",
    "column y is VARCHAR",
  ],
  [
    "cuts in the wrong order",
    { split: { by: "time", column: "id", cuts: { validation: 3, test: 2 } } },
    ROWS,
    "BAD_PARAMETERS",
    "split.cuts",
  ],
  [
    "shares that are too many",
    { split: { by: "random", shares: { train: 0.9, test: 0.2 } } },
    ROWS,
    "BAD_PARAMETERS",
    "sum to 1",
  ],
])("refused: %s", async (_, parameters, csv, type, message) => {
  const failure = await prepared(parameters, csv).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PluginFailure);
  expect(failure).toMatchObject({ type, message: expect.stringContaining(message) as string });
});
