import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { HOURLY } from "../test/stream.fixture.ts";
import { durationMs } from "./duration.ts";
import { Parameters } from "./parameters.ts";
import { settingsOf } from "./settings.ts";

test.each([
  [90, 90_000],
  ["PT1H", 3_600_000],
  ["P1DT2H3M4.5S", 93_784_500],
  ["P2W", 1_209_600_000],
])("%s is %d ms", (duration, ms) => {
  expect(durationMs("x", duration)).toBe(ms);
});

test.each(["P1M", "P1Y", "PT0S"])("%s is no fixed time", (duration) => {
  expect(() => durationMs("window.length", duration)).toThrow(`window.length: ${duration} is no time of weeks`);
});

describe("parameters that contradict one another are refused:", () => {
  const labels = { wait: 60 };
  const of = (given: Partial<z.input<typeof Parameters>>) => () =>
    settingsOf(Parameters.parse({ ...HOURLY, ...given }));

  test.each<[string, Partial<z.input<typeof Parameters>>]>([
    ["features and slices: two are called delay", { features: [HOURLY.features[0]!, HOURLY.features[0]!] }],
    ["labels: need prediction", { labels, prediction: undefined }],
    ["quality: gates and drops need labels", { quality: { drops: [{ metric: "f1", baseline: 1, by: 0 }] } }],
    ["labels: the positive and the negative label are the same", { labels: { wait: 60, positive: true, negative: 1 } }],
    ["alerts.windows: are more than alerts.of", { alerts: { windows: 3, of: 2 } }],
    ["abTest: needs labels", { abTest: { outcome: "error" } }],
    [
      "abTest.outcome: there is no absolute_error of kind probability",
      { labels, abTest: { outcome: "absolute_error", cap: 1 } },
    ],
    [
      "abTest.outcome: there is no error of kind number",
      { labels, prediction: { column: "probability", kind: "number" }, abTest: { outcome: "error" } },
    ],
    ["abTest.cap: is for absolute_error, which needs one", { labels, abTest: { outcome: "brier_score", cap: 1 } }],
    [
      "abTest.cap: is for absolute_error, which needs one",
      { labels, prediction: { column: "probability", kind: "number" }, abTest: { outcome: "absolute_error" } },
    ],
    [
      "quality.drops: neither more nor less of mean_error makes a better model",
      { labels, quality: { drops: [{ metric: "mean_error", baseline: 0, by: 1 }] } },
    ],
    [
      'gate "x": there is no slice or cross port',
      { labels, quality: { gates: [{ kind: "fairness", name: "x", metric: "recall", groups: "port", max: 0.1 }] } },
    ],
    [
      'gate "x": the model is not measured by rmse',
      { labels, quality: { gates: [{ kind: "threshold", name: "x", metric: "rmse", max: 0.1 }] } },
    ],
    [
      'gate "x": the model is not measured by f1_macro',
      { labels, quality: { gates: [{ kind: "threshold", name: "x", metric: "f1_macro", min: 0.1 }] } },
    ],
  ])("%s", (message, given) => {
    expect(of(given)).toThrow(message);
  });

  test("a prediction that is a class", () => {
    const prediction = { column: "label", kind: "label" } as never;
    expect(of({ prediction })).toThrow("Invalid option: expected one of");
  });
});
