import { expect, test } from "vitest";
import { classesOf, classLabelsOf, MAX_CLASSES, refuseManyAnswers } from "./classes.ts";
import type { Table } from "./table.ts";

/** A table with these outcomes, in the order in which they are read. */
function table(outcomes: readonly (string | null)[]): Table {
  const dictionary = [...new Set(outcomes)].filter((outcome) => outcome !== null);
  const codes = Int32Array.from(outcomes, (outcome) => (outcome === null ? -1 : dictionary.indexOf(outcome)));
  return { rows: outcomes.length, numbers: new Map(), texts: new Map([["outcome", { codes, dictionary }]]) };
}

const numbered = (count: number) => Array.from({ length: count }, (_, place) => `class ${place}`);

test.each([
  [
    ["b", "a", "B", "", "é"],
    ["", "B", "a", "b", "é"],
  ],
  [
    ["10", "9", "-1", "2"],
    ["-1", "2", "9", "10"],
  ],
  [
    ["10", "9", "x"],
    ["10", "9", "x"],
  ],
])("the order of %j follows from the names, not from the rows", (given, ordered) => {
  expect(classesOf(table(given), "outcome")).toEqual(ordered);
  expect(classesOf(table(given.toReversed()), "outcome")).toEqual(ordered);
});

test("a row's label is the place of its class", () => {
  expect(classLabelsOf(table(["b", "c", "b"]), "outcome", ["a", "b", "c"])).toEqual(Int32Array.of(1, 2, 1));
});

test.each<[string, (string | null)[], string]>([
  ["one class", ["a", "a"], 'target outcome is "a" in all 2 rows'],
  ["no class", [null, null], "target outcome is null in all 2 rows"],
  ["too many classes", numbered(MAX_CLASSES + 1), "has 1001 classes, and at most 1000"],
  ["a name that is too long", ["a", "b".repeat(256)], "a class of 256 characters"],
])("refused: %s", (_, outcomes, message) => {
  expect(() => classesOf(table(outcomes), "outcome")).toThrow(message);
});

test("as many classes as may be are taken", () => {
  expect(classesOf(table(numbered(MAX_CLASSES)), "outcome")).toHaveLength(MAX_CLASSES);
});

test.each<[string, (string | null)[], string]>([
  ["a row without a class", ["a", null, null], "is null in 2 rows"],
  ["a class that nobody knows", ["a", "c", "c", "b"], 'is "c" or another class that the model does not know in 2 rows'],
])("refused: %s", (_, outcomes, message) => {
  expect(() => classLabelsOf(table(outcomes), "outcome", ["a", "b"])).toThrow(message);
});

test("more answers than memory should hold are refused before they are made", () => {
  expect(() => refuseManyAnswers(40_000, 1000)).not.toThrow();
  expect(() => refuseManyAnswers(40_001, 1000)).toThrow("at most 40000 are taken");
});
