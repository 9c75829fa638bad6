import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { judged } from "../test/judged.ts";

const SET_ASIDE = { setAside: true };
const BROKEN = "DATASET_BROKEN_ROWS";
const LINES = Array.from({ length: 1000 }, (_, n) => `${n}`);

test.each<[string, Record<string, string | Uint8Array>, string]>([
  ["a CSV in UTF-16", { "a.csv": Buffer.from("x,y\n1,2\n", "utf16le") }, "a.csv is no text in UTF-8"],
  ["JSON lines in UTF-16", { "a.jsonl": Buffer.from('{"x":1}\n', "utf16le") }, "a.jsonl is no text in UTF-8"],
  ["a header in Latin-1", { "a.csv": Buffer.from("caf\xe9\n1\n", "latin1") }, "a.csv is no text in UTF-8"],
  [
    "a CSV that ends too early",
    { "a.csv.gz": gzipSync(LINES.join("\n")).subarray(0, -8) },
    "a.csv.gz: unexpected end of file",
  ],
  [
    "JSON lines that end too early",
    { "a.jsonl.gz": gzipSync('{"x":1}\n').subarray(0, -8) },
    "a.jsonl.gz: unexpected end of file",
  ],
  ["Parquet that ends too early", { "a.parquet": Buffer.from("PAR1") }, "a.parquet"],
  ["no file of rows", { "a.txt": "1" }, "has no file ending in"],
])("%s: BAD_INPUT, by name", async (_, files, message) => {
  await expect(judged(files)).rejects.toMatchObject({
    type: "BAD_INPUT",
    message: expect.stringContaining(message) as string,
  });
});

test("lines that are no JSON objects, or not UTF-8, are set aside with their text, and the others stay", async () => {
  const text = '{"x":1}\r\n{"x":\n[1,2]\n\n{"x":"\xe9"}\n{"x":NaN}\n{"x":2,"y":"\xc3\xa9"}';
  const { metrics, messages, accepted, rejected } = await judged({ "a.jsonl": Buffer.from(text, "latin1") }, SET_ASIDE);
  expect(metrics).toMatchObject({ rows: 3, broken_rows: 3 });
  expect(messages[0]).toContain("were left out: 3; the first: line 2: no json object");
  expect(accepted?.map(({ x }) => x)).toEqual([1, "NaN", 2]);
  expect(rejected).toEqual(
    ['{"x":', "[1,2]", '{"x":"\uFFFD"}'].map((line) => ({
      x: null,
      y: null,
      rejected_because: BROKEN,
      rejected_line: line,
    })),
  );
});

test("a file of nothing but broken lines fails, and they are set aside", async () => {
  const { verdict, metrics, accepted, rejected } = await judged({ "a.jsonl": "x\ny\n" }, SET_ASIDE);
  expect([verdict, metrics["rows"], metrics["broken_rows"], accepted]).toEqual(["FAIL", 0, 2, null]);
  expect(rejected).toEqual(["x", "y"].map((line) => ({ rejected_because: BROKEN, rejected_line: line })));
});

test("whole numbers that no DOUBLE holds stay what they are, and apart", async () => {
  const ids = ["9007199254740992", "9007199254740993", "1e3", "3.0"];
  const columns = [{ name: "x", type: "INT", uniqueConstraints: { minFraction: 1 } }];
  for (const files of [
    { "a.jsonl": ids.map((id) => `{"x":${id}}`).join("\n") },
    { "a.csv": ["x", ...ids].join("\n") },
  ]) {
    const { found, accepted } = await judged(files, { schema: { columns }, setAside: true });
    expect([found, accepted?.map(({ x }) => x)]).toEqual([[], ["9007199254740992", "9007199254740993", "1000", "3"]]);
  }
});

test("objects without a name are rows all the same", async () => {
  const schema = { columns: [{ name: "x", type: "INT", presence: { minFraction: 1 } }] };
  const { verdict, metrics, found } = await judged({ "a.jsonl": "{}\n{}\n" }, { schema });
  expect([verdict, metrics["rows"], found]).toEqual(["FAIL", 2, ["ERROR SCHEMA_MISSING_COLUMN x"]]);
});

test.each([
  ["CSV", { "a.csv": "\uFEFFx\n1\n" }],
  ["JSON lines", { "a.jsonl": '\uFEFF{"x":1}\n' }],
])("a byte order mark of UTF-8 is no part of %s", async (_, files) => {
  const { verdict, accepted } = await judged(files, SET_ASIDE);
  expect([verdict, accepted]).toEqual(["PASS", [{ x: "1" }]]);
});

test("an empty line of one column is a missing value, whether or not another line is broken", async () => {
  const rows = async (text: string) => (await judged({ "a.csv": text }, SET_ASIDE)).accepted?.map(({ x }) => x);
  expect(await rows("x\n1\n\n2\n")).toEqual(["1", null, "2"]);
  expect(await rows("x\n1\n\n2\n3,4\n")).toEqual(["1", null, "2"]);
});
