import { describe, expect, test } from "vitest";
import { encodeFeatures } from "./encode-features.ts";
import { encodedNames, Feature, widthOf } from "./features.ts";
import { fitFeatures } from "./fit-features.ts";
import type { Table } from "./table.ts";

const { NaN: MISSING } = Number;

function numbers(...values: number[]): Table {
  return { rows: values.length, numbers: new Map([["x", Float64Array.from(values)]]), texts: new Map() };
}

function texts(...values: (string | null)[]): Table {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value)));
  return { rows: values.length, numbers: new Map(), texts: new Map([["x", { codes, dictionary }]]) };
}

/** Fits on one table, encodes another: the rows of the matrix, and the names of their numbers. */
function encoded(feature: object, training: Table, scored: Table = training) {
  const fitted = fitFeatures([Feature.parse({ name: "f", column: "x", ...feature })], training);
  const { values, width } = encodeFeatures(fitted, scored);
  expect(width).toBe(widthOf(fitted.at(0)!));
  const rows = Array.from({ length: scored.rows }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
  return { rows, names: encodedNames(fitted) };
}

describe("numeric", () => {
  test("is standardised by the training part's mean and standard deviation", () => {
    expect(encoded({ kind: "numeric" }, numbers(1, 3), numbers(2, 3, 5)).rows).toEqual([[0], [1], [3]]);
  });
  test("is cut at clip", () => {
    expect(encoded({ kind: "numeric", clip: 2 }, numbers(1, 3), numbers(100, -100)).rows).toEqual([[2], [-2]]);
  });
  test("missing is the mean, with an indicator where training had missing values", () => {
    const { rows, names } = encoded({ kind: "numeric" }, numbers(1, 3, MISSING));
    expect(names).toEqual(["f", "f:missing"]);
    expect(rows).toEqual([
      [-1, 0],
      [1, 0],
      [0, 1],
    ]);
  });
  test("missing where training had none is the mean", () => {
    expect(encoded({ kind: "numeric" }, numbers(1, 3), numbers(MISSING)).rows).toEqual([[0]]);
  });
  test("a constant says nothing, whatever comes later", () => {
    expect(encoded({ kind: "numeric" }, numbers(7, 7), numbers(7, 9)).rows).toEqual([[0], [0]]);
  });
  test("a column without any value is refused by name", () => {
    expect(() => encoded({ kind: "numeric" }, numbers(MISSING, MISSING))).toThrow("column x has no value");
  });
});

describe("categorical", () => {
  test("is one-hot by frequency, then by name", () => {
    const { rows, names } = encoded({ kind: "categorical" }, texts("b", "c", "b", "a"));
    expect(names).toEqual(["f=b", "f=a", "f=c"]);
    expect(rows[1]).toEqual([0, 0, 1]);
  });
  test("rare values and values never seen share the column other", () => {
    const { rows, names } = encoded({ kind: "categorical", minCount: 2 }, texts("b", "b", "a"), texts("a", "z", "b"));
    expect(names).toEqual(["f=b", "f:other"]);
    expect(rows).toEqual([
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
  });
  test("a value never seen is nothing where training had no rare ones", () => {
    expect(encoded({ kind: "categorical" }, texts("a", "b"), texts("z")).rows).toEqual([[0, 0]]);
  });
  test("no more columns than maxCategories", () => {
    expect(encoded({ kind: "categorical", maxCategories: 1 }, texts("a", "b", "c", "a")).names).toEqual([
      "f=a",
      "f:other",
    ]);
  });
  test("missing has its own column where training had missing values", () => {
    const { rows } = encoded({ kind: "categorical" }, texts("a", null));
    expect(rows).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
  test("a column without any value is refused by name", () => {
    expect(() => encoded({ kind: "categorical" }, texts(null))).toThrow("column x has no value");
  });
});

test("cyclic: the ends of the period meet", () => {
  const { rows, names } = encoded({ kind: "cyclic", period: 24 }, numbers(0, 24, 6));
  expect(names).toEqual(["f:sin", "f:cos"]);
  for (const at of [0, 1]) expect(rows.at(0)!.at(at)).toBeCloseTo(rows.at(1)!.at(at)!, 6);
  expect(rows.at(2)!.at(0)).toBeCloseTo(1, 6);
});

test("boolean: 0, 1 and a column for missing", () => {
  expect(encoded({ kind: "boolean" }, numbers(0, 1, MISSING)).rows).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
  ]);
});

test("a matrix larger than the limit is refused with the limit", () => {
  const fitted = fitFeatures([Feature.parse({ name: "f", column: "x", kind: "numeric" })], numbers(1, 2));
  const huge: Table = { rows: 200_000_000, numbers: new Map(), texts: new Map() };
  expect(() => encodeFeatures(fitted, huge)).toThrow("at most 150000000 rows");
});
