import { expect, test } from "vitest";
import { aVersion } from "../test/a-version.ts";
import { columnSources } from "./column-sources.ts";
import { TabularDatabase } from "./tabular-database.ts";
import { viewsOf } from "./tabular-inputs.ts";

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

test.each([
  "WITH q AS (SELECT late AS day FROM data) SELECT day FROM q",
  "SELECT day FROM (SELECT late AS day FROM data)",
  "SELECT (SELECT max(late) FROM data) AS day FROM data",
  "SELECT * REPLACE (late AS day) FROM data",
  "SELECT day FROM data UNION SELECT late FROM data",
])("%s is not followed, and says nothing wrong", async (sql) => {
  expect((await sources(sql, "day")).get("day")).toBeUndefined();
});
