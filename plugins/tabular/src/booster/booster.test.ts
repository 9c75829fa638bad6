import { expect, test } from "vitest";
import { type Booster, type BoosterTree, predictBooster } from "./booster.ts";
import { readBooster, writeBooster } from "./booster-json.ts";

/** 10 from 2 on, else by the second number, which goes left where it is missing: -4 below 0.5, else 8. */
const BOOSTER: Booster = {
  objective: "reg:squarederror",
  baseScore: 100,
  width: 2,
  outputs: 1,
  trees: [
    {
      left_children: [1, 3, -1, -1, -1],
      right_children: [2, 4, -1, -1, -1],
      split_indices: [0, 1, 0, 0, 0],
      split_conditions: [2, 0.5, 10, -4, 8],
      default_left: [0, 1, 0, 0, 0],
      loss_changes: [3, 1.5, 0, 0, 0],
      sum_hessian: [10, 6, 4, 3, 3],
      base_weights: [5, 2, 10, -4, 8],
    },
  ],
};
const NAMES = ["a", "b"];
const matrix = (...values: number[]) => ({ rows: values.length / 2, width: 2, values: Float32Array.from(values) });

test("a row goes left where its number is less, and where it is missing as its node says", () => {
  const rows = matrix(2, 0, 1, 0.4, 1, 0.5, 1, Number.NaN, Number.NaN, 0);
  expect([...predictBooster(BOOSTER, rows)]).toEqual([110, 96, 108, 96, 110]);
});

test("what a classifier adds up is a logit", () => {
  const classifier: Booster = { ...BOOSTER, objective: "binary:logistic", baseScore: 0.5 };
  const [answer] = predictBooster(classifier, matrix(1, 0));
  expect(answer).toBeCloseTo(1 / (1 + Math.exp(4)), 12);
});

/** The first class gets what the tree adds, the second nothing, the third as much as the first. */
const CLASSES: Booster = {
  ...BOOSTER,
  objective: "multi:softprob",
  baseScore: 0.5,
  outputs: 3,
  trees: [0, 1, 0].map((isFlat) => (isFlat === 1 ? flat(BOOSTER.trees[0]!) : BOOSTER.trees[0]!)),
};

function flat(tree: BoosterTree): BoosterTree {
  return { ...tree, split_conditions: tree.split_conditions.map((value, node) => (node > 1 ? 0 : value)) };
}

test("of several classes each has its own trees, and a row's probabilities add up to 1", () => {
  const [first, second, third, ...next] = predictBooster(CLASSES, matrix(1, 0, 2, 0));
  expect(second! / first!).toBeCloseTo(Math.exp(4), 10);
  expect(third).toBe(first);
  expect(first! + second! + third!).toBeCloseTo(1, 12);
  expect(next[0]! / next[1]!).toBeCloseTo(Math.exp(10), 6);
  expect(readBooster(writeBooster(CLASSES, NAMES))).toMatchObject(CLASSES);
});

test("what is written is read again, and has no whole number where XGBoost looks for another", () => {
  const text = writeBooster(BOOSTER, NAMES);
  expect(readBooster(text)).toMatchObject(BOOSTER);
  expect(text).toContain('"split_conditions":[2.0,0.5,10.0,-4.0,8.0]');
  expect(text).toContain('"parents":[2147483647,0,0,1,1]');
});

test.each<[string, string, string, string]>([
  ["a child before its parent", '"left_children":[1,3', '"left_children":[1,0', "no tree"],
  ["a child that is not there", '"right_children":[2,4', '"right_children":[2,5', "no tree"],
  ["arrays of different lengths", '"default_left":[0,1,0', '"default_left":[0,1', "no tree"],
  ["a number that no row has", '"split_indices":[0,1', '"split_indices":[0,2', "no row has"],
  ["categorical splits", '"split_type":[0', '"split_type":[1', "categorical"],
  ["classes of an objective that has none", '"num_class":"0"', '"num_class":"3"', "num_class"],
  ["several trees a round", '"tree_info":[0]', '"tree_info":[0,0]', "one tree for each class"],
  ["another first answer for each class", '"base_score":"100"', '"base_score":"[1,2]"', "for each class"],
  ["another objective", '"name":"reg:squarederror"', '"name":"rank:pairwise"', "objective"],
  ["another booster", '"name":"gbtree"', '"name":"dart"', "gbtree"],
])("refused: %s", (_, from, to, message) => {
  const text = writeBooster(BOOSTER, NAMES);
  expect(text).toContain(from);
  expect(() => readBooster(text.replace(from, to))).toThrow(message);
});

test("thresholds that are written in few digits are those in single precision", () => {
  const text = writeBooster(BOOSTER, NAMES).replace('"split_conditions":[2.0,0.5', '"split_conditions":[2.0,0.7');
  // 0.7 in single precision is less than 0.7, and not less than itself.
  expect([...predictBooster(readBooster(text), matrix(1, 0.7))]).toEqual([108]);
});
