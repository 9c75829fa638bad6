import type { Label } from "@clew/plugin-sdk";
import { fromMetricValue } from "@clew/plugin-sdk";
import { ScoredRows } from "@clew/plugin-tabular";
import { describe, expect, test } from "vitest";
import {
  aMonitor,
  anObserved,
  aPrediction,
  CHALLENGER,
  DEPLOYMENT,
  EARLY,
  end,
  hour,
  HOUR,
  HOURLY,
  iso,
  labelsOf,
  MODEL,
  predictionsOf,
  START,
  stored,
  streamOf,
  watched,
} from "../test/stream.fixture.ts";

const LABELLED = { ...HOURLY, labels: { wait: "PT2H" }, quality: { resamples: 50 } };

const labelled = (at: number, labels: readonly Label[]) => anObserved(at, { labels: [...labels] });

async function qualities(...given: Parameters<typeof watched>) {
  const { reports, alerts } = await watched(...given);
  const found = [...reports].filter(([name]) => name.startsWith("quality-"));
  return { names: found.map(([name]) => name), reports: found.map(([, report]) => report), alerts };
}

describe("labels", () => {
  const predictions = hour(0);

  test("make a report of the window once all have come, with the metrics of those rows", async () => {
    const labels = labelsOf(predictions, START + 2 * HOUR);
    const stream = streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, labels)]);
    const { names, reports } = await qualities(LABELLED, stream);
    expect(names).toEqual([`quality-${"1".repeat(32)}-${"a".repeat(32)}-LIVE-2026-03-01T10:00:00.000Z`]);
    const scores = predictions.map(({ outputs }) => outputs!["probability"]![0] as number);
    const rows = new ScoredRows(
      Uint8Array.from(labels, ({ value }) => Number(value)),
      Float64Array.from(scores),
      0.5,
    ).measure();
    const [{ metrics, about, verdict, reportType }] = reports as [(typeof reports)[0]];
    expect({ about, verdict, reportType }).toEqual({
      about: [DEPLOYMENT, MODEL],
      verdict: null,
      reportType: "EVALUATION",
    });
    expect(metrics).toMatchObject({ rows: 300, labelled_share: 1, unknown_labels: 0, duplicate_labels: 0 });
    for (const [name, value] of Object.entries(rows)) expect(fromMetricValue(metrics[name]!)).toBeCloseTo(value, 9);
    expect(metrics["roc_auc_low"]).toBeLessThan(rows.roc_auc);
  });

  test("are waited for so long, and say how many never came", async () => {
    const labels = labelsOf(predictions, START + 2 * HOUR).slice(0, 200);
    const stream = streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, labels), end(3 - 1 / 60)]);
    expect((await qualities(LABELLED, stream)).names).toEqual([]);
    const { reports } = await qualities(LABELLED, streamOf(stream, [end(3)]));
    expect(reports[0]!.metrics).toMatchObject({ rows: 200, answered_rows: 300, labelled_share: 200 / 300 });
  });

  test("that are odd are counted: twice, other, of no row, of no prediction, of another type, without a value, too late", async () => {
    const [first, ...others] = labelsOf(predictions, START + HOUR);
    const other = { ...first!, value: 1 - Number(first!.value) };
    const [second, third] = others as [Label, Label];
    const odd = [
      first!,
      first!,
      other,
      { ...first!, row: 5 },
      { ...first!, inference: aPrediction({ at: START + 1 }).id },
      { ...second, value: "late" },
      { ...third, value: null },
    ];
    const stream = streamOf(
      EARLY,
      stored(predictions),
      [labelled(START + HOUR - 1_000, odd), end(3)],
      [labelled(START + 3.5 * HOUR, [second])],
      stored(hour(3)),
      [end(6)],
    );
    const { reports } = await qualities(LABELLED, stream);
    expect(reports[0]!.metrics).toMatchObject({
      rows: 1,
      duplicate_labels: 1,
      conflicting_labels: 1,
      bad_labels: 2,
      labels_without_value: 1,
      unknown_labels: 1,
      late_labels: 0,
    });
    expect(reports[1]!.metrics).toMatchObject({ rows: 0, late_labels: 1 });
  });

  test("may come before their predictions", async () => {
    const labels = labelsOf(predictions, START);
    const messages = stored(predictions, 5);
    const stream = streamOf(EARLY, [labelled(START, labels.slice(0, 5))], messages, [
      labelled(START + 2 * HOUR, labels.slice(5)),
    ]);
    const { reports } = await qualities(LABELLED, stream);
    expect(reports[0]!.metrics).toMatchObject({ rows: 300, unknown_labels: 0 });
  });

  test("of one class leave undefined what one class does not define", async () => {
    const labels = labelsOf(predictions, START + 2 * HOUR).map((label) => ({ ...label, value: 1 }));
    const { reports } = await qualities(
      LABELLED,
      streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, labels)]),
    );
    expect(reports[0]!.metrics).toMatchObject({ roc_auc: { $number: "NaN" }, positives: 300 });
  });

  test("may be words, or numbers for a model that answers such", async () => {
    const words = labelsOf(predictions, START + 2 * HOUR).map((label) => {
      return { ...label, value: label.value === 1 ? "late" : "in time" };
    });
    const labels = { wait: "PT2H", positive: "late", negative: "in time" };
    const stream = streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, words)]);
    expect((await qualities({ ...LABELLED, labels }, stream)).reports[0]!.metrics["rows"]).toBe(300);
    const numbers = words.map((label) => ({ ...label, value: 0.25 }));
    const { reports } = await qualities(
      { ...LABELLED, prediction: { column: "probability", kind: "number" } },
      streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, numbers)]),
    );
    expect(Object.keys(reports[0]!.metrics)).toEqual(expect.arrayContaining(["mae", "rmse", "mae_low"]));
  });

  test("wait in bounded memory: of a large window a uniform sample does, and the report says so", async () => {
    const many = predictionsOf({ from: 0, to: HOUR, count: 6_000 });
    const parameters = { ...LABELLED, labels: { wait: "PT2H", sampleRows: 1_000 } };
    const labels = labelsOf(many, START + 2 * HOUR);
    const batches = Array.from({ length: 6 }, (_, n) =>
      labelled(START + 2 * HOUR + n, labels.slice(n * 1_000, (n + 1) * 1_000)),
    );
    const { reports } = await qualities(parameters, streamOf(EARLY, stored(many, 500), batches));
    expect(reports[0]!.metrics).toMatchObject({ rows: 1_000, is_sample: 1, labelled_share: 1, unknown_labels: 0 });
  });

  test("of a window that is no sample are not taken for those of another that is", async () => {
    const [many, few] = [predictionsOf({ from: 0, to: HOUR, count: 5_000 }), hour(1)];
    const parameters = { ...LABELLED, labels: { wait: "PT2H", sampleRows: 1_000 } };
    const labels = labelsOf(few, START + 2.5 * HOUR);
    const { reports } = await qualities(
      parameters,
      streamOf(EARLY, stored(many, 500), stored(few), [labelled(START + 2.5 * HOUR, labels), end(5)]),
    );
    expect(reports.map(({ metrics }) => [metrics["rows"], metrics["unsampled_labels"]])).toEqual([
      [300, 0],
      [0, 0],
    ]);
    const late = labelsOf(many, START + 2.5 * HOUR).slice(0, 1_000);
    const sampled = await qualities(
      parameters,
      streamOf(EARLY, stored(many, 500), [labelled(START + 2.5 * HOUR, late), end(5)]),
    );
    const [{ metrics }] = sampled.reports as [(typeof reports)[0]];
    expect(Number(metrics["rows"]) + Number(metrics["unsampled_labels"])).toBe(1_000);
    expect(metrics["unsampled_labels"]).toBeGreaterThan(700);
  });

  test("of more windows than may wait are given up, the oldest first", async () => {
    const parameters = { ...LABELLED, labels: { wait: "P7D", maxWindows: 2 } };
    const hours = [0, 1, 2, 3].map((n) => stored(hour(n, { count: 40 })));
    const { names } = await qualities(parameters, streamOf(EARLY, ...hours, [end(4)]));
    expect(names.map((name) => name.slice(-24, -11))).toEqual(["2026-03-01T10", "2026-03-01T11"]);
  });
});

describe("quality", () => {
  const gates = [
    { kind: "threshold" as const, metric: "roc_auc" as const, min: 0.9 },
    { kind: "threshold" as const, metric: "log_loss" as const, max: 0.1 },
    { kind: "fairness" as const, metric: "demographic_parity" as const, groups: "port", max: 0.2 },
  ];
  const parameters = { ...LABELLED, slices: [{ name: "port" }], quality: { resamples: 100, gates } };

  test("that breaks its gates is an alert for each metric and attribute", async () => {
    const predictions = hour(0, { count: 600 }).map((one) => {
      const isUp = one.inputs!["port"]![0] === "A";
      return isUp ? { ...one, outputs: { probability: [0.9] } } : one;
    });
    const labels = labelsOf(hour(0, { count: 600 }), START + 2 * HOUR).map((label, row) => {
      return { ...label, inference: predictions[row]!.id };
    });
    const stream = streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, labels)]);
    const { names, reports, alerts } = await qualities(parameters, stream);
    expect(reports[0]).toMatchObject({ verdict: "FAIL" });
    expect(reports[0]!.rules!.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      "THRESHOLD FAIL",
      "THRESHOLD FAIL",
      "FAIRNESS FAIL",
    ]);
    expect(reports[0]!.slices!.map(({ slice }) => slice["port"]).toSorted()).toEqual(["A", "B", "C"]);
    const own = alerts.filter(({ cause }) => cause !== "drift");
    expect(own.map(({ cause, severity }) => `${cause} ${severity}`)).toEqual([
      "quality:roc_auc CRITICAL",
      "quality:log_loss CRITICAL",
      "fairness:port CRITICAL",
    ]);
    expect(own[0]!.message).toMatch(
      /^ModelVersion:a+: roc_auc is at least 0\.9: it is 0\.\d+ \(0\.\d+ to 0\.\d+\) on 600 rows$/,
    );
    expect(own[0]!.reports).toEqual(names);
  });

  test("of two live models is one alert for each metric", async () => {
    const predictions = hour(0, { count: 600 }).map((one, n) => (n % 2 === 0 ? one : { ...one, model: CHALLENGER }));
    const labels = labelsOf(predictions, START + 2 * HOUR);
    const stream = streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, labels)]);
    const quality = { resamples: 50, gates: gates.slice(0, 1) };
    const { names, alerts } = await qualities({ ...LABELLED, quality }, stream);
    expect(alerts).toMatchObject([{ cause: "quality:roc_auc", reports: names }]);
    expect(alerts[0]!.message.match(/ModelVersion:/g)).toHaveLength(2);
  });

  test("may not drop below what it was", async () => {
    const drops = [
      { metric: "log_loss", baseline: 0.28, by: 0.07 },
      { metric: "brier_score", baseline: 0.2, by: 0.3 },
    ];
    const predictions = hour(0);
    const stream = streamOf(EARLY, stored(predictions), [
      labelled(START + 2 * HOUR, labelsOf(predictions, START + 2 * HOUR)),
    ]);
    const { reports, alerts } = await qualities({ ...LABELLED, quality: { resamples: 50, drops } }, stream);
    expect(reports[0]!.rules![0]!.bound).toBe(0.35);
    expect(reports[0]!.rules!.map(({ rule, outcome }) => `${rule}: ${outcome}`)).toEqual([
      "log_loss is no more than 0.07 worse than 0.28: FAIL",
      "brier_score is no more than 0.3 worse than 0.2: PASS",
    ]);
    expect(alerts.map(({ cause }) => cause)).toEqual(["quality:log_loss"]);
  });

  test("of a challenger is compared with the live model's on the same rows, and is no alert", async () => {
    const predictions = hour(0, { count: 500, shadow: true });
    // The live model's answer to the second is none.
    predictions[2] = { ...predictions[2]!, outputs: { probability: [null] } };
    // The live model's record of one is lost.
    const lost = predictions.filter((_, index) => index !== 0);
    const labels = labelsOf(predictions, START + 2 * HOUR);
    const gate = { kind: "better-than-baseline" as const, metric: "log_loss" as const };
    const { names, reports, alerts } = await qualities(
      { ...parameters, quality: { resamples: 100, gates: [gate] } },
      streamOf(EARLY, stored(lost), [labelled(START + 2 * HOUR, labels)]),
    );
    expect(names.map((name) => name.split("-")[2]![0])).toEqual(["a", "b"]);
    expect(reports[0]).toMatchObject({ verdict: null, about: [DEPLOYMENT, MODEL] });
    expect(reports[1]).toMatchObject({ verdict: "FAIL", about: [DEPLOYMENT, CHALLENGER] });
    expect(reports[1]!.metrics).toMatchObject({ rows: 498, answered_rows: 499, unpaired_rows: 1 });
    const gain = fromMetricValue(reports[1]!.metrics["gain_over_baseline_log_loss"]!);
    expect(gain).toBeCloseTo(
      fromMetricValue(reports[0]!.metrics["log_loss"]!) - fromMetricValue(reports[1]!.metrics["log_loss"]!),
      9,
    );
    expect(fromMetricValue(reports[1]!.metrics["gain_over_baseline_log_loss_high"]!)).toBeLessThan(0);
    expect(alerts).toEqual([]);
  });

  test("of answers that are no probabilities is not measured", async () => {
    const odd = [2, -1, Number.NaN].map((score, n) => aPrediction({ at: START + n, score }));
    const nothing = { ...aPrediction({ at: START + 9 }), outputs: { probability: ["high"] } };
    const predictions = [...odd, nothing as never];
    const labels = labelsOf(odd, START).map((label) => ({ ...label, value: 1 }));
    const stream = streamOf(EARLY, stored(predictions), [labelled(START + 2 * HOUR, labels), end(3)]);
    expect((await qualities(LABELLED, stream)).reports[0]!.metrics).toMatchObject({ rows: 0, answered_rows: 4 });
  });
});

test("an attempt after another says of labels what one that was never stopped says, wherever it was stopped", async () => {
  const hours = [0, 1, 2].map((n) => hour(n, { shadow: true, count: 120 }));
  const labels = hours.map((predictions, n) => {
    const at = START + (n + 1.8) * HOUR;
    return anObserved(at, {
      labels: [...labelsOf(predictions, at), { inference: aPrediction({ at }).id, row: 0, value: 1, at: iso(at) }],
    });
  });
  const again = anObserved(START + 4 * HOUR, { labels: labelsOf(hours[0]!, START).slice(0, 3) });
  const stream = streamOf(EARLY, ...hours.map((predictions) => stored(predictions, 20)), labels, [again, end(6)]);
  const whole = await watched(LABELLED, stream);
  expect([...whole.reports.keys()].filter((name) => name.startsWith("quality"))).toHaveLength(6);
  for (let stop = 1; stop < stream.length; stop += 3) {
    const { monitor, said } = aMonitor(LABELLED);
    for (const observed of stream.slice(0, stop)) await monitor.take(observed);
    const next = aMonitor(LABELLED, { said });
    for (const observed of stream.slice(said.seen)) await next.monitor.take(observed);
    expect(JSON.stringify([...said.reports].toSorted())).toBe(JSON.stringify([...whole.reports].toSorted()));
    expect(said.seen).toBe(whole.seen);
  }
});
