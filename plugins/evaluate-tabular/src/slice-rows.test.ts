import { expect, test } from "vitest";
import type { Table } from "@clew/plugin-tabular";
import { sliceRows } from "./slice-rows.ts";

const TABLE: Table = {
  rows: 6,
  numbers: new Map(),
  texts: new Map([["slice port", { codes: Int32Array.of(0, 1, 1, -1, -1, 2), dictionary: ["A", "B", "C"] }]]),
};

function sliced(maxValues: number, minSliceRows: number) {
  return sliceRows(TABLE, { slices: [{ name: "port", maxValues }], minSliceRows });
}

test("each value is a slice, the larger ones first, missing values too", () => {
  const { slices, leftOut } = sliced(10, 1);
  expect(slices.map(({ value, rows }) => [value, ...rows])).toEqual([
    ["B", 1, 2],
    ["null", 3, 4],
    ["A", 0],
    ["C", 5],
  ]);
  expect(leftOut).toEqual({});
});

test("small and too many slices are left out and counted", () => {
  expect(sliced(10, 2).leftOut).toEqual({ port: 2 });
  expect(sliced(1, 1).slices.map(({ value }) => value)).toEqual(["B"]);
  expect(sliced(1, 1).leftOut).toEqual({ port: 3 });
});
