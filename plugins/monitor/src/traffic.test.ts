import type { Prediction } from "@clew/plugin-sdk";
import { describe, expect, test } from "vitest";
import {
  anObserved,
  aPrediction,
  DEPLOYMENT,
  EARLY,
  end,
  HOUR,
  HOURLY,
  iso,
  predictionsOf,
  START,
  stored,
  streamOf,
  watched,
} from "../test/stream.fixture.ts";

const END = [end(1)];

const requests = (count: number) => predictionsOf({ from: 0, to: HOUR, count });

async function told(parameters: object, predictions: readonly Prediction[]) {
  const { reports, alerts } = await watched({ ...HOURLY, ...parameters }, streamOf(EARLY, stored(predictions), END));
  return { reports: [...reports.values()], alerts };
}

describe("answers", () => {
  test.each([
    [0.5, { positives: 3, positive_share: 0.75 }],
    [0.9, { positives: 1, positive_share: 0.25 }],
  ])("at or above the threshold %d are positive", async (threshold, positive) => {
    const scores = [0.3, 0.5, 0.9, 0.7];
    const predictions = scores.map((score, n) => aPrediction({ at: START + n * 1_000, score }));
    const { reports } = await told({ prediction: { column: "probability", threshold } }, predictions);
    expect(reports[0]!.metrics).toMatchObject({
      prediction_mean: expect.closeTo(0.6, 12) as number,
      unscored_rows: 0,
      ...positive,
    });
  });

  test("that are few are not held to a quantile of latencies", async () => {
    const limits = { latencyP50Ms: 4 };
    expect((await told({ limits }, requests(29))).alerts).toEqual([]);
    expect((await told({ limits }, requests(30))).alerts).toMatchObject([{ cause: "latency" }]);
  });
});

describe("a request of several rows", () => {
  test("counts by each of its rows, in what is compared and in what labels show", async () => {
    const pairs = requests(200).map((one, n): Prediction => {
      const inputs = { delay: [n / 100 - 1, 1 - n / 100], port: ["A", "B"] };
      return { ...one, rows: 2, inputs, outputs: { probability: [0.9, 0.2] } };
    });
    const at = START + 2 * HOUR;
    const labels = pairs.flatMap(({ id }) => [1, 0].map((value, row) => ({ inference: id, row, value, at: iso(at) })));
    const { reports } = await watched(
      { ...HOURLY, labels: { wait: "PT2H" }, quality: { resamples: 50 } },
      streamOf(EARLY, stored(pairs), [anObserved(at, { labels })]),
    );
    const [drift, quality] = [...reports.values()];
    expect(drift!.metrics).toMatchObject({ requests: 200, rows: 400, compared_rows: 400, positives: 200 });
    expect(drift!.drift!.map(({ currentCount }) => currentCount)).toEqual([400, 400]);
    expect(quality!.metrics).toMatchObject({ rows: 400, answered_rows: 400, accuracy: 1, bad_labels: 0 });
  });
});

test("traffic that stops is told of the deployment that answered last, whatever the endpoint shall serve by then", async () => {
  const deployment = `Deployment:${"2".repeat(32)}`;
  const predictions = predictionsOf({ from: 0, to: HOUR, count: 20, deployment });
  const parameters = { ...HOURLY, limits: { minRequests: 1 } };
  const { alerts } = await watched(parameters, streamOf(EARLY, stored(predictions), [end(2)]));
  expect(alerts).toMatchObject([{ about: deployment, cause: "traffic" }]);
});

test("a window of rows is as long as it takes: nothing is told of how few requests came", async () => {
  const parameters = { window: { by: "count", rows: 100 }, limits: { minRequests: 1_000 } };
  const { reports, alerts } = await told(parameters, requests(150));
  expect(reports).toMatchObject([{ metrics: { requests: 100 } }]);
  expect(alerts).toEqual([]);
});

describe("where a clock is wrong", () => {
  /** As they come when the clock of who serves is so far off. */
  async function toldBy(offMs: number, parameters: object = {}) {
    const messages = stored(requests(300)).map(({ predictions, ...message }) => {
      return { ...message, predictions: predictions.map((one) => ({ ...one, at: iso(Date.parse(one.at) + offMs) })) };
    });
    const { reports, alerts } = await watched({ ...HOURLY, ...parameters }, streamOf(EARLY, messages, END));
    return { reports: [...reports.values()], alerts };
  }

  test.each([
    ["two hours behind", -2 * HOUR, { late: 300, put_aside: 0 }],
    ["two days behind", -48 * HOUR, { late: 0, put_aside: 300 }],
    ["two hours ahead", 2 * HOUR, { late: 0, put_aside: 300 }],
  ])("%s, it is told that every prediction is left out", async (_, offMs, metrics) => {
    const { reports, alerts } = await toldBy(offMs);
    expect(reports).toMatchObject([{ verdict: null, metrics: { requests: 0, ...metrics } }]);
    expect(alerts).toMatchObject([{ about: DEPLOYMENT, cause: "predictions-late", severity: "WARNING" }]);
    expect(alerts[0]!.message).toContain("1 of all where 0 is the limit");
  });

  test("a window of rows takes them all the same: it is not by their times that they are of it", async () => {
    const { reports } = await toldBy(-48 * HOUR, { window: { by: "count", rows: 300 } });
    expect(reports).toMatchObject([{ metrics: { requests: 300, put_aside: 0 } }]);
  });

  test("so little that it does not matter, or less than is allowed, nothing is told", async () => {
    expect((await toldBy(50)).alerts).toEqual([]);
    expect((await toldBy(-2 * HOUR, { limits: { lostShare: 1 } })).alerts).toEqual([]);
  });
});
