import { expect, test } from "vitest";
import type { Table } from "@clew/plugin-tabular";
import { splitClasses, splitRows } from "./split-rows.ts";

function table(times: number[], labels: number[]): Table {
  const numbers = new Map([
    ["t", Float64Array.from(times)],
    ["y", Float64Array.from(labels)],
  ]);
  return { rows: times.length, numbers, texts: new Map() };
}

const BY_TIME = { target: "y", timeColumn: "t", validationFraction: 0.5, seed: 1 };

test("the last rows by time are held out, and rows of one time stay together", () => {
  const { training, heldOut } = splitRows(table([1, 2, 3, 3, 3, 4], [0, 1, 0, 1, 0, 1]), BY_TIME);
  expect(training.table.numbers.get("t")).toEqual(Float64Array.of(1, 2));
  expect(heldOut.table.numbers.get("t")).toEqual(Float64Array.of(3, 3, 3, 4));
  expect(heldOut.labels).toEqual(Uint8Array.of(0, 1, 0, 1));
});

test("without a time column the seed chooses the rows", () => {
  const times = Array.from({ length: 40 }, (_, index) => index);
  const rows = table(
    times,
    times.map((time) => time % 2),
  );
  const held = (seed: number) => {
    const { training, heldOut } = splitRows(rows, { target: "y", validationFraction: 0.25, seed });
    expect(training.table.rows + heldOut.table.rows).toBe(40);
    return [...heldOut.table.numbers.get("t")!];
  };
  expect(held(1)).toHaveLength(10);
  expect(held(1)).toEqual(held(1));
  expect(held(1)).not.toEqual(held(2));
});

test.each<[string, number[], number[], string]>([
  ["one class in training", [1, 2, 3, 4], [0, 0, 0, 1], "y is 0 in all 2 rows of the training part"],
  ["one class held out", [1, 2, 3, 4], [0, 1, 1, 1], "y is 1 in all 2 rows of the held-out part"],
  ["a row without a time", [1, 2, 3, Number.NaN], [0, 1, 0, 1], "time column t has rows without a time"],
  ["a row without a label", [1, 2, 3, 4], [0, 1, 0, Number.NaN], "target y is null in 1 rows"],
  ["only one time", [1, 1, 1, 1], [0, 1, 0, 1], "the training part has no rows"],
])("refused: %s", (_, times, labels, message) => {
  expect(() => splitRows(table(times, labels), BY_TIME)).toThrow(message);
});

function classTable(outcomes: (string | null)[]): Table {
  const dictionary = ["a", "b", "c"];
  const codes = Int32Array.from(outcomes, (outcome) => (outcome === null ? -1 : dictionary.indexOf(outcome)));
  const times = Float64Array.from(outcomes, (_, row) => row);
  return { rows: outcomes.length, numbers: new Map([["t", times]]), texts: new Map([["y", { codes, dictionary }]]) };
}

test("a class with one row is learnt from it, and the held-out part may lack a class", () => {
  const { training, heldOut } = splitClasses(classTable(["a", "b", "c", "a", "a", "b"]), BY_TIME, ["a", "b", "c"]);
  expect(training.labels).toEqual(Int32Array.of(0, 1, 2));
  expect(heldOut.labels).toEqual(Int32Array.of(0, 0, 1));
});

test.each<[string, (string | null)[], string]>([
  ["a class that is held out altogether", ["a", "b", "a", "c"], 'all 1 rows of the class "c" are held out'],
  ["rows without a class, wherever they are", ["a", null, "b", null], "target y is null in 2 rows"],
])("refused: %s", (_, outcomes, message) => {
  expect(() => splitClasses(classTable(outcomes), BY_TIME, ["a", "b", "c"])).toThrow(message);
});
