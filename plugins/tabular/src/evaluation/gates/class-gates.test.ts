import { describe, expect, test } from "vitest";
import { decided, slicesBy } from "../../../test/evaluation/decided.fixture.ts";
import { ClassRows } from "../../class-rows.ts";
import { randomFrom } from "../../random.ts";
import { evaluateRows } from "../evaluate-rows.ts";
import { reportMetrics, reportSlices } from "../evaluated.ts";
import { METRIC_TRAITS } from "../metric-traits.ts";
import { checkGatesOfModel } from "./check-gates.ts";
import { Gate } from "./gate-parameters.ts";

const NAMES = ["a", "b", "c"];
const ROWS = 900;
const PORTS = Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? "A" : "B"));

/** Right in this share of a port's rows, with a probability of 0.8 for what is predicted; the last class has one row in a hundred. */
function classified(shares: Record<string, number>): ClassRows {
  const random = randomFrom(5);
  const labels = Int32Array.from({ length: ROWS }, (_, row) => (row % 100 === 7 ? 2 : row % 2));
  const scores = Float64Array.from({ length: ROWS * 3 }, () => 0.1);
  for (const [row, label] of labels.entries()) {
    const predicted = random() < shares[PORTS[row]!]! ? label : (label + 1) % 3;
    scores[row * 3 + predicted] = 0.8;
  }
  return new ClassRows(labels, scores, 3);
}

const MODEL = classified({ A: 0.8, B: 0.8 });
const WORSE = classified({ A: 0.6, B: 0.6 });
const slices = slicesBy("port", PORTS);

describe("gates of several classes", () => {
  test.each([
    [{ kind: "threshold", metric: "accuracy", min: 0.7 }, "PASS"],
    [{ kind: "threshold", metric: "f1_weighted", min: 0.9 }, "FAIL"],
    [{ kind: "better-than-baseline", metric: "log_loss", margin: 0.1 }, "PASS"],
    [{ kind: "better-than-baseline", metric: "accuracy", margin: 0.5 }, "FAIL"],
    [{ kind: "no-slice-worse", metric: "accuracy", tolerance: 0.1 }, "PASS"],
    [{ kind: "fairness", metric: "accuracy", groups: "port", max: 0.2 }, "PASS"],
  ] as const)("%j is %s", async (gate, outcome) => {
    expect((await decided(gate, { model: MODEL, baseline: WORSE, slices })).answer.outcome).toBe(outcome);
  });

  test("a slice that is worse is found", async () => {
    const gate = { kind: "no-slice-worse", metric: "log_loss", tolerance: 0.1 } as const;
    const { answer } = await decided(gate, { model: classified({ A: 0.4, B: 0.9 }), slices });
    expect(answer).toMatchObject({ outcome: "FAIL", message: expect.stringContaining("port = A") as string });
  });

  test("a mean over classes rests on the rarest of them, a mean over rows on all rows", async () => {
    const asked = async (metric: "f1_macro" | "f1_weighted") => {
      return (await decided({ kind: "threshold", metric, min: 0.1 }, { model: MODEL })).answer;
    };
    expect(await asked("f1_macro")).toMatchObject({
      outcome: "NOT_ENOUGH_DATA",
      message: expect.stringContaining("9 of them") as string,
    });
    expect(await asked("f1_weighted")).toMatchObject({ outcome: "PASS" });
  });

  test.each([
    ["demographic_parity", "Fairlearn defines demographic_parity of yes-or-no answers"],
    ["equalized_odds", "Fairlearn defines equalized_odds"],
    ["recall", "not measured by recall"],
  ])("what is not defined is refused: %s", (metric, message) => {
    const gate = Gate.parse({ kind: "fairness", metric, groups: "port", max: 0.1 });
    expect(() => checkGatesOfModel([gate], MODEL, [])).toThrow(message);
  });
});

test("a report has the metrics with their intervals, gains, the top label's calibration, and each class behind the slices", async () => {
  const signal = new AbortController().signal;
  const baselines = [{ name: "majority", rows: WORSE }];
  const evaluated = await evaluateRows({ model: MODEL, baselines, slices, resamples: 50, seed: 1, signal });
  const metrics = reportMetrics(evaluated) as Record<string, number>;
  expect(metrics).toMatchObject({ rows: ROWS, classes: 3 });
  for (const name of Object.keys(MODEL.measure())) {
    expect(METRIC_TRAITS).toHaveProperty(name);
    expect(metrics[`${name}_low`]).toBeLessThan(metrics[`${name}_high`]!);
  }
  expect(metrics["gain_over_majority_accuracy_low"]).toBeGreaterThan(0);
  expect(metrics["expected_calibration_error"]).toBeCloseTo(Math.abs(0.8 - metrics["accuracy"]!), 10);
  const told = reportSlices(evaluated, NAMES);
  const classes = NAMES.map((name) => ({ class: name }));
  expect(told.map(({ slice }) => slice)).toEqual([{ port: "A" }, { port: "B" }, ...classes]);
  expect(told.at(-1)).toMatchObject({
    count: 9,
    metrics: { predicted: expect.any(Number) as number, f1: expect.any(Number) as number },
  });
});
