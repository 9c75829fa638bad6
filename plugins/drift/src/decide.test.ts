import { DriftMeasure } from "@clew/schema";
import { describe, expect, test } from "vitest";
import { Draw } from "../test/draw.ts";
import { decideDrift, type DriftFeature } from "./decide.ts";
import { DRIFT_METHODS } from "./options.ts";
import { driftMeasures } from "./report.ts";
import { categoricalSample, type FeatureSample, numericSample } from "./samples.ts";

const repeat = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const numbers = (...values: number[]) => numericSample(Float64Array.from(values));
const constant = (value: number) => numbers(...repeat(100, value));
const feature = (reference: FeatureSample, current: FeatureSample, more: Partial<DriftFeature> = {}): DriftFeature => ({
  name: "f",
  reference,
  current,
  ...more,
});
const steady = (seed: number, name: string): DriftFeature => {
  const draw = new Draw(seed);
  return feature(draw.numbers(400), draw.numbers(200), { name });
};
const moved = (seed: number, name: string, by = 1): DriftFeature => {
  const draw = new Draw(seed);
  return feature(
    draw.numbers(400),
    draw.numbers(200, () => draw.normal() + by),
    { name },
  );
};
const outcomes = (features: readonly DriftFeature[], options = {}) => {
  const decision = decideDrift(features, options);
  return [decision.outcome, ...decision.features.map(({ outcome }) => outcome)];
};

describe("odd features", () => {
  test.each(DRIFT_METHODS)("%s: the same constant does not drift, another one does", (method) => {
    expect(outcomes([feature(constant(5), constant(5), { method })])).toEqual(["NO_DRIFT", "NO_DRIFT"]);
    for (const other of [4, 6]) {
      expect(outcomes([feature(constant(5), constant(other), { method })])).toEqual(["DRIFT", "DRIFT"]);
    }
  });

  test.each(["CHI_SQUARED", "PSI", "JENSEN_SHANNON"] as const)(
    "%s: one category does not drift, another one does",
    (method) => {
      const only = (name: string) => categoricalSample(repeat(60, name));
      expect(outcomes([feature(only("a"), only("a"), { method })])).toEqual(["NO_DRIFT", "NO_DRIFT"]);
      expect(outcomes([feature(only("a"), only("unseen"), { method })])).toEqual(["DRIFT", "DRIFT"]);
    },
  );

  test("samples that are empty, or have too few values, are not enough data", () => {
    const empty = numbers();
    for (const pair of [
      [empty, empty],
      [constant(1), empty],
      [empty, constant(1)],
      [constant(1), numbers(1, 2, 3)],
    ] as const) {
      expect(outcomes([feature(...pair)])).toEqual(["NOT_ENOUGH_DATA", "NOT_ENOUGH_DATA"]);
    }
    expect(outcomes([])).toEqual(["NOT_ENOUGH_DATA"]);
  });

  test("the share of missing values is compared, and drifts without the values", () => {
    const draw = new Draw(1);
    const withNulls = (share: number) => draw.numbers(500, () => (draw.uniform() < share ? Number.NaN : draw.normal()));
    const { features, outcome } = decideDrift([feature(withNulls(0.05), withNulls(0.3))]);
    expect(outcome).toBe("DRIFT");
    expect(features[0]!.measures.map((measure) => [measure.method, measure.outcome])).toEqual([
      ["KS", "NO_DRIFT"],
      ["CHI_SQUARED", "DRIFT"],
    ]);
    expect(features[0]!.measures[1]).toMatchObject({ referenceCount: 500, currentCount: 500 });
    expect(outcomes([feature(withNulls(0.05), withNulls(0.05))])).toEqual(["NO_DRIFT", "NO_DRIFT"]);
  });

  test("a column that lost all its values drifts; one that never had any says nothing", () => {
    const nothing = numbers(...repeat(100, Number.NaN));
    expect(outcomes([feature(constant(1), nothing)])).toEqual(["DRIFT", "DRIFT"]);
    expect(outcomes([feature(nothing, nothing)])).toEqual(["NOT_ENOUGH_DATA", "NOT_ENOUGH_DATA"]);
  });

  test("infinities do not get into the numbers", () => {
    const draw = new Draw(9);
    const odd = () => draw.numbers(300, () => (draw.uniform() < 0.1 ? Number.POSITIVE_INFINITY : draw.normal()));
    for (const method of DRIFT_METHODS) {
      const { features } = decideDrift([feature(odd(), odd(), { method })]);
      expect(features[0]!.measures.every(({ value }) => Number.isFinite(value))).toBe(true);
      expect(features[0]!.outcome).toBe("NO_DRIFT");
    }
  });
});

describe("the window", () => {
  test("drifts with a feature, whatever the order of the features, and the same by the same seed", () => {
    const features = [steady(1, "a"), steady(2, "b"), moved(3, "c")].map((one) => ({
      ...one,
      method: "CHI_SQUARED" as const,
    }));
    const decision = decideDrift(features, { seed: 4 });
    expect(decision.outcome).toBe("DRIFT");
    expect(decision).toEqual(decideDrift(features, { seed: 4 }));
    const reversed = decideDrift(features.toReversed(), { seed: 4 });
    expect(reversed.features.toReversed()).toEqual(decision.features);
  });

  test("does not drift for what is below the floor, however sure", () => {
    const draw = new Draw(5);
    const tiny = feature(
      draw.numbers(60_000),
      draw.numbers(60_000, () => draw.normal() + 0.05),
    );
    for (const method of DRIFT_METHODS) {
      const { features } = decideDrift([{ ...tiny, method }]);
      expect(features[0]!.measures[0]!.pValue).toBeLessThan(0.001);
      expect(features[0]!.outcome, method).toBe("NO_DRIFT");
    }
    expect(outcomes([tiny], { floors: { KS: 0 } })).toEqual(["DRIFT", "DRIFT"]);
  });

  test("does not drift with a feature that the model hardly looks at", () => {
    const features = [
      { ...steady(1, "a"), importance: 0.97 },
      { ...moved(2, "b"), importance: 0.03 },
    ];
    expect(outcomes(features)).toEqual(["NO_DRIFT", "NO_DRIFT", "DRIFT"]);
    expect(outcomes(features, { minImportance: 0.02 })).toEqual(["DRIFT", "NO_DRIFT", "DRIFT"]);
    expect(decideDrift(features)).toMatchObject({ driftingImportance: 0.03, comparedImportance: 1 });
  });

  test("takes less to drift with an important feature", () => {
    const weigh = (importance: number) =>
      decideDrift([
        { ...moved(3, "a", 0.3), importance },
        { ...steady(1, "b"), importance: 1 - importance },
      ]).features[0]!.measures[0]!.adjustedPValue!;
    expect(weigh(0.9)).toBeLessThan(weigh(0.1));
  });

  test("is not enough data while most of the importance could not be compared", () => {
    const few = { name: "few", reference: constant(1), current: numbers(1), importance: 0.6 };
    expect(outcomes([few, { ...steady(1, "a"), importance: 0.4 }])).toEqual([
      "NOT_ENOUGH_DATA",
      "NOT_ENOUGH_DATA",
      "NO_DRIFT",
    ]);
    expect(outcomes([few, { ...moved(1, "a"), importance: 0.4 }])[0]).toBe("DRIFT");
  });
});

describe("bad input", () => {
  const words = categoricalSample(repeat(50, "a"));
  test.each([
    ["a feature of two kinds", feature(constant(1), words)],
    ["a method that needs numbers", feature(words, words, { method: "WASSERSTEIN" })],
    ["an importance that is none", feature(constant(1), constant(1), { importance: Number.NaN })],
  ])("%s is refused", (_, bad) => {
    expect(() => decideDrift([bad])).toThrow(expect.objectContaining({ type: "BAD_INPUT" }));
  });
});

test("a report takes every measure, those that are not finite too", () => {
  const features = [
    steady(1, "a"),
    feature(constant(1), constant(2), { name: "infinite", method: "WASSERSTEIN" }),
    feature(numbers(), constant(2), { name: "empty" }),
  ];
  const measures = driftMeasures(decideDrift(features), [{ column: "origin", value: "JFK" }]);
  expect(measures.map((measure) => DriftMeasure.parse(measure))).toEqual(measures);
  expect(measures.map(({ value }) => value).slice(1)).toEqual([{ $number: "Infinity" }, { $number: "NaN" }]);
  for (const method of DRIFT_METHODS) {
    for (const { definition } of driftMeasures(decideDrift([{ ...steady(1, "a"), method }])))
      expect(definition.length).toBeLessThanOrEqual(500);
  }
});
