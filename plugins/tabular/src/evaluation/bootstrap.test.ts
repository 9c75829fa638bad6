import { expect, test } from "vitest";
import { randomFrom } from "../random.ts";
import { ScoredRows } from "../scored-rows.ts";
import { bootstrap } from "./bootstrap.ts";
import { gain } from "./metric-traits.ts";
import { interval95, percentile } from "./percentile.ts";

const signal = new AbortController().signal;

/** Rows whose scores follow their labels with this much noise. */
function rows(count: number, noise: number, seed = 3): ScoredRows {
  const random = randomFrom(seed);
  const labels = Uint8Array.from({ length: count }, () => Number(random() < 0.3));
  const scores = Float64Array.from(labels, (label) => (label + noise * random()) / (1 + noise));
  return new ScoredRows(labels, scores, 0.5);
}

test("percentiles lie between numbers as numpy's do", () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([percentile(sorted, 0), percentile(sorted, 0.5), percentile(sorted, 0.9), percentile(sorted, 1)]).toEqual([
    1,
    3,
    4 + 4 * (0.9 * 3 - 2),
    8,
  ]);
});

test("an interval needs nine resamples of ten to define the metric", () => {
  const values = Array.from({ length: 100 }, (_, index) => index);
  expect(interval95(values)).toEqual([0.025 * 99, 0.975 * 99]);
  expect(interval95(values.map((value) => (value < 11 ? Number.NaN : value)))).toEqual([Number.NaN, Number.NaN]);
});

test("the interval of accuracy is as wide as the binomial distribution says", async () => {
  const model = rows(2000, 2.5);
  const { accuracy } = model.measure();
  const { intervals } = await bootstrap({ model, baselines: [], resamples: 1000, seed: 1, signal });
  const [low, high] = intervals["accuracy"]!;
  const width = high - low;
  const expected = 2 * 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / 2000);
  expect(accuracy).toBeLessThan(0.95);
  expect(width / expected).toBeGreaterThan(0.9);
  expect(width / expected).toBeLessThan(1.1);
});

test("differences are paired: against itself a model gains exactly nothing", async () => {
  const model = rows(300, 2);
  const { gains } = await bootstrap({ model, baselines: [rows(300, 2)], resamples: 100, seed: 1, signal });
  expect(gains[0]).toMatchObject({ roc_auc: [0, 0], average_precision: [0, 0], log_loss: [0, 0], brier_score: [0, 0] });
});

test("a better model gains in every metric, losses too", async () => {
  const [better, worse] = [rows(1000, 1.5), rows(1000, 6)];
  expect(better.labels).toEqual(worse.labels);
  const { gains } = await bootstrap({ model: better, baselines: [worse], resamples: 100, seed: 1, signal });
  for (const name of ["roc_auc", "average_precision", "log_loss", "brier_score"] as const) {
    const point = gain(name, better.measure(), worse.measure());
    const [low, high] = gains.at(0)![name]!;
    expect(low).toBeGreaterThan(0);
    expect(point).toBeGreaterThan(low);
    expect(point).toBeLessThan(high);
  }
});

test("the seed decides the intervals", async () => {
  const of = async (seed: number) =>
    (await bootstrap({ model: rows(200, 3), baselines: [], resamples: 60, seed, signal })).intervals;
  expect(await of(1)).toEqual(await of(1));
  expect(await of(1)).not.toEqual(await of(2));
});

test("one class only: what is undefined has no interval", async () => {
  const model = new ScoredRows(
    new Uint8Array(40),
    Float64Array.from({ length: 40 }, (_, row) => row / 40),
    0.5,
  );
  const { intervals } = await bootstrap({ model, baselines: [], resamples: 60, seed: 1, signal });
  expect(intervals["roc_auc"]).toEqual([Number.NaN, Number.NaN]);
  const [low, high] = intervals["log_loss"]!;
  expect(high).toBeGreaterThan(low);
});

test("a cancelled job stops resampling", async () => {
  const task = {
    model: rows(50, 1),
    baselines: [],
    resamples: 5000,
    seed: 1,
    signal: AbortSignal.abort(new Error("enough")),
  };
  await expect(bootstrap(task)).rejects.toThrow("enough");
});
