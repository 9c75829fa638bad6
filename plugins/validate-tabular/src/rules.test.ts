import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { judged } from "../test/judged.ts";
import { aFolder, writeParquet } from "../test/validated.ts";

const schema = (column: object, rest: object = {}) => ({ schema: { columns: [{ name: "x", ...column }], ...rest } });
const csv = (...values: (string | number)[]) => ({ "a.csv": `x\n${values.join("\n")}\n` });
const bounds = (datasetConstraints: object) => schema({ type: "INT" }, { datasetConstraints });

test.each<[string, Record<string, unknown>, (string | number)[], string[]]>([
  ["more rows than may be", bounds({ maxExamplesCount: 1 }), [1, 2], ["ERROR DATASET_HIGH_NUM_EXAMPLES"]],
  ["as many rows as may be", bounds({ maxExamplesCount: 2, minExamplesCount: 2 }), [1, 2], []],
  ["a file that is too small", bounds({ minFileBytes: 7 }), [1, 2], ["ERROR FILE_TOO_SMALL"]],
  ["a file as small as may be", bounds({ minFileBytes: 6, maxFileBytes: 6 }), [1, 2], []],
  ["text for a truth", schema({ type: "BOOL" }), ["yes", "TRUE", 0], ["ERROR BOOL_TYPE_UNEXPECTED_STRING x"]],
  ["a date with an hour", schema({ type: "DATE" }), ["2024-01-01 10:00:00"], ["ERROR UNEXPECTED_DATA_TYPE x"]],
  ["a time that is none", schema({ type: "TIMESTAMP" }), ["infinity", "2024-01-01"], ["ERROR UNEXPECTED_DATA_TYPE x"]],
  ["a bound, which NaN is not above", schema({ type: "FLOAT", domain: { max: 2 } }), ["nan", 2], []],
  ["values with a zero", { schema: undefined }, ["\0a", "b"], []],
  [
    "too few distinct values",
    schema({ type: "INT", uniqueConstraints: { min: 2 } }),
    [1, 1],
    ["ERROR FEATURE_TYPE_LOW_UNIQUE x"],
  ],
  [
    "too large a share of them",
    schema({ type: "INT", uniqueConstraints: { maxFraction: 0.5 } }),
    [1, 2],
    ["ERROR FEATURE_TYPE_HIGH_UNIQUE x"],
  ],
])("%s", async (_, parameters, values, expected) => {
  expect((await judged(csv(...values), parameters)).found).toEqual(expected);
});

test.each<[string, string, object, string]>([
  ["text", "'1'", { type: "BOOL" }, "BOOL_TYPE_STRING_NOT_INT"],
  ["a two", "2", { type: "BOOL" }, "BOOL_TYPE_BIG_INT"],
  ["text", "'1.5'", { type: "FLOAT" }, "FLOAT_TYPE_NOT_FLOAT"],
  ["a number", "1", { type: "STRING" }, "STRING_TYPE_NOW_INT"],
  ["a fraction", "1.5", { type: "STRING", domain: { values: ["a"] } }, "ENUM_TYPE_FLOAT_NOT_STRING"],
  ["a time", "TIMESTAMP '2024-01-01'", { type: "DATE" }, "UNEXPECTED_DATA_TYPE"],
  ["a list", "[1]", { type: "TIMESTAMP" }, "UNEXPECTED_DATA_TYPE"],
])("Parquet's %s, %s, where %j is due", async (_, value, column, anomaly) => {
  const file = join(await aFolder(), "a.parquet");
  await writeParquet(file, `SELECT ${value} AS x`);
  expect((await judged({ "a.parquet": await readFile(file) }, schema(column))).found).toEqual([`ERROR ${anomaly} x`]);
});

describe("a domain that need not hold all", () => {
  const some = (minDomainMass: number, domain: object = { values: [1, 2] }) => ({
    ...schema({ type: "INT", minDomainMass, domain }),
    setAside: true,
  });

  test("is a warning as long as enough lie inside, and the rows go on", async () => {
    const { verdict, found, metrics, accepted, rejected } = await judged(csv(1, 2, 1, 7), some(0.75));
    expect([verdict, found]).toEqual(["PASS", ["WARNING INT_TYPE_UNEXPECTED_VALUES x"]]);
    expect([metrics["bad_rows"], accepted?.length, rejected]).toEqual([0, 4, null]);
  });

  test("is an error where too few do, and those rows are bad ones", async () => {
    const { verdict, found, metrics, accepted, rejected } = await judged(csv(1, 2, 1, 7), some(0.76));
    expect([verdict, found]).toEqual(["FAIL", ["ERROR INT_TYPE_UNEXPECTED_VALUES x"]]);
    expect([metrics["bad_rows"], accepted?.length]).toEqual([1, 3]);
    expect(rejected).toMatchObject([{ x: "7", rejected_because: "INT_TYPE_UNEXPECTED_VALUES x" }]);
  });

  test("counts a row once that breaks two of its rules, and each that breaks one", async () => {
    const found = async (minDomainMass: number) =>
      (await judged(csv(1, 2, 1, 2, 1, 2, -7, 7), some(minDomainMass, { min: 0, values: [1, 2] }))).found;
    expect(await found(0.75)).toEqual(["WARNING INT_TYPE_SMALL_INT x", "WARNING INT_TYPE_UNEXPECTED_VALUES x"]);
    expect(await found(0.76)).toEqual(["ERROR INT_TYPE_SMALL_INT x", "ERROR INT_TYPE_UNEXPECTED_VALUES x"]);
  });
});

test("a type that a hundredth of the values is not of stays the column's; one more, and it is another", async () => {
  const numbers = Array.from({ length: 99 }, (_, n) => n);
  expect((await judged(csv(...numbers, "many"))).found).toEqual(["ERROR INT_TYPE_NOT_INT_STRING x"]);
  expect((await judged(csv(...numbers.slice(1), "many", "few"))).found).toEqual([]);
});

describe("compared with a reference", () => {
  const rows = (count: number, of: (n: number) => number) => csv(...Array.from({ length: count }, (_, n) => of(n)));
  const before = { reference: rows(100, (n) => n % 10) };
  const wide = { type: "INT", presence: {} };

  test("more rows than its multiple are too many", async () => {
    const found = async (count: number) =>
      (
        await judged(
          rows(count, (n) => n % 10),
          { ...schema(wide), shift: {} },
          before,
        )
      ).found;
    expect(await found(200)).toEqual([]);
    expect(await found(201)).toEqual(["ERROR COMPARATOR_HIGH_NUM_EXAMPLES"]);
  });

  test("too few values on a side say nothing", async () => {
    const shift = { minRowsRatio: 0, distinct: null };
    const found = async (minRows: number) =>
      (
        await judged(
          rows(50, () => 40),
          { ...schema(wide), shift: { ...shift, minRows } },
          before,
        )
      ).found;
    expect(await found(51)).toEqual([]);
    expect(await found(50)).toEqual([
      "ERROR COMPARATOR_MEAN_HIGH x",
      "ERROR COMPARATOR_STD_DEV_HIGH x",
      "ERROR COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH x",
    ]);
  });

  test("a column's own bounds stand for those of all, and null compares nothing", async () => {
    const own = (driftComparator: object) => schema({ ...wide, driftComparator });
    const moved = rows(100, (n) => (n % 10) + 3);
    const none = { stdDev: null, distinct: null, jensenShannonDivergence: null };
    const found = async (parameters: object) => (await judged(moved, { ...parameters }, before)).found;
    expect(await found({ ...own({ ...none, mean: 0.5 }) })).toEqual(["ERROR COMPARATOR_MEAN_HIGH x"]);
    expect(await found({ ...own({ ...none, mean: 2 }), shift: {} })).toEqual([]);
    expect(await found({ ...own({ ...none, mean: null }), shift: {} })).toEqual([]);
  });

  test("one without rows compares nothing, and that is said", async () => {
    const { verdict, found } = await judged(
      rows(3, (n) => n),
      { ...schema(wide), shift: {} },
      { reference: { "r.csv": "x\n" } },
    );
    expect([verdict, found]).toEqual(["PASS", ["WARNING COMPARATOR_CONTROL_DATA_MISSING"]]);
  });
});

describe("tables to be joined", () => {
  const data = { "a.csv": "k,l\n1,a\n2,b\n" };
  const by = (on: [string, string][], rest: object = {}) => ({
    joins: [{ dataset: "t", on: on.map(([column, joined]) => ({ column, joined })), ...rest }],
  });
  const against = async (table: string, parameters: object) =>
    await judged(data, { ...parameters }, { join: { t: { "t.csv": table } } });

  test("a key that is repeated is none where that may be", async () => {
    expect((await against("k\n1\n1\n2\n", by([["k", "k"]], { unique: false }))).found).toEqual([]);
  });

  test("a key of two columns must be found in one row", async () => {
    const { found, metrics } = await against(
      "k,l\n1,b\n2,b\n",
      by([
        ["k", "k"],
        ["l", "l"],
      ]),
    );
    expect([found, metrics["t_matched_fraction"]]).toEqual([["ERROR JOIN_LOW_MATCHED_FRACTION"], 0.5]);
  });

  test.each<[string, object, string]>([
    ["that nothing is said of", { joins: [] }, "does not say by what t is joined"],
    ["that there are not", { joins: [{ ...by([["k", "k"]]).joins[0], dataset: "u" }] }, "no input join is named u"],
    ["by a column that the schema lacks", by([["m", "k"]]), "the schema has no column m"],
  ])("%s are BAD_PARAMETERS", async (__, parameters, message) => {
    await expect(against("k\n1\n", parameters)).rejects.toMatchObject({
      type: "BAD_PARAMETERS",
      message: expect.stringContaining(message) as string,
    });
  });
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "an environment that the schema has not",
    { ...schema({ type: "INT" }), environment: "SERVING" },
    "the schema has no SERVING",
  ],
  ["one that no inferred schema has", { environment: "TESTING" }, "it has: TRAINING, SERVING"],
  [
    "a pattern that DuckDB does not understand",
    schema({ type: "STRING", domain: { pattern: "a{1001}" } }),
    "pattern of x",
  ],
])("%s is BAD_PARAMETERS", async (_, parameters, message) => {
  await expect(judged(csv("a"), parameters)).rejects.toMatchObject({
    type: "BAD_PARAMETERS",
    message: expect.stringContaining(message) as string,
  });
});
