import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import type { LocalInput } from "@clew/plugin-sdk";
import { aVersion } from "../test/a-version.ts";
import { readTable, streamTables, type Wanted } from "./read-table.ts";
import type { Table } from "./table.ts";
import { TabularDatabase } from "./tabular-database.ts";
import { viewsOf } from "./tabular-inputs.ts";

async function read(main: LocalInput[], sql: string, wanted: Wanted[], joined: LocalInput[] = []) {
  using database = await TabularDatabase.open(viewsOf(main, joined));
  return await readTable(database, sql, wanted);
}

const csv = (text: string) => aVersion("ns/table@1", { "rows.csv": text });
const failing = (type: string, message: string) =>
  expect.objectContaining({ type, message: expect.stringContaining(message) as string });

test("all files of all versions are one table: CSV, JSON lines and Parquet, columns matched by name", async () => {
  const first = await aVersion("ns/t@1", {
    "a.csv": "n,s\n3,x\n",
    "b.jsonl": '{"s":"y","n":1}\n',
    "README.md": "no data",
  });
  const second = await aVersion("ns/t@2", { "c.parquet": "" });
  await writeParquet(second.path("c.parquet"), "SELECT 2 AS n");
  const table = await read([first, second], "SELECT * FROM data", [
    { column: "n", as: "number" },
    { column: "s", as: "text" },
  ]);
  expect(table.numbers.get("n")).toEqual(Float64Array.of(1, 2, 3));
  expect(table.texts.get("s")).toEqual({ codes: Int32Array.of(0, -1, 1), dictionary: ["y", "x"] });
});

async function writeParquet(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

test("joined datasets are views of their names; rows come sorted by what is read", async () => {
  const ports = await aVersion("ns/air-ports@4", { "p.csv": "id,km\n1,9\n2,5\n" });
  const sql = "SELECT id, km FROM data JOIN air_ports USING (id) ORDER BY id -- the end";
  const table = await read([await csv("id\n1\n2\n")], `${sql};`, [{ column: "km", as: "number" }], [ports]);
  expect(table.numbers.get("km")).toEqual(Float64Array.of(5, 9));
});

test("two datasets of one name are refused, two versions of one dataset are one view", async () => {
  const one = await aVersion("a/t@1", { "t.csv": "x\n1\n" });
  const again = await aVersion("a/t@2", { "t.csv": "x\n2\n" });
  const other = await aVersion("b/t@1", { "t.csv": "x\n3\n" });
  expect(viewsOf([one], [one, again]).map((view) => view.keys.length)).toEqual([1, 2]);
  expect(() => viewsOf([one], [one, other])).toThrow("would both be the view t");
});

test("NaN and infinity are missing values", async () => {
  const sql = "SELECT unnest(['NaN'::DOUBLE, 'Infinity'::DOUBLE, NULL, 4]) AS x FROM data";
  const table = await read([await csv("x\n1\n")], sql, [{ column: "x", as: "number" }]);
  const values = [...table.numbers.get("x")!];
  expect(values.filter((value) => Number.isNaN(value))).toHaveLength(3);
  expect(values).toContain(4);
});

test("a column of nothing but nulls is missing values, whatever it is read as", async () => {
  const main = await csv("x,s\n,1\n,2\n");
  for (const as of ["number", "boolean", "time", "text"] as const) {
    const { numbers, texts } = await read([main], "SELECT * FROM data", [{ column: "x", as }]);
    expect(as === "text" ? texts.get("x")?.codes : numbers.get("x")).toHaveLength(2);
    expect([...(numbers.get("x") ?? [])].every(Number.isNaN)).toBe(true);
  }
});

test("times are microseconds in UTC, whatever the machine's time zone", async () => {
  const table = await read([await csv("t\n1970-01-01 00:00:01\n")], "SELECT * FROM data", [
    { column: "t", as: "time" },
  ]);
  expect(table.numbers.get("t")).toEqual(Float64Array.of(1_000_000));
});

test.each<[string, string, Wanted, string, string]>([
  [
    "text where numbers are needed",
    "SELECT * FROM data",
    { column: "s", as: "number" },
    "BAD_INPUT",
    "column s is VARCHAR",
  ],
  ["a missing column", "SELECT * FROM data", { column: "q", as: "number" }, "BAD_PARAMETERS", "no column q"],
  ["a boolean that is 3", "SELECT * FROM data", { column: "n", as: "boolean" }, "BAD_INPUT", "column n holds 3"],
  ["no rows", "SELECT * FROM data WHERE false", { column: "n", as: "number" }, "BAD_INPUT", "no rows"],
  ["a column the view lacks", "SELECT q FROM data", { column: "q", as: "number" }, "BAD_PARAMETERS", '"q"'],
  ["no SELECT", "DROP VIEW data", { column: "n", as: "number" }, "BAD_PARAMETERS", "one SELECT statement"],
  ["two statements", "SELECT 1 AS n; SELECT 2 AS n", { column: "n", as: "number" }, "BAD_PARAMETERS", "one SELECT"],
  ["no SQL at all", "nonsense", { column: "n", as: "number" }, "BAD_PARAMETERS", "one SELECT statement"],
  [
    "a file that is no input",
    "SELECT * FROM read_text('/etc/hostname')",
    { column: "n", as: "number" },
    "BAD_PARAMETERS",
    "Permission",
  ],
])("refused: %s", async (_, sql, want, type, message) => {
  const main = await csv("n,s\n3,x\n");
  await expect(read([main], sql, [want])).rejects.toThrow(failing(type, message) as Error);
});

test("a query that fails half-way is BAD_INPUT", async () => {
  const main = await csv("s\nx\n");
  const reading = read([main], "SELECT CAST(s AS INTEGER) AS n FROM data", [{ column: "n", as: "number" }]);
  await expect(reading).rejects.toThrow(failing("BAD_INPUT", "Conversion") as Error);
});

test("more values than a job may hold are refused with the limit", async () => {
  using database = await TabularDatabase.open(viewsOf([await csv("n\n1\n")], []));
  const wanted: Wanted[] = [
    { column: "a", as: "number" },
    { column: "b", as: "number" },
  ];
  const reading = readTable(database, "SELECT 1 AS a, range AS b FROM range(5001)", wanted, { maxValues: 10_000 });
  await expect(reading).rejects.toThrow(failing("BAD_INPUT", "more than 5000 rows of 2 columns") as Error);
});

test("a version without data files and an unreadable file are BAD_INPUT", async () => {
  const none = await aVersion("ns/t@1", { "README.md": "x" });
  expect(() => viewsOf([none], [])).toThrow("ns/t@1 has no file ending in");
  const broken = await aVersion("ns/t@1", { "x.parquet": "not parquet" });
  await expect(TabularDatabase.open(viewsOf([broken], []))).rejects.toThrow(failing("BAD_INPUT", "ns/t@1") as Error);
});

async function streamed(text: string, timeColumn: string | undefined, rowsPerTable: number) {
  using database = await TabularDatabase.open(viewsOf([await csv(text)], []));
  const wanted: Wanted[] = [
    { column: "n", as: "number" },
    { column: "s", as: "text" },
  ];
  const tables: Table[] = [];
  for await (const table of streamTables(database, "SELECT * FROM data", wanted, { timeColumn, rowsPerTable }))
    tables.push(table);
  const rows = tables.flatMap(({ numbers, texts }) => {
    const { codes, dictionary } = texts.get("s")!;
    return [...numbers.get("n")!].map((n, row) => `${n} ${dictionary[codes[row]!]}`);
  });
  return { sizes: tables.map((table) => table.rows), rows };
}

test("a stream comes in tables of some rows, in the order of time, whatever the order of lines", async () => {
  const lines = Array.from({ length: 5000 }, (_, n) => `${n},s${n % 3}`);
  const { sizes, rows } = await streamed(`n,s\n${lines.toReversed().join("\n")}\n`, "n", 1500);
  expect(sizes).toEqual([1500, 1500, 1500, 500]);
  expect(rows).toEqual(lines.map((line) => line.replace(",", " ")));
});

test("without a time the order follows from the rows alone, and is not that of their values", async () => {
  const lines = Array.from({ length: 200 }, (_, n) => `${n},s${n % 3}`);
  const { rows } = await streamed(`n,s\n${lines.join("\n")}\n`, undefined, 64);
  expect((await streamed(`n,s\n${lines.toReversed().join("\n")}\n`, undefined, 64)).rows).toEqual(rows);
  const sorted = lines.map((line) => line.replace(",", " "));
  expect(rows).not.toEqual(sorted);
  expect(new Set(rows)).toEqual(new Set(sorted));
});
