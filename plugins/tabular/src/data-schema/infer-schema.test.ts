import { expect, test } from "vitest";
import type { ColumnProfile } from "./data-profile.ts";
import { DataSchema } from "./data-schema.ts";
import { formatSchema } from "./format-schema.ts";
import { Inference, inferSchema } from "./infer-schema.ts";

const profile = (name: string, type: ColumnProfile["type"], rest: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  type,
  present: 100,
  misfits: 0,
  nan: 0,
  infinite: 0,
  distinct: 10,
  min: null,
  max: null,
  mean: null,
  stdDev: null,
  minLength: null,
  maxLength: null,
  values: null,
  ...rest,
});
const values = (...names: string[]) => ({ values: names.map((value) => ({ value, count: 1 })) });
const infer = (columns: ColumnProfile[], options: object = {}, duplicates = 0) =>
  inferSchema({ rows: 100, duplicates, columns }, Inference.parse(options));
const domainOf = (column: ColumnProfile, options: object = {}) => {
  const [inferred] = infer([column], options).columns;
  return inferred !== undefined && "domain" in inferred ? inferred.domain : undefined;
};

test("what stands in each row is required, what stands in some is required once, what never does not at all", () => {
  const found = infer([profile("a", "INT"), profile("b", "INT", { present: 99 }), profile("c", "INT", { present: 0 })]);
  expect(found.columns.map(({ presence }) => [presence.minFraction, presence.minCount])).toEqual([
    [1, 1],
    [0, 1],
    [0, 0],
  ]);
});

test("numbers keep their sign; a margin bounds them by widths of the range, and keeps the sign too", () => {
  expect(domainOf(profile("a", "INT", { min: 3, max: 9 }))).toEqual({ min: 0 });
  expect(domainOf(profile("a", "INT", { min: -3, max: 9 }))).toBeUndefined();
  expect(domainOf(profile("a", "INT", { min: -9, max: -3 }))).toEqual({ max: 0 });
  expect(domainOf(profile("a", "INT", { min: 0, max: 0 }))).toEqual({ min: 0 });
  expect(domainOf(profile("a", "INT", { min: 10, max: 20 }), { rangeMargin: 0.25 })).toEqual({ min: 7, max: 23 });
  expect(domainOf(profile("a", "FLOAT", { min: 1, max: 3 }), { rangeMargin: 1 })).toMatchObject({ min: 0, max: 5 });
  expect(domainOf(profile("a", "FLOAT", { min: 0, max: 1.5e308 }), { rangeMargin: 1 })).toMatchObject({ min: 0 });
});

test("what was always finite stays finite", () => {
  expect(domainOf(profile("a", "FLOAT", { nan: 1 }))).toMatchObject({ disallowNan: false, disallowInf: true });
  expect(domainOf(profile("a", "FLOAT", { infinite: 1 }))).toMatchObject({ disallowNan: true, disallowInf: false });
});

test("few strings are a domain, of which some may differ later; many are none", () => {
  expect(infer([profile("a", "STRING", values("x", "b"))]).columns[0]).toMatchObject({
    domain: { values: ["b", "x"] },
    minDomainMass: 0.99,
  });
  expect(domainOf(profile("a", "STRING", values("x", "b")), { maxStringDomainSize: 1 })).toBeUndefined();
  expect(domainOf(profile("a", "STRING"))).toBeUndefined();
  expect(domainOf(profile("a", "STRING", values()))).toBeUndefined();
});

test("duplicates may be as many as there were and a margin; labels are not expected in serving", () => {
  const { columns, datasetConstraints } = infer([profile("y", "BOOL")], { notInServing: ["y"] }, 5);
  expect(datasetConstraints.maxDuplicateFraction).toBe(0.06);
  expect(columns[0]?.notInEnvironment).toEqual(["SERVING"]);
});

test("as text it says what is not so anyway, and is read back as it was", () => {
  const schema = infer([
    profile("a", "STRING", values("x")),
    profile("b", "FLOAT"),
    profile("c", "INT", { present: 0 }),
  ]);
  const text = formatSchema(schema);
  expect(text).toContain('    {"name":"c","type":"INT"}\n');
  expect(DataSchema.parse(JSON.parse(text))).toEqual(schema);
});

test.each([
  [{ columns: [{ name: "a", type: "INT", domain: { min: 2, max: 1 } }] }, "min is above max"],
  [{ columns: [{ name: "a", type: "STRING", domain: { minLength: 2, maxLength: 1 } }] }, "min is above max"],
  [{ columns: [{ name: "a", type: "DATE", domain: { min: "2024-02-30" } }] }, "must be a date"],
  [{ columns: [{ name: "a", type: "TIMESTAMP", domain: { min: "2024-02-01T12:00Z" } }] }, "must be a time"],
  [
    {
      columns: [
        { name: "a", type: "INT" },
        { name: "a", type: "INT" },
      ],
    },
    "stands twice",
  ],
  [{ columns: [{ name: "a", type: "INT", domain: { pattern: "x" } }] }, "pattern"],
  [{ columns: [{ name: "a", type: "ANY", uniqueConstraints: { min: 1 } }] }, "ANY are not told apart"],
  [{ columns: [{ name: "a", type: "STRING", domain: { pattern: "a(?=b)" } }] }, "look-around"],
  [{ columns: [{ name: "a", type: "STRING", domain: { pattern: "(a)\\1" } }] }, "back-references"],
  [{ columns: [{ name: "a", type: "STRING", domain: { pattern: "\\s" } }] }, "\\s"],
  [{ columns: [{ name: "a", type: "STRING", domain: { pattern: "(" } }] }, "regular expression"],
])("%j is no schema", (schema, message) => {
  const { error } = DataSchema.safeParse(schema);
  expect(error?.message).toContain(JSON.stringify(message).slice(1, -1));
});
