import type { Batch, Value } from "@clew/plugin-models";
import { expect, test } from "vitest";
import { INPUTS, SCHEMA } from "../../models/test/checked.ts";
import { compileRequestCheck, UnlikeSchema } from "./request-check.ts";

function batch(columns: Record<string, Value[]>): Batch {
  const all = { port: ["A", "B", "A"], hour: [1, 2, 3], load: [1, 2, null], lags: [1, 2, 3, 4, 5, 6], ...columns };
  return { rows: 3, tensors: new Map(Object.entries(all)) };
}

test("rows that keep the schema are let through, without a label and with inputs that it does not name", () => {
  expect(compileRequestCheck(SCHEMA, INPUTS, "reject")(batch({}))).toEqual([]);
});

test("what a request breaks is said once for each column and kind, with its rows, errors first", () => {
  const found = compileRequestCheck(
    SCHEMA,
    INPUTS,
    "flag",
  )(batch({ load: [101, 1, 102], port: ["C", null, "D"], hour: [1, 24, 2] }));
  expect(found.map(({ severity, type, column, count }) => [severity, type, column, count])).toEqual([
    ["ERROR", "ENUM_TYPE_UNEXPECTED_STRING_VALUES", "port", 2],
    ["ERROR", "FEATURE_TYPE_LOW_FRACTION_PRESENT", "port", 1],
    ["ERROR", "INT_TYPE_BIG_INT", "hour", 1],
    ["WARNING", "FLOAT_TYPE_BIG_FLOAT", "load", 2],
  ]);
});

test("errors are rejected in words that name column and anomaly, warnings are not", () => {
  const check = compileRequestCheck(SCHEMA, INPUTS, "reject");
  expect(check(batch({ load: [101, 1, 1] }))).toHaveLength(1);
  const reject = () => check(batch({ hour: [-1, 24, -3] }));
  expect(reject).toThrow(UnlikeSchema);
  expect(reject).toThrow("hour is below 0 (INT_TYPE_SMALL_INT, 2 rows); hour is above 23 (INT_TYPE_BIG_INT, 1 row)");
});
