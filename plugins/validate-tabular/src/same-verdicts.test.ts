import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { compileRecordCheck, DataSchema, quoteText, readRows, TabularDatabase } from "@clew/plugin-tabular";
import { badRowSql, rowChecksOf } from "./row-checks.ts";
import { textOf } from "./cells.ts";
import { sourceTable } from "./source.ts";
import { TypedTable } from "./typed-table.ts";

type Row = Record<string, unknown>;

/** What DuckDB says of each row: the anomalies as `type column`, and whether the row may go on. */
async function verdictsOfDuckDb(schema: DataSchema, rows: readonly Row[], environment?: string) {
  const dir = await mkdtemp(join(tmpdir(), "validate-tabular-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  const file = join(dir, "rows.jsonl");
  await writeFile(file, rows.map((row, line) => `${JSON.stringify({ ...row, line })}\n`).join(""));
  using database = await TabularDatabase.open([], { files: [file], writeDirs: [dir] });
  const table = await sourceTable(database, "data", [file], dir);
  const line = table.columns.indexOf("line");
  const typed = new TypedTable(table, schema.columns);
  const checks = rowChecksOf(typed, schema, environment);
  const names = checks.map(
    ({ sql, anomaly, column }) =>
      `CASE WHEN ${sql} THEN ${quoteText(`${anomaly} ${schema.columns[column]!.name}`)} END`,
  );
  const sql = `SELECT concat_ws(';', ${["''", ...names].join(", ")}), ${badRowSql(checks)} FROM ${typed.query({ raw: true })} ORDER BY CAST(r${line} AS INT)`;
  return (await readRows(database, sql)).map(([found, isBad]) => ({
    anomalies: textOf(found)
      .split(";")
      .filter((name) => name !== "")
      .toSorted(),
    isBad: isBad as boolean,
  }));
}

function verdictsOfRecordCheck(schema: DataSchema, rows: readonly Row[], environment?: string) {
  const check = compileRecordCheck(schema);
  return rows.map((row) => {
    const found = check(row, environment);
    return {
      anomalies: found.map(({ type, column }) => `${type} ${column}`).toSorted(),
      isBad: found.some(({ severity }) => severity === "ERROR"),
    };
  });
}

const small = fc.integer({ min: -5, max: 15 });
const time = fc
  .date({ min: new Date("1600-01-01"), max: new Date("2900-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const anything = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: "binary", maxLength: 6 }),
  time,
  time.map((text) => text.slice(0, 10)),
  fc.boolean(),
  fc.constantFrom(null, undefined, [], {}, [1, "x"], { b: null }),
);
/** Of each type, what lies at the edges of it and of the domains below. */
const edges = {
  INT: fc.oneof(small, fc.constantFrom(1e30, -1e30, 2 ** 63, -(2 ** 63), 2 ** 53, 0.5, 3, "3")),
  FLOAT: fc.oneof(small, fc.double({ min: -120, max: 120, noNaN: true }), fc.constantFrom(1e308, "1.5", "NaN")),
  STRING: fc.constantFrom(
    "a",
    "b",
    "ab",
    "A1",
    "A",
    "it's",
    "😀é",
    "😀😀",
    "",
    "3",
    "a\nb",
    "a.b",
    "2024-02-30",
    3,
    0.5,
    true,
  ),
  BOOL: fc.constantFrom(true, false, 0, 1, 2, -1, 0.5, -0.5, "true", "1"),
  DATE: fc.constantFrom(
    "1990-01-01",
    "1989-12-31",
    "2024-02-29",
    "2024-03-01",
    "2023-02-29",
    "2024-2-01",
    "2024-02-01T00:00:00Z",
    20_240_201,
  ),
  TIMESTAMP: fc.constantFrom(
    "1989-12-31T18:30:00Z",
    "1989-12-31T18:29:59.999999Z",
    "1990-01-01T05:29:59+05:30",
    "1989-12-31 13:29:59-05:00",
    "1990-01-01",
    "2024-02-29T12:00:00.000001",
    "2024-02-29T12:00Z",
    "2024-02-29T24:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-02-29T12:00:60Z",
    "1990-01-01T00:00:00+15:00",
    "epoch",
  ),
  ANY: fc.constantFrom(0, "", false),
};

const fraction = fc.constantFrom(0, 0.5, 1);
const range = (bound: fc.Arbitrary<number>) =>
  fc.tuple(bound, bound).map(([left, right]) => ({ min: Math.min(left, right), max: Math.max(left, right) }));
const domains = {
  INT: fc.oneof(range(small), fc.record({ values: fc.array(small, { minLength: 1, maxLength: 5 }) })),
  FLOAT: fc.oneof(
    range(fc.double({ min: -100, max: 100, noNaN: true })),
    fc.constant({ disallowInf: true, disallowNan: true }),
  ),
  STRING: fc.oneof(
    fc.record({ values: fc.array(fc.constantFrom("a", "b", "A1", "", "it's"), { minLength: 1 }) }),
    fc.record({
      pattern: fc.constantFrom("[ab]+", "\\w*", "a.b", "\\d{4}-\\d\\d-\\d\\d", "a|b", "[^a]", "(?:a|A)1?$"),
    }),
    range(fc.nat(4)).map(({ min, max }) => ({ minLength: min, maxLength: max })),
  ),
  BOOL: fc.constant(undefined),
  DATE: fc.constant({ min: "1990-01-01", max: "2024-02-29" }),
  TIMESTAMP: fc.constant({ min: "1990-01-01T00:00:00+05:30", max: "2024-02-29T12:00:00Z" }),
  ANY: fc.constant(undefined),
};
const column = fc.constantFrom(...(Object.keys(domains) as (keyof typeof domains)[])).chain((type) =>
  fc.record({
    type: fc.constant(type),
    domain: fc.option(domains[type] as fc.Arbitrary<object | undefined>, { nil: undefined }),
    minFraction: fraction,
    minDomainMass: fc.constantFrom(0.9, 1),
    notInEnvironment: fc.constantFrom([], ["SERVING"]),
  }),
);
const NAMES = ["a", "b c", 'd"e', "f'g"];
const schemas = fc.array(column, { minLength: 1, maxLength: NAMES.length }).map((columns) =>
  DataSchema.parse({
    columns: columns.map(({ domain, minFraction, type, ...rest }, index) => ({
      name: NAMES[index],
      type,
      presence: { minFraction },
      ...(domain && type !== "BOOL" && type !== "ANY" && { domain }),
      ...rest,
    })),
    defaultEnvironment: ["TRAINING", "SERVING"],
    datasetConstraints: { unknownColumns: "ALLOWED" },
  }),
);
/** Rows that mostly are what their columns ask for, or nearly so. */
const rowsFor = ({ columns }: DataSchema) => {
  const values = columns.map(
    ({ name, type }) => [name, fc.oneof({ weight: 3, arbitrary: edges[type] }, anything)] as const,
  );
  return fc.array(fc.record(Object.fromEntries(values), { requiredKeys: [] }), { minLength: 1, maxLength: 60 });
};
const cases = schemas.chain((schema) => fc.tuple(fc.constant(schema), rowsFor(schema)));

test("DuckDB and the record check say the same of the same rows", async () => {
  const property = fc.asyncProperty(
    cases,
    fc.constantFrom(undefined, "TRAINING", "SERVING"),
    async ([schema, some], environment) => {
      // What JSON makes of it is what both sides see.
      const seen = JSON.parse(JSON.stringify(some)) as Row[];
      expect(await verdictsOfDuckDb(schema, seen, environment)).toEqual(
        verdictsOfRecordCheck(schema, seen, environment),
      );
    },
  );
  await fc.assert(property, { numRuns: 60 });
}, 60_000);

const one = (column: object) => DataSchema.parse({ columns: [{ name: "x", ...column }] });

test.each<[string, object, unknown, string[]]>([
  ["the dot stands for a line end", { type: "STRING", domain: { pattern: "a.b" } }, "a\nb", []],
  [
    "a pattern covers the whole value",
    { type: "STRING", domain: { pattern: "a|b" } },
    "ab",
    ["STRING_TYPE_UNLIKE_PATTERN"],
  ],
  ["lengths count code points", { type: "STRING", domain: { maxLength: 2 } }, "😀é", []],
  ["a number for a string", { type: "STRING" }, 3, ["STRING_TYPE_NOW_INT"]],
  ["a number for an enum", { type: "STRING", domain: { values: ["a"] } }, 0.5, ["ENUM_TYPE_FLOAT_NOT_STRING"]],
  [
    "a value outside an enum",
    { type: "STRING", domain: { values: ["a"] } },
    "b",
    ["ENUM_TYPE_UNEXPECTED_STRING_VALUES"],
  ],
  ["a whole number is an integer however it is written", { type: "INT" }, 3.0, []],
  ["a fraction is none", { type: "INT" }, 3.5, ["INT_TYPE_INT_EXPECTED"]],
  ["an integer beyond 64 bits", { type: "INT" }, 2 ** 63, ["INT_TYPE_INT_EXPECTED"]],
  [
    "too small and too large",
    { type: "INT", domain: { min: 5, values: [9] } },
    4,
    ["INT_TYPE_SMALL_INT", "INT_TYPE_UNEXPECTED_VALUES"],
  ],
  ["too large", { type: "FLOAT", domain: { max: 0.1 } }, 0.2, ["FLOAT_TYPE_BIG_FLOAT"]],
  ["text for a number", { type: "FLOAT" }, "0.2", ["FLOAT_TYPE_NOT_FLOAT"]],
  ["two for a boolean", { type: "BOOL" }, 2, ["BOOL_TYPE_BIG_INT"]],
  ["a day that there is not", { type: "DATE" }, "2023-02-29", ["UNEXPECTED_DATA_TYPE"]],
  [
    "offsets count",
    { type: "TIMESTAMP", domain: { min: "2024-01-01T00:00:00Z" } },
    "2024-01-01T01:00:00+01:30",
    ["TIME_TYPE_EARLY"],
  ],
  [
    "nothing where something must be",
    { type: "ANY", presence: { minFraction: 1 } },
    null,
    ["FEATURE_TYPE_LOW_FRACTION_PRESENT"],
  ],
])("%s", async (_, column, given, anomalies) => {
  const expected = [{ anomalies: anomalies.map((name) => `${name} x`), isBad: anomalies.length > 0 }];
  expect(verdictsOfRecordCheck(one(column), [{ x: given }])).toEqual(expected);
  expect(await verdictsOfDuckDb(one(column), [{ x: given }])).toEqual(expected);
});
