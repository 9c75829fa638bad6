import { expect, test } from "vitest";
import type { Table } from "../table.ts";
import { sliceRows } from "./slice-rows.ts";

const TABLE: Table = {
  rows: 6,
  numbers: new Map(),
  texts: new Map([
    ["slice port", { codes: Int32Array.of(0, 1, 1, -1, -1, 2), dictionary: ["A", "B", "C"] }],
    ["slice day", { codes: Int32Array.of(0, 1, 1, 0, -1, 1), dictionary: ["mon", "tue"] }],
  ]),
};

function sliced(maxValues: number, minSliceRows: number) {
  return sliceRows(TABLE, { slices: [{ name: "port", maxValues }], crosses: [], minSliceRows });
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

const SLICES = [
  { name: "port", maxValues: 10 },
  { name: "day", maxValues: 10 },
];

test("each combination of a cross is a slice, with a minimum of its own", () => {
  const cross = { name: "port_day", of: ["day", "port"], maxValues: 10 };
  const all = sliceRows(TABLE, { slices: SLICES, crosses: [cross], minSliceRows: 1 }).slices;
  expect(all.filter(({ name }) => name === "port_day").map(({ value, rows }) => [value, ...rows])).toEqual([
    ["tue × B", 1, 2],
    ["mon × A", 0],
    ["mon × null", 3],
    ["null × null", 4],
    ["tue × C", 5],
  ]);
  expect(all.at(-5)).toMatchObject({ where: { day: "tue", port: "B" } });
  const large = sliceRows(TABLE, { slices: SLICES, crosses: [{ ...cross, minRows: 2 }], minSliceRows: 1 });
  expect(large.slices.filter(({ name }) => name === "port_day")).toHaveLength(1);
  expect(large.leftOut).toEqual({ port_day: 4 });
});

test.each([
  ["of no slice", { name: "x", of: ["port", "nowhere"], maxValues: 9 }, "the cross x is of no slice nowhere"],
  ["with a slice's name", { name: "day", of: ["port", "day"], maxValues: 9 }, "two slices or crosses are called day"],
])("a cross %s is refused", (_, cross, message) => {
  expect(() => sliceRows(TABLE, { slices: SLICES, crosses: [cross], minSliceRows: 1 })).toThrow(message);
});
