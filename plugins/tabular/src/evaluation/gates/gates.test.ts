import { describe, expect, test } from "vitest";
import { decided, slicesBy } from "../../../test/evaluation/decided.fixture.ts";
import { randomFrom } from "../../random.ts";
import { RegressionRows } from "../../regression-rows.ts";
import { ScoredRows } from "../../scored-rows.ts";
import { Gate } from "./gate-parameters.ts";
import { reportedRules, verdictOf } from "./run-gates.ts";

/** A classifier that is right in this share of each port's rows, 300 rows each. */
function ports(shares: Record<string, number>) {
  const random = randomFrom(5);
  const rows = Object.entries(shares).flatMap(([port, share]) =>
    Array.from({ length: 300 }, () => ({ port, label: Number(random() < 0.4), isRight: random() < share })),
  );
  const scores = rows.map(({ label, isRight }) => (isRight === (label === 1) ? 0.9 : 0.1));
  return {
    model: new ScoredRows(
      Uint8Array.from(rows, ({ label }) => label),
      Float64Array.from(scores),
      0.5,
    ),
    slices: slicesBy(
      "port",
      rows.map(({ port }) => port),
    ),
  };
}

const EVEN = ports({ A: 0.8, B: 0.8 });
const accuracy = { kind: "threshold", metric: "accuracy" } as const;

test.each([
  [{ min: 0.7 }, "PASS"],
  [{ min: 0.9 }, "FAIL"],
  [{ min: 0.8 }, "NOT_ENOUGH_DATA"],
  [{ max: 0.9 }, "PASS"],
  [{ max: 0.7 }, "FAIL"],
  [{ min: 0.8, whenUnsure: "PASS" }, "PASS"],
  [{ min: 0.9, whenUnsure: "PASS" }, "FAIL"],
  [{ min: 0.7, minRows: 600 }, "PASS"],
  [{ min: 0.7, minRows: 601 }, "NOT_ENOUGH_DATA"],
  [{ min: 0.7, minRows: 700, whenUnsure: "PASS" }, "NOT_ENOUGH_DATA"],
] as const)("an accuracy of about 0.8 with %j is %s", async (asked, outcome) => {
  expect((await decided({ ...accuracy, ...asked }, EVEN)).answer.outcome).toBe(outcome);
});

test("an answer says the rule, the estimate, the interval and the rows, in numbers and in words", async () => {
  const { answer, parts } = await decided({ ...accuracy, min: 0.7 }, EVEN);
  const { accuracy: value } = EVEN.model.measure();
  expect(answer).toMatchObject({ rule: "accuracy is at least 0.7", kind: "THRESHOLD", metric: "accuracy", where: [] });
  expect(answer).toMatchObject({ value, bound: 0.7, count: 600, adjustedPValue: null });
  expect(answer.message).toMatch(/^accuracy is at least 0\.7: it is 0\.\d+ \(0\.\d+ to 0\.\d+\) on 600 rows$/);
  expect(parts).toEqual([]);
  const recall = (await decided({ kind: "threshold", metric: "recall", min: 0.7, name: "finds" }, EVEN)).answer;
  expect(recall).toMatchObject({ rule: "finds", count: EVEN.model.labels.reduce((sum, label) => sum + label, 0) });
  expect((await decided({ ...accuracy, min: 0.8 }, EVEN)).answer.message).toContain("which does not tell");
});

test("one bad slice fails the gate, is named, and the others pass", async () => {
  const given = ports({ A: 0.9, B: 0.9, C: 0.5, D: 0.9 });
  const gate = { kind: "no-slice-worse", metric: "accuracy", tolerance: 0.1 } as const;
  const { answer, parts } = await decided(gate, given);
  expect(parts.map(({ where, outcome }) => [where[0]?.value, outcome])).toEqual([
    ["A", "PASS"],
    ["B", "PASS"],
    ["C", "FAIL"],
    ["D", "PASS"],
  ]);
  expect(answer).toMatchObject({ outcome: "FAIL", where: [], bound: -0.1, value: parts[2]!.value, count: 300 });
  expect(answer.message).toContain("the worst is port = C with -0.2");
  expect(answer.message).toContain("of 4, 3 pass, 1 fail, 0 have not enough data");
  const [part] = parts;
  expect(Number(part!.adjustedPValue)).toBeGreaterThanOrEqual(Number(part!.pValue));
});

test("the correction over slices decides: one of many that is barely worse fails alone, and not among them", async () => {
  const bare = ports({ A: 0.8, B: 0.8, C: 0.8, D: 0.75 });
  const alone = { ...bare, slices: bare.slices.slice(3) };
  const gate = { kind: "no-slice-worse", metric: "accuracy", tolerance: 0 } as const;
  const { pValue } = (await decided(gate, alone)).parts[0]!;
  const alpha = 2 * (pValue as number);
  expect((await decided({ ...gate, alpha }, alone)).answer.outcome).toBe("FAIL");
  expect((await decided({ ...gate, alpha }, bare)).answer.outcome).toBe("NOT_ENOUGH_DATA");
});

test("only the slices that a gate names are judged", async () => {
  const given = ports({ A: 0.9, B: 0.5 });
  const sides = slicesBy(
    "side",
    Array.from({ length: 600 }, (_, row) => (row % 2 === 0 ? "left" : "right")),
  );
  const both = { ...given, slices: [...given.slices, ...sides] };
  const gate = { kind: "no-slice-worse", metric: "accuracy", tolerance: 0.1 } as const;
  expect((await decided({ ...gate, slices: ["side"] }, both)).answer.outcome).toBe("PASS");
  expect((await decided({ ...gate, slices: ["port"] }, both)).parts).toHaveLength(2);
  expect((await decided({ ...accuracy, min: 0.6, slices: ["side"] }, both)).answer.outcome).toBe("PASS");
  expect((await decided(gate, both)).parts).toHaveLength(4);
});

test("rows without a value and rows whose value is the text null are two slices", async () => {
  const given = ports({ A: 0.9, B: 0.5 });
  const alike = given.slices.map((slice) => ({ ...slice, value: "null", where: { port: "null" } }));
  const { parts } = await decided({ ...accuracy, min: 0.7, slices: ["port"] }, { ...given, slices: alike });
  expect(parts.map(({ outcome }) => outcome)).toEqual(["PASS", "FAIL"]);
});

test("what ranks one class above the other rests on the rows of the rarer", async () => {
  const labels = Uint8Array.from({ length: 600 }, (_, row) => Number(row < 20));
  const model = new ScoredRows(
    labels,
    Float64Array.from(labels, (label) => 0.2 + label / 2),
    0.5,
  );
  const asked = async (minRows: number) =>
    (await decided({ kind: "threshold", metric: "roc_auc", min: 0.7, minRows }, { model })).answer;
  expect(await asked(20)).toMatchObject({ outcome: "PASS", count: 600 });
  expect(await asked(21)).toMatchObject({ outcome: "NOT_ENOUGH_DATA" });
});

test("a threshold may be asked in each slice", async () => {
  const gate = { ...accuracy, min: 0.7, slices: ["port"] };
  expect((await decided(gate, ports({ A: 0.9, B: 0.9 }))).answer.outcome).toBe("PASS");
  expect((await decided(gate, ports({ A: 0.9, B: 0.5 }))).answer).toMatchObject({
    outcome: "FAIL",
    rule: "accuracy is at least 0.7 in each port",
  });
});

describe("better than the baseline", () => {
  const noisy = (noise: number) => {
    const random = randomFrom(9);
    const labels = Uint8Array.from({ length: 1500 }, () => Number(random() < 0.3));
    return new ScoredRows(
      labels,
      Float64Array.from(labels, (label) => (label + noise * random()) / (1 + noise)),
      0.5,
    );
  };
  const gate = { kind: "better-than-baseline", metric: "log_loss" } as const;

  test.each([
    ["a worse one", 6, 0, "PASS"],
    ["a worse one, by a margin that it has not", 6, 0.5, "FAIL"],
    ["a better one", 1, 0, "FAIL"],
    ["itself", 2, 0, "NOT_ENOUGH_DATA"],
  ])("than %s", async (_, noise, margin, outcome) => {
    const given = { model: noisy(2), baseline: noisy(noise) };
    expect((await decided({ ...gate, margin }, given)).answer).toMatchObject({ outcome, bound: margin });
  });
});

test("a model and its baseline are compared row by row: a little better on each is shown, however much rows differ", async () => {
  const random = randomFrom(4);
  const truths = new Float64Array(500);
  const answers = truths.map(() => 1 + 9 * random());
  const given = {
    model: new RegressionRows(
      truths,
      answers.map((answer) => answer - 0.05),
    ),
    baseline: new RegressionRows(truths, answers),
  };
  const gate = { kind: "better-than-baseline", metric: "mae" } as const;
  expect((await decided({ ...gate, margin: 0.04 }, given)).answer.outcome).toBe("PASS");
  expect((await decided({ ...gate, margin: 0.06 }, given)).answer.outcome).toBe("FAIL");
});

test("numbers have gates too: an error that rises in one slice", async () => {
  const random = randomFrom(2);
  const far = (row: number) => (row % 2 === 0 ? 1 : 3);
  const truths = Float64Array.from({ length: 800 }, () => 10 * random());
  const answers = truths.map((truth, row) => truth + far(row) * (random() - 0.5));
  const given = {
    model: new RegressionRows(truths, answers),
    slices: slicesBy(
      "side",
      Array.from(truths, (_, row) => (row % 2 === 0 ? "left" : "right")),
    ),
  };
  expect((await decided({ kind: "threshold", metric: "mae", max: 0.6 }, given)).answer.outcome).toBe("PASS");
  const slices = await decided({ kind: "no-slice-worse", metric: "rmse", tolerance: 0.05 }, given);
  expect(slices.parts.map(({ where, outcome }) => [where[0]?.value, outcome])).toEqual([
    ["left", "PASS"],
    ["right", "FAIL"],
  ]);
});

test("the verdict is FAIL with any, PASS with all, and none without gates; a report keeps what did not pass", async () => {
  const pass = await decided({ ...accuracy, min: 0.7 }, EVEN);
  const fail = await decided({ ...accuracy, min: 0.9 }, EVEN);
  const open = await decided({ ...accuracy, min: 0.8 }, EVEN);
  expect([verdictOf([]), verdictOf([pass]), verdictOf([pass, open]), verdictOf([pass, open, fail])]).toEqual([
    null,
    "PASS",
    "NOT_ENOUGH_DATA",
    "FAIL",
  ]);
  const parts = [...Array.from({ length: 600 }, () => pass.answer), fail.answer];
  const rules = reportedRules([{ answer: open.answer, parts }]);
  expect(rules).toHaveLength(500);
  expect(rules.slice(0, 2).map(({ outcome }) => outcome)).toEqual(["NOT_ENOUGH_DATA", "FAIL"]);
});

test.each([
  [{ kind: "threshold", metric: "accuracy" }, "give min or max"],
  [{ kind: "threshold", metric: "accuracy", min: 0, max: 1 }, "give min or max"],
  [{ kind: "threshold", metric: "acuracy", min: 0 }, "Invalid option"],
  [{ kind: "no-slice-worse", metric: "selection_rate", tolerance: 0 }, "Invalid option"],
  [{ kind: "fairness", metric: "recall", groups: "g", compare: "ratio", max: 0.1 }, "a ratio min"],
  [{ kind: "fairness", metric: "recall", groups: "g", max: 0.1, min: 0.1 }, "give max or min"],
  [{ kind: "fairness", metric: "r2", groups: "g", compare: "ratio", min: 0.1 }, "has no ratio"],
])("%j is no gate", (gate, message) => {
  const { error } = Gate.safeParse(gate);
  expect(error?.message).toContain(message);
});
