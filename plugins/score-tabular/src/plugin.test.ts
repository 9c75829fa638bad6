import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatOf, loadModel, type Value } from "@clew/plugin-models";
import { runConformance } from "@clew/plugin-sdk/host";
import { loadBackend } from "@clew/plugin-tabular";
import { describe, expect, test } from "vitest";
import { CLASSES } from "../../tabular/test/several-classes.ts";
import { DIR, EVERY_KIND, NET, scored, SEVERAL_CLASSES, type TestModel, type Wanted } from "../test/scored.ts";

/** Of rows 0 to `rows` - 1. */
const arrivals = (
  rows: number,
  more = "",
) => `SELECT range AS id, ['A', 'B', 'C', 'D'][1 + range % 4] AS port, range % 24 AS hour,
  CASE WHEN range % 5 > 0 THEN (range % 100)::DOUBLE END AS load, range % 2 = 0 AS holiday, 4 + range % 3 AS gates${more} FROM range(${rows})`;
const GOLDEN = (
  JSON.parse(readFileSync(join(DIR, "../serve-models/test/onnx/golden.json"), "utf8")) as Record<
    string,
    { inputs: Record<string, Value[]>; outputs: Record<string, Value[]> }
  >
)["every-kind"]!;

test("passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);

/** What serving would answer. */
async function answersTo(model: TestModel, tensors: ReadonlyMap<string, readonly Value[]>, rows: number) {
  const { tf } = await loadBackend("wasm");
  const path = (file: string) => join(model.dir, file);
  const files = model.files.map((one) => ({ path: one, sizeBytes: 1, digest: `sha256:${"0".repeat(64)}` }));
  const digest = `sha256:${"0".repeat(64)}`;
  const type = "ModelVersion" as const;
  const input = { id: "", key: "", type, digest, dir: "", schema: [], signature: model.signature, files, path };
  const loaded = await loadModel(tf, { model: input, format: await formatOf(input) });
  const { tensors: answered } = await loaded.predict({ rows, tensors });
  loaded.dispose();
  return answered;
}

describe("predictions", () => {
  test("are what serving answers, in the rows' order over all pieces, beside columns of any type", async () => {
    const more =
      ", TIMESTAMP '2013-01-01' + INTERVAL 1 HOUR * range AS at, (range / 8)::DECIMAL(9, 3) AS price, [range] AS list";
    const { output, rows, outcome } = await scored({
      data: [arrivals(40_000, more), arrivals(30_000, more)],
      parameters: { keep: ["id", "at", "price", "list"] },
    });
    const { rows: count, schema, statistics, columnLineage } = output("predictions");
    expect(outcome).toMatchObject({ outcome: "result", summary: { rows: 70_000, rejected: 0 } });
    expect(count).toBe(70_000);
    expect(schema.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "id BIGINT",
      "at TIMESTAMP",
      "price DECIMAL(9,3)",
      "list BIGINT[]",
      "probability DOUBLE",
      "scored_by VARCHAR",
    ]);
    expect(statistics.find(({ column }) => column === "id")).toMatchObject({ nulls: 0, min: "0", max: "39999" });
    const found = await rows("predictions");
    const ids = Array.from({ length: 70_000 }, (_, row) => (row < 40_000 ? row : row - 40_000));
    expect(found.map(({ id }) => Number(id))).toEqual(ids);
    expect(found[9]).toMatchObject({ at: "2013-01-01 09:00:00", price: "1.125", list: ["9"] });
    expect(found[9]).toMatchObject({ scored_by: "ModelVersion:tests/arrival@3" });
    const wanted = await answersTo(NET, tensorsOf(ids), ids.length);
    const worst = wanted
      .get("probability")!
      .map((value, row) => Math.abs(Number(value) - Number(found[row]!["probability"])));
    expect(Math.max(...worst.slice(0, 50_000))).toBeLessThan(1e-6);
    expect(Math.max(...worst.slice(50_000))).toBeLessThan(1e-6);
    const from = [{ input: "data", dataset: "tests/arrivals", column: "id" }];
    expect(columnLineage).toContainEqual(expect.objectContaining({ column: "id", from, via: "IDENTITY" }));
    const probability = columnLineage.find(({ column }) => column === "probability")!;
    expect(probability.via).toBe("TRANSFORMATION");
    expect(probability.from.map(({ column }) => column)).toEqual(["port", "hour", "load", "holiday", "gates"]);
  }, 60_000);

  test("of the same rows and model are the same version, unless the run's id stands in them", async () => {
    const wanted: Wanted = { data: [arrivals(100)], parameters: { keep: ["id"] } };
    const hashes = [await scored(wanted), await scored({ ...wanted, runId: "Run:other" })];
    expect(await hashes[0]!.hash("predictions")).toEqual(await hashes[1]!.hash("predictions"));
    const own = await scored({ data: [arrivals(2)], parameters: { keep: ["id"], scoredBy: "run" } });
    expect((await own.rows("predictions")).map((row) => row["scored_by"])).toEqual(["Run:tests", "Run:tests"]);
  }, 60_000);

  test("of several classes are the name of the likeliest, and the probabilities of all", async () => {
    const data = ["SELECT range AS id, 7 + 10 * (range % 2) AS hour, 90 * (range // 2) AS load FROM range(4)"];
    const { rows, output } = await scored({ model: SEVERAL_CLASSES, data, parameters: { keep: ["id"] } });
    expect(output("predictions").schema.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "id BIGINT",
      "label VARCHAR",
      "probabilities DOUBLE[]",
      "scored_by VARCHAR",
    ]);
    const found = (await rows("predictions")) as { label: string; probabilities: number[] }[];
    expect(found.map(({ label }) => label)).toEqual([CLASSES[1], CLASSES[2], CLASSES[1], CLASSES[0]]);
    for (const { label, probabilities } of found) {
      expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      expect(CLASSES[probabilities.indexOf(Math.max(...probabilities))]).toBe(label);
    }
  }, 60_000);

  test("of tensors of every kind are as Python's onnxruntime has them; rows that it cannot take are set aside", async () => {
    const { port, hour, load, sensors, holiday, gates } = GOLDEN.inputs as Record<string, (number | string | null)[]>;
    const sql = port!.map((_, row) => {
      const list = `[${sensors!
        .slice(row * 3, row * 3 + 3)
        .map((one) => one ?? "'nan'::FLOAT")
        .join(", ")}]`;
      return `SELECT ${row} AS id, '${port![row]}' AS port, ${hour![row]} AS hour, ${load![row] ?? "NULL"}::DOUBLE AS load, ${list}::FLOAT[] AS sensors, ${holiday![row]} AS holiday, ${gates![row]} AS gates`;
    });
    // They come first, so that an answer that went to one of them would be missing at the others.
    const bad = [
      "SELECT -3 AS id, NULL AS port, 1 AS hour, 1.0 AS load, [1, 2, 3]::FLOAT[] AS sensors, true AS holiday, 1 AS gates",
      "SELECT -2, 'A', 9007199254740993, 1.0, [1, 2, 3], true, 300",
      "SELECT -1, 'A', 1, 1.0, [1, 2], true, 1",
    ];
    const data = [`SELECT * FROM (${[...sql, ...bad].join(" UNION ALL ")}) ORDER BY id`];
    const parameters = { keep: ["id"], setAside: true };
    const { rows, output, lines } = await scored({ model: EVERY_KIND, data, parameters });
    const found = await rows("predictions");
    for (const name of ["port_again", "score", "workday", "gates_again"])
      expect(found.map((row) => row[name])).toEqual(GOLDEN.outputs[name]);
    expect(found.map((row) => Number(row["later"]))).toEqual(GOLDEN.outputs["later"]);
    expect(found.flatMap((row) => row["doubled"])).toEqual(GOLDEN.outputs["doubled"]);
    expect(output("predictions").schema.find(({ name }) => name === "doubled")?.type).toBe("FLOAT[]");
    expect((await rows("rejected")).map((row) => [row["id"], row["rejected_because"]])).toEqual([
      [-3, "MISSING_VALUE port"],
      [-2, "OUT_OF_RANGE hour; OUT_OF_RANGE gates"],
      [-1, "MISSING_VALUE sensors"],
    ]);
    expect(output("rejected").rows).toBe(3);
    expect(lines.join("\n")).toContain("1 rows were not scored: MISSING_VALUE port");
  }, 60_000);
});

function tensorsOf(ids: readonly number[]): Map<string, Value[]> {
  return new Map<string, Value[]>([
    ["port", ids.map((id) => ["A", "B", "C", "D"][id % 4]!)],
    ["hour", ids.map((id) => id % 24)],
    ["load", ids.map((id) => (id % 5 > 0 ? id % 100 : null))],
    ["holiday", ids.map((id) => id % 2 === 0)],
    ["gates", ids.map((id) => 4 + (id % 3))],
  ]);
}

describe("the data schema", () => {
  const schema = {
    columns: [
      { name: "port", type: "STRING", presence: { minFraction: 1 }, domain: { values: ["A", "B", "C"] } },
      { name: "load", type: "FLOAT", domain: { max: 50 }, minDomainMass: 0.9 },
      { name: "late", type: "BOOL", presence: { minFraction: 1 }, notInEnvironment: ["SERVING"] },
    ],
    defaultEnvironment: ["TRAINING", "SERVING"],
  };
  test.each<[string, Partial<Wanted>]>([
    [
      "given, whatever the model has",
      {
        model: { ...NET, more: { "data-schema.json": '{"columns": []}' } },
        parameters: { schema, setAside: true },
      },
    ],
    [
      "the model's own",
      {
        model: { ...NET, more: { "data-schema.json": JSON.stringify(schema) } },
        parameters: { setAside: true },
      },
    ],
  ])(
    "sets rows aside with the reason, and lets warnings go on: %s",
    async (_, wanted) => {
      const { rows, outcome, lines } = await scored({ data: [arrivals(400)], ...wanted });
      expect(outcome).toMatchObject({ summary: { rows: 300, rejected: 100 } });
      const rejected = await rows("rejected");
      expect(rejected[0]).toMatchObject({
        id: "3",
        port: "D",
        rejected_because: "ENUM_TYPE_UNEXPECTED_STRING_VALUES port",
      });
      expect((await rows("predictions")).map(({ id }) => Number(id) % 4)).not.toContain(3);
      expect(lines.join("\n")).toContain("100 rows were not scored: ENUM_TYPE_UNEXPECTED_STRING_VALUES port");
    },
    30_000,
  );
});

test("rows that are not scored are counted, and not written, unless they are to be set aside", async () => {
  const schema = { columns: [{ name: "port", type: "STRING", domain: { values: ["A"] } }] };
  const { outcome, lines } = await scored({ data: [arrivals(8)], parameters: { schema } });
  expect(outcome).toMatchObject({ summary: { rows: 2, rejected: 6 } });
  expect(outcome.outputs.map(({ role }) => role)).toEqual(["predictions"]);
  expect(lines.join("\n")).toContain("6 rows were not scored: ENUM_TYPE_UNEXPECTED_STRING_VALUES port");
}, 30_000);

test.each<[string, Partial<Wanted>, string, string]>([
  ["no column", { parameters: { sql: "SELECT * EXCLUDE (hour) FROM data" } }, "BAD_INPUT", "no column hour"],
  [
    "a column of text where a number is taken",
    { parameters: { sql: "SELECT * REPLACE (hour::VARCHAR AS hour) FROM data" } },
    "BAD_INPUT",
    "column hour is VARCHAR, tests/arrival@3 takes BIGINT",
  ],
  [
    "a column of fractions where whole numbers are taken",
    { parameters: { sql: "SELECT * REPLACE (gates / 2 AS gates) FROM data" } },
    "BAD_INPUT",
    "column gates is DOUBLE",
  ],
  [
    "a column of numbers where text is taken",
    { parameters: { sql: "SELECT * REPLACE (1 AS port) FROM data" } },
    "BAD_INPUT",
    "column port is INTEGER",
  ],
  ["no rows", { parameters: { sql: "SELECT * FROM data WHERE false" } }, "BAD_INPUT", "no rows"],
  ["a query that fails", { parameters: { sql: "SELECT *, 'x'::INT AS y FROM data" } }, "BAD_INPUT", "query failed"],
  ["no signature", { model: { ...NET, signature: null } }, "BAD_INPUT", "no signature"],
  ["no known format", { model: { ...NET, files: ["weights.bin"] } }, "BAD_INPUT", "neither pipeline.json nor"],
  [
    "a kept column named as a prediction",
    { parameters: { sql: "SELECT *, 1 AS Probability FROM data" } },
    "BAD_PARAMETERS",
    "two columns would be named Probability",
  ],
])(
  "is refused: %s",
  async (_, wanted, type, message) => {
    const { outcome } = await scored({ data: [arrivals(10)], ...wanted });
    expect(outcome).toMatchObject({
      outcome: "failure",
      failure: { type, message: expect.stringContaining(message) as unknown },
    });
  },
  30_000,
);
