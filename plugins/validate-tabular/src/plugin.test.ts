import { join } from "node:path";
import { expect, test } from "vitest";
import { runConformance } from "@clew/plugin-sdk/host";
import { aFolder, DIR, ran, rowsOf, validated, writeParquet } from "../test/validated.ts";

const FLIGHTS = (month: string) => join(DIR, `../../examples/flights/data/flights-2013-${month}.parquet`);
const LABELS = ["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"];
const column = (name: string, type: string, rest: object = {}) => ({ name, type, ...rest });
const schema = (columns: object[], datasetConstraints: object = {}) => ({ columns, datasetConstraints });
const REQUIRED = { presence: { minFraction: 1 } };

test("flights: January's schema passes February and, given by hand, finds the same; a planted month fails it", async () => {
  const infer = { notInServing: LABELS };
  const february = await validated({ data: [FLIGHTS("02")], reference: [FLIGHTS("01")] }, { infer, shift: {} });
  expect(february.verdict).toBe("PASS");
  expect(february.metrics).toMatchObject({ rows: 24_951, bad_rows: 0, broken_rows: 0, duplicate_rows: 0, errors: 0 });

  const bad = join(await aFolder(), "bad.parquet");
  await writeParquet(
    bad,
    `SELECT * EXCLUDE (tailnum, minute) REPLACE (CASE WHEN day < 10 THEN lower(carrier) ELSE carrier END AS carrier,
       CASE WHEN day = 3 THEN -distance ELSE distance END AS distance,
       CASE WHEN day = 4 THEN NULL ELSE origin END AS origin, CAST(hour AS VARCHAR) AS hour),
       minute + 0.5 AS minute, 1 AS gate FROM read_parquet('${FLIGHTS("02")}') UNION ALL BY NAME
     SELECT * EXCLUDE (tailnum) REPLACE (CAST(hour AS VARCHAR) AS hour), 1 AS gate FROM read_parquet('${FLIGHTS("02")}') WHERE day = 28
     UNION ALL BY NAME SELECT * EXCLUDE (tailnum) REPLACE (CAST(hour AS VARCHAR) AS hour), 1 AS gate FROM read_parquet('${FLIGHTS("02")}') WHERE day = 28`,
    [FLIGHTS("02")],
  );
  const planted = await validated({ data: [bad] }, { schema: february.schema });
  expect(planted.verdict).toBe("FAIL");
  expect(planted.found.toSorted()).toEqual([
    "DATASET_HIGH_DUPLICATE_FRACTION",
    "ENUM_TYPE_UNEXPECTED_STRING_VALUES carrier",
    "FEATURE_TYPE_LOW_FRACTION_PRESENT origin",
    "INT_TYPE_INT_EXPECTED hour",
    "INT_TYPE_INT_EXPECTED minute",
    "INT_TYPE_SMALL_INT distance",
    "SCHEMA_MISSING_COLUMN tailnum",
    "SCHEMA_NEW_COLUMN gate",
  ]);
  const again = await validated({ data: [FLIGHTS("02")] }, { schema: february.schema });
  expect(again.schema).toEqual(february.schema);
  expect(again.verdict).toBe("PASS");
}, 60_000);

test("a column that serving lacks may be absent there, and nowhere else", async () => {
  const given = {
    columns: [column("x", "INT", REQUIRED), column("y", "INT", { ...REQUIRED, notInEnvironment: ["SERVING"] })],
  };
  const parameters = { schema: { ...given, defaultEnvironment: ["TRAINING", "SERVING"] } };
  const data = { "a.csv": "x\n1\n" };
  expect((await validated({ data }, { ...parameters, environment: "SERVING" })).verdict).toBe("PASS");
  expect((await validated({ data }, { ...parameters, environment: "TRAINING" })).found).toEqual([
    "SCHEMA_MISSING_COLUMN y",
  ]);
}, 60_000);

test("a CSV with broken rows, other encodings, mixed types, NaN and infinities: each is found, and set aside with its reason", async () => {
  const text = 'id,name,n\n1,a,1.5\n2,b\n3,c,4,5\nx,d,1\n5,"q"z,1\n6,caf\xe9,1\n7,e,nan\n8,f,inf\n9,,\n1.5,h,0x1\n';
  const finite = { disallowNan: true, disallowInf: true };
  const given = schema([
    column("id", "INT", REQUIRED),
    column("name", "STRING"),
    column("n", "FLOAT", { domain: finite }),
  ]);
  const { found, metrics, verdict, out, outputs } = await validated(
    { data: { "a.csv": Buffer.from(text, "latin1") } },
    { schema: given, setAside: true },
  );
  expect(verdict).toBe("FAIL");
  expect(found.toSorted()).toEqual([
    "DATASET_BROKEN_ROWS",
    "ENUM_TYPE_INVALID_UTF8 name",
    "FLOAT_TYPE_HAS_INF n",
    "FLOAT_TYPE_HAS_NAN n",
    "FLOAT_TYPE_STRING_NOT_FLOAT n",
    "INT_TYPE_NOT_INT_STRING id",
  ]);
  expect(metrics).toMatchObject({ rows: 6, bad_rows: 4, broken_rows: 4 });
  expect(await rowsOf(out, "accepted")).toEqual([
    { id: "1", name: "a", n: 1.5 },
    { id: "9", name: null, n: null },
  ]);
  const rejected = await rowsOf(out, "rejected");
  expect(rejected.map((row) => [row["id"], row["rejected_because"], row["rejected_line"]])).toEqual([
    ["x", "INT_TYPE_NOT_INT_STRING id", null],
    ["7", "FLOAT_TYPE_HAS_NAN n", null],
    ["8", "FLOAT_TYPE_HAS_INF n", null],
    ["1.5", "INT_TYPE_NOT_INT_STRING id; FLOAT_TYPE_STRING_NOT_FLOAT n", null],
    [null, "DATASET_BROKEN_ROWS", "2,b"],
    [null, "DATASET_BROKEN_ROWS", "3,c,4,5"],
    [null, "DATASET_BROKEN_ROWS", '5,"q"z,1'],
    [null, "ENUM_TYPE_INVALID_UTF8 name", expect.stringContaining("6,caf")],
  ]);
  const accepted = outputs.find(({ role }) => role === "accepted")?.output;
  expect(accepted).toMatchObject({
    rows: 2,
    columnLineage: expect.arrayContaining([
      { column: "n", from: [{ input: "data", dataset: "tests/data", column: "n" }], via: "IDENTITY", masking: false },
    ]) as unknown,
  });
}, 60_000);

test("line ends of two kinds, and a quote that never ends, lose no row", async () => {
  const given = { schema: schema([column("id", "INT", REQUIRED), column("name", "STRING")]) };
  const mixed = await validated({ data: { "a.csv": 'id,name\n1,a\r\n2,"b"\n3,\r\n4,"x"\r\n' } }, given);
  expect([mixed.verdict, mixed.metrics["rows"]]).toEqual(["PASS", 4]);
  const open = await validated({ data: { "a.csv": 'id,name\n1,a\n2,"b\n3,c\n4,"d"\n5,e\n' } }, given);
  expect(open.found).toEqual(["DATASET_BROKEN_ROWS"]);
  expect(open.metrics).toMatchObject({ rows: 4, bad_rows: 0, broken_rows: 1 });
}, 60_000);

test("JSON lines: lines that are no objects are broken rows, lists are of type ANY", async () => {
  const lines = '{"a":1,"l":[1]}\n{broken\n[1,2]\n\n{"a":2,"l":[2]}\n{"a":"x"}\n{"a":1e400}\n{"a":null,"A":1}\n';
  const given = schema([column("a", "INT"), column("l", "ANY")], { unknownColumns: "ERROR" });
  const { found, metrics } = await validated({ data: { "a.jsonl": lines } }, { schema: given });
  expect(found.toSorted()).toEqual(["DATASET_BROKEN_ROWS", "INT_TYPE_INT_EXPECTED a"]);
  expect(metrics).toMatchObject({ rows: 5, bad_rows: 2, broken_rows: 2 });
  const inferred = await validated({ data: { "a.jsonl": '{"a":1,"l":[1],"t":"2024-01-01T00:00:00Z","b":true}\n' } });
  expect(inferred.schema.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "a INT",
    "b BOOL",
    "l ANY",
    "t TIMESTAMP",
  ]);
}, 60_000);

test.each([
  ["an empty file", { "a.csv": "" }, []],
  ["a header alone", { "a.csv": "x,y\n" }, ["x STRING", "y STRING"]],
  ["no JSON line", { "a.jsonl": "" }, []],
])(
  "%s is not enough data",
  async (_, data, columns) => {
    const { verdict, found, schema: inferred } = await validated({ data }, { setAside: true });
    expect(verdict).toBe("NOT_ENOUGH_DATA");
    expect(found).toEqual(["NO_DATA_IN_SPAN"]);
    expect(inferred.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(columns);
  },
  60_000,
);

test("one row, columns of nothing but nulls, and numbers too large to square pass the schema that is inferred from them", async () => {
  const { verdict, statistics } = await validated({ data: { "a.csv": "x,y,z\n1e308,,a\n" } }, { shift: {} });
  expect(verdict).toBe("PASS");
  expect(statistics.data.columns).toMatchObject([
    { max: 1e308, mean: null },
    { present: 0, type: "STRING" },
    { distinct: 1 },
  ]);
  const given = schema([column("y", "FLOAT", { presence: { minCount: 1 } })], { unknownColumns: "ALLOWED" });
  expect((await validated({ data: { "a.csv": "x,y\n1,\n" } }, { schema: given })).found).toEqual([
    "FEATURE_TYPE_NOT_PRESENT y",
  ]);
}, 60_000);

test("bounds on rows, files, duplicates, distinct values and presence", async () => {
  const given = schema(
    [
      column("k", "INT", { uniqueConstraints: { minFraction: 1 } }),
      column("c", "STRING", { uniqueConstraints: { max: 1 }, presence: { minFraction: 0.9, minCount: 4 } }),
    ],
    { minExamplesCount: 10, maxDuplicateFraction: 0.1, fileFormats: ["PARQUET"], maxFileBytes: 5 },
  );
  const { found } = await validated({ data: { "a.csv": "k,c\n1,a\n1,a\n2,b\n3,\n" } }, { schema: given });
  expect(found).toEqual([
    "FILE_FORMAT_UNEXPECTED",
    "FILE_TOO_LARGE",
    "DATASET_LOW_NUM_EXAMPLES",
    "DATASET_HIGH_DUPLICATE_FRACTION",
    "FEATURE_TYPE_LOW_UNIQUE k",
    "FEATURE_TYPE_LOW_NUMBER_PRESENT c",
    "FEATURE_TYPE_LOW_FRACTION_PRESENT c",
    "FEATURE_TYPE_HIGH_UNIQUE c",
  ]);
}, 60_000);

test("statistics are compared with the reference's where bounds are given", async () => {
  const rows = (count: number, of: (index: number) => string) =>
    `x,c\n${Array.from({ length: count }, (_, index) => `${of(index)}\n`).join("")}`;
  const reference = { "r.csv": rows(1000, (index) => `${index % 100},${"ab"[index % 2]}`) };
  const data = {
    "d.csv": rows(300, (index) => (index % 3 === 0 ? `,a` : `${90 + (index % 20)},${index % 9 === 1 ? "b" : "a"}`)),
  };
  const moved = await validated({ data, reference }, { shift: {} });
  expect(moved.found).toEqual([
    "FEATURE_TYPE_LOW_FRACTION_PRESENT x",
    "COMPARATOR_LOW_NUM_EXAMPLES",
    "COMPARATOR_MEAN_HIGH x",
    "COMPARATOR_STD_DEV_HIGH x",
    "COMPARATOR_NULL_FRACTION_HIGH x",
    "COMPARATOR_DISTINCT_HIGH x",
    "COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH x",
    "COMPARATOR_L_INFTY_HIGH c",
  ]);
  expect(moved.statistics.shifts[1]).toMatchObject({
    column: "c",
    infinityNorm: expect.closeTo(0.5 - 33 / 300, 1) as number,
  });
  expect((await validated({ data, reference })).found).not.toContain("COMPARATOR_MEAN_HIGH x");
  expect((await validated({ data: reference, reference }, { shift: {} })).verdict).toBe("PASS");
}, 60_000);

test("tables to be joined: keys that are missing, of another type, repeated or not found", async () => {
  const data = { "d.csv": "k,s\n1,a\n2,b\n3,c\n4,\n" };
  const on = (joined: string) => [{ column: "k", joined }];
  const join = (text: string) => ({ t: { "t.csv": text } });
  const checked = async (text: string, rest: object = {}) =>
    await validated({ data, join: join(text) }, { joins: [{ dataset: "t", on: on("k"), ...rest }] });
  const good = await checked("k\n1\n2\n3\n4\n");
  expect([good.verdict, good.metrics["t_matched_fraction"]]).toEqual(["PASS", 1]);
  const half = await checked("k\n1\n1\n2\n");
  expect(half.found).toEqual(["JOIN_KEY_NOT_UNIQUE", "JOIN_LOW_MATCHED_FRACTION"]);
  expect(half.metrics["t_matched_fraction"]).toBe(0.5);
  expect((await checked("k\na\n")).found).toEqual(["JOIN_KEY_TYPE_MISMATCH k"]);
  expect((await checked("z\n1\n")).found).toEqual(["JOIN_KEY_MISSING k"]);
}, 60_000);

test("a file that is not what its name says is a BAD_INPUT", async () => {
  const { outcome } = await ran({ data: { "a.parquet": "no parquet" } });
  const message = expect.stringContaining("a.parquet") as string;
  expect(outcome).toMatchObject({ outcome: "failure", failure: { type: "BAD_INPUT", message } });
}, 60_000);

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);
