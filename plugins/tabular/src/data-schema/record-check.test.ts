import { expect, test } from "vitest";
import { DataSchema } from "./data-schema.ts";
import { compileRecordCheck } from "./record-check.ts";

const required = { presence: { minFraction: 1 } };
const schema = (unknownColumns = "WARNING") =>
  DataSchema.parse({
    columns: [
      { name: "x", type: "INT", ...required, domain: { min: 0 } },
      { name: "port", type: "STRING", domain: { values: ["A"] }, minDomainMass: 0.9 },
      { name: "late", type: "BOOL", ...required, notInEnvironment: ["SERVING"] },
    ],
    defaultEnvironment: ["TRAINING", "SERVING"],
    datasetConstraints: { unknownColumns },
  });
const typesOf = (record: Record<string, unknown>, environment?: string) =>
  compileRecordCheck(schema())(record, environment).map(({ type, column }) => `${type} ${column}`);

test("a label need not be there in serving, and must be in training and where no environment is named", () => {
  expect(typesOf({ x: 1 }, "SERVING")).toEqual([]);
  expect(typesOf({ x: 1 }, "TRAINING")).toEqual(["FEATURE_TYPE_LOW_FRACTION_PRESENT late"]);
  expect(typesOf({ x: 1 })).toEqual(["FEATURE_TYPE_LOW_FRACTION_PRESENT late"]);
  expect(() => typesOf({ x: 1 }, "ELSEWHERE")).toThrow(expect.objectContaining({ type: "BAD_PARAMETERS" }) as Error);
});

test("of a part of what the schema describes only those columns are looked at, by the same rules", () => {
  const check = compileRecordCheck(schema("ERROR"), new Set(["x"]));
  expect(check({ x: -1, extra: 1, port: 7 })).toEqual([expect.objectContaining({ type: "INT_TYPE_SMALL_INT" })]);
  expect(check({}, "SERVING")).toEqual([expect.objectContaining({ column: "x" })]);
});

test("null and absent are both missing; what is inherited is absent", () => {
  expect(typesOf({ x: null }, "SERVING")).toEqual(["FEATURE_TYPE_LOW_FRACTION_PRESENT x"]);
  expect(typesOf({}, "SERVING")).toEqual(["FEATURE_TYPE_LOW_FRACTION_PRESENT x"]);
});

test("an anomaly says what is wrong, and how bad it is: a value outside a domain that need not hold all is a warning", () => {
  expect(compileRecordCheck(schema())({ x: -1, port: "B" }, "SERVING")).toEqual([
    { type: "INT_TYPE_SMALL_INT", column: "x", severity: "ERROR", message: "x is below 0", count: 1 },
    {
      type: "ENUM_TYPE_UNEXPECTED_STRING_VALUES",
      column: "port",
      severity: "WARNING",
      message: "port is not an allowed value",
      count: 1,
    },
  ]);
});

test.each([
  ["ALLOWED", []],
  ["WARNING", ["WARNING"]],
  ["ERROR", ["ERROR"]],
])("a column that the schema does not name: %s", (unknownColumns, severities) => {
  const found = compileRecordCheck(schema(unknownColumns))({ x: 1, extra: 1 }, "SERVING");
  expect(found.map(({ severity }) => severity)).toEqual(severities);
});

test("not a number and infinities, which JSON cannot hold but a binary request can", () => {
  const finite = {
    columns: [{ name: "x", type: "FLOAT", domain: { min: 0, max: 1, disallowNan: true, disallowInf: true } }],
  };
  const check = compileRecordCheck(DataSchema.parse(finite));
  const typesFor = (x: number) => check({ x }).map(({ type }) => type);
  expect(typesFor(Number.NaN)).toEqual(["FLOAT_TYPE_HAS_NAN"]);
  expect(typesFor(Infinity)).toEqual(["FLOAT_TYPE_BIG_FLOAT", "FLOAT_TYPE_HAS_INF"]);
  expect(typesFor(-Infinity)).toEqual(["FLOAT_TYPE_SMALL_FLOAT", "FLOAT_TYPE_HAS_INF"]);
});
