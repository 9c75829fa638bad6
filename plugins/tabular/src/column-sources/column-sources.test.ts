import { expect, test } from "vitest";
import { aVersion } from "../../test/a-version.ts";
import { columnSources } from "./column-sources.ts";
import { TabularDatabase } from "../tabular-database.ts";
import { viewsOf } from "../tabular-inputs.ts";

async function sources(sql: string, ...columns: string[]) {
  const main = await aVersion("ns/main@1", { "m.csv": "id,day,late\n1,2,3\n" });
  const joined = await aVersion("ns/other@1", { "o.csv": "id,temp\n1,2\n" });
  using database = await TabularDatabase.open(viewsOf([main], [joined]));
  return await columnSources(database, sql, columns);
}

const JOIN = "FROM data d LEFT JOIN other o ON o.id = d.id";

test("a column as it stands is an IDENTITY of its input's column, by alias, by name and through a star", async () => {
  const found = await sources(`SELECT d.day, temp AS warmth, d.* ${JOIN}`, "day", "warmth", "late");
  expect(found.get("day")).toMatchObject({
    from: [{ input: "data", dataset: "ns/main", column: "day" }],
    via: "IDENTITY",
  });
  const warmth = [{ input: "join", dataset: "ns/other", column: "temp" }];
  expect(found.get("warmth")).toMatchObject({ from: warmth, via: "IDENTITY" });
  expect(found.get("late")).toMatchObject({ from: [{ input: "data", dataset: "ns/main", column: "late" }] });
});

test("an expression is a TRANSFORMATION of all its columns", async () => {
  const found = await sources(`SELECT greatest(d.day, o.temp + 1) AS x ${JOIN}`, "x");
  expect(found.get("x")).toEqual({
    column: "x",
    from: [
      { input: "data", dataset: "ns/main", column: "day" },
      { input: "join", dataset: "ns/other", column: "temp" },
    ],
    via: "TRANSFORMATION",
    expression: 'greatest(d."day", (o."temp" + 1))',
    masking: false,
  });
});

test.each([
  "SELECT count(*) OVER (PARTITION BY day) AS x FROM data",
  "SELECT sum(day) AS x FROM data",
  "SELECT day + 1 AS x FROM data GROUP BY day",
])("%s is an AGGREGATION", async (sql) => {
  const from = [{ input: "data", dataset: "ns/main", column: "day" }];
  expect((await sources(sql, "x")).get("x")).toMatchObject({ via: "AGGREGATION", from });
});

test("a column that USING merged comes from both sides", async () => {
  const found = await sources("SELECT id FROM data JOIN other USING (id)", "id");
  expect(found.get("id")?.from).toEqual([
    { input: "data", dataset: "ns/main", column: "id" },
    { input: "join", dataset: "ns/other", column: "id" },
  ]);
});

const MAIN = (column: string) => ({ input: "data", dataset: "ns/main", column });
const OTHER = (column: string) => ({ input: "join", dataset: "ns/other", column });

test.each<[string, string, ReturnType<typeof MAIN>[]]>([
  ["WITH q AS (SELECT late AS x FROM data) SELECT x FROM q", "IDENTITY", [MAIN("late")]],
  ["WITH q(x) AS (SELECT late FROM data), r AS (FROM q) SELECT x FROM r", "IDENTITY", [MAIN("late")]],
  ["WITH data AS (SELECT temp AS x FROM other) SELECT x FROM data", "IDENTITY", [OTHER("temp")]],
  ["SELECT x FROM (SELECT late AS x FROM data)", "IDENTITY", [MAIN("late")]],
  ["SELECT s.x FROM (SELECT late FROM data) s(x)", "IDENTITY", [MAIN("late")]],
  ["SELECT x + 1 AS x FROM (SELECT max(late) AS x FROM data)", "AGGREGATION", [MAIN("late")]],
  ["SELECT * FROM (SELECT day * 2 AS x FROM data)", "TRANSFORMATION", [MAIN("day")]],
  ["SELECT * REPLACE (late AS x) FROM (SELECT day AS x, late FROM data)", "IDENTITY", [MAIN("late")]],
  ["SELECT day AS x FROM data UNION ALL SELECT late FROM data", "IDENTITY", [MAIN("day"), MAIN("late")]],
  ["SELECT day AS x FROM data UNION BY NAME SELECT temp AS x FROM other", "IDENTITY", [MAIN("day"), OTHER("temp")]],
  ["SELECT day + 1 AS y, y * 2 AS x FROM data", "TRANSFORMATION", [MAIN("day")]],
  ["SELECT DAY AS x FROM DATA", "IDENTITY", [MAIN("day")]],
  [
    "SELECT (SELECT max(o.temp) FROM other o WHERE o.id = d.id) AS x FROM data d",
    "AGGREGATION",
    [OTHER("temp"), OTHER("id"), MAIN("id")],
  ],
  ["SELECT EXISTS (SELECT 1 FROM other WHERE temp > day) AS x FROM data", "AGGREGATION", [OTHER("temp"), MAIN("day")]],
  ["SELECT day IN (SELECT temp FROM other) AS x FROM data", "AGGREGATION", [MAIN("day"), OTHER("temp")]],
])("%s", async (sql, via, from) => {
  const { from: found = [], ...how } = (await sources(sql, "x")).get("x") ?? {};
  expect(how).toMatchObject({ via });
  expect(new Set(found)).toEqual(new Set(from));
});

test("the expression that is told is the one that made the column", async () => {
  const found = await sources("SELECT x FROM (SELECT day + 1 AS x FROM data)", "x");
  expect(found.get("x")).toMatchObject({ expression: '("day" + 1)', via: "TRANSFORMATION" });
});

test.each([
  "WITH RECURSIVE q AS (SELECT late AS x FROM data UNION ALL SELECT x + 1 FROM q WHERE x < 3) SELECT x FROM q",
  "SELECT COLUMNS('day') AS x FROM data",
  "SELECT x FROM range(3) r(x), data",
  "SELECT * FROM range(3) r(x), (SELECT day AS x FROM data) d",
  "SELECT * RENAME (day AS x) FROM data",
  "SELECT len(list_transform([late], y -> y + 1)) AS x FROM data",
])("%s is not followed, and says nothing wrong", async (sql) => {
  expect((await sources(sql, "x")).get("x")).toBeUndefined();
});
