import { describe, expect, test } from "vitest";
import {
  aMonitor,
  anObserved,
  aPrediction,
  DEPLOYMENT,
  EARLY,
  end,
  hour,
  HOUR,
  HOURLY,
  MODEL,
  predictionsOf,
  START,
  stored,
  streamOf,
  watched,
} from "../test/stream.fixture.ts";

describe("a window of rows", () => {
  test("is one report, about the deployment and the model", async () => {
    const parameters = { ...HOURLY, window: { by: "count" as const, rows: 200 } };
    const { reports, alerts } = await watched(parameters, streamOf(stored(hour(0, { count: 399 }))));
    expect([...reports.keys()]).toEqual([`drift-${"1".repeat(32)}-${"a".repeat(32)}-LIVE-seq-1`]);
    const [report] = reports.values();
    expect(report).toMatchObject({ reportType: "DRIFT", verdict: "PASS", about: [DEPLOYMENT, MODEL] });
    expect(report!.metrics).toMatchObject({
      rows: 200,
      requests: 200,
      errors: 0,
      compared_rows: 200,
      latency_ms_p99: 5,
    });
    expect(report!.drift!.map(({ feature, method }) => [feature, method])).toEqual([
      ["delay", "KS"],
      ["port", "CHI_SQUARED"],
    ]);
    expect(alerts).toEqual([]);
  });
});

describe("windows of time", () => {
  test("are closed by what is stored, each once", async () => {
    const { reports } = await watched(HOURLY, streamOf(EARLY, stored(hour(0)), stored(hour(1)), [end(2)]));
    expect([...reports.keys()].map((name) => name.split("-LIVE-")[1])).toEqual([
      "2026-03-01T10:00:00.000Z",
      "2026-03-01T11:00:00.000Z",
    ]);
    for (const { metrics } of reports.values()) expect(metrics).toMatchObject({ rows: 300, late: 0, put_aside: 0 });
  });

  test("stay open for their grace, and count what comes later", async () => {
    const late = aPrediction({ at: START + HOUR - 1 });
    const { reports } = await watched(
      HOURLY,
      streamOf(
        EARLY,
        stored(hour(0)),
        [anObserved(START + HOUR + 59_999, { predictions: [late] })],
        [anObserved(START + HOUR + 60_000, { predictions: [late, late] })],
        [end(2)],
      ),
    );
    const [first] = reports.values();
    expect(first!.metrics).toMatchObject({ rows: 301, late: 0 });
    const { reports: next } = await watched(
      { ...HOURLY, limits: { minRequests: 1 } },
      streamOf(EARLY, stored(hour(0)), [anObserved(START + HOUR + 60_000, { predictions: [late, late] })], [end(2)]),
    );
    expect([...next.values()].map(({ metrics }) => metrics["late"])).toEqual([0, 2]);
  });

  test("put aside what has a wrong clock", async () => {
    const odd = [aPrediction({ at: START + 30 * 86_400_000 }), aPrediction({ at: START - 30 * 86_400_000 })];
    const { reports } = await watched(
      HOURLY,
      streamOf(EARLY, stored(hour(0)), [anObserved(START + 10_000, { predictions: odd })], [end(1)]),
    );
    expect([...reports.values()].map(({ metrics }) => [metrics["rows"], metrics["put_aside"]])).toEqual([[300, 2]]);
  });

  test("put aside what names no deployment or model that anything can be said about", async () => {
    const [one] = hour(0, { count: 1 });
    const odd = [
      { ...one!, deployment: "prod-1" },
      { ...one!, model: "model 7" },
      { ...one!, deployment: null },
    ];
    const { reports } = await watched(
      HOURLY,
      streamOf(EARLY, stored(hour(0)), [anObserved(START + 10_000, { predictions: odd })], [end(1)]),
    );
    expect([...reports.values()].map(({ metrics }) => [metrics["rows"], metrics["put_aside"]])).toEqual([[300, 3]]);
  });

  test("count no rows that have no answers, whatever a prediction says", async () => {
    const predictions = hour(0).map((one, n) => (n === 0 ? { ...one, rows: 2_000_000_000 } : one));
    const { reports } = await watched(HOURLY, streamOf(EARLY, stored(predictions), [end(1)]));
    expect([...reports.values()][0]!.metrics).toMatchObject({ compared_rows: 300, rows_without_values: 1_999_999_999 });
  });

  test("that began before the monitor are not reported", async () => {
    const { reports } = await watched(HOURLY, streamOf(stored(hour(0)), stored(hour(1)), [end(2)]));
    expect(reports.size).toBe(1);
  });

  test("are divided where the deployment changes, and shadows are kept apart", async () => {
    const other = `Deployment:${"2".repeat(32)}`;
    const half = { from: 0, to: HOUR / 2, count: 100 };
    const { reports } = await watched(
      HOURLY,
      streamOf(
        EARLY,
        stored(predictionsOf({ ...half, shadow: true })),
        stored(predictionsOf({ from: HOUR / 2, to: HOUR, count: 150, deployment: other })),
        [end(1)],
      ),
    );
    expect([...reports.values()].map(({ about, metrics, verdict }) => [about[0], metrics["rows"], verdict])).toEqual([
      [DEPLOYMENT, 100, "PASS"],
      [DEPLOYMENT, 100, null],
      [other, 150, "PASS"],
    ]);
  });
});

describe("drift", () => {
  const moved = streamOf(EARLY, stored(hour(0, { mean: 1 })), [end(1)]);

  const many = {
    ...HOURLY,
    features: [
      { name: "delay", kind: "numeric" as const, importance: 0.3 },
      { name: "port", kind: "categorical" as const, importance: 0.1 },
      { name: "probability", from: "outputs" as const, kind: "numeric" as const, importance: 0.6 },
    ],
  };

  test("of many features is one alert, which names them by importance, and the report", async () => {
    const { reports, alerts } = await watched(many, moved);
    const [name] = reports.keys();
    expect([...reports.values()][0]!.verdict).toBe("FAIL");
    expect(alerts).toMatchObject([{ about: DEPLOYMENT, cause: "drift", severity: "WARNING", reports: [name] }]);
    expect(alerts[0]!.message).toMatch(
      /^drift from the reference: ModelVersion:a+: probability \(KS 0\.\d+, floor 0\.0400\), delay \(KS 0\.\d+, floor 0\.0400\)$/,
    );
  });

  describe("of the class that is predicted", () => {
    const ofClasses = {
      window: HOURLY.window,
      features: [{ name: "label", from: "outputs" as const, kind: "categorical" as const }],
    };
    /** What a model of several classes answers: a name, and a list of probabilities. */
    const answering = (classes: readonly string[]) =>
      hour(0).map((one, n) => {
        return { ...one, outputs: { label: [classes[n % classes.length]!], probabilities: [[0.5, 0.3, 0.2]] } };
      });
    const saidOf = async (classes: readonly string[]) =>
      await watched(ofClasses, streamOf(EARLY, stored(answering(classes)), [end(1)]));

    test("is that of a categorical feature of the answers", async () => {
      const same = await saidOf(["on time", "late", "cancelled"]);
      expect([...same.reports.values()]).toMatchObject([
        { verdict: "PASS", drift: [{ feature: "label", method: "CHI_SQUARED", currentCount: 300 }] },
      ]);
      const { reports, alerts } = await saidOf(["on time", "late", "late", "late"]);
      expect([...reports.values()]).toMatchObject([{ verdict: "FAIL", drift: [{ outcome: "DRIFT" }] }]);
      expect(alerts).toMatchObject([
        { cause: "drift", message: expect.stringContaining("label (CHI_SQUARED") as string },
      ]);
    });

    test("shows a class that the reference has not", async () => {
      const { reports } = await saidOf(["on time", "late", "cancelled", "diverted"]);
      expect([...reports.values()]).toMatchObject([{ verdict: "FAIL" }]);
    });
  });

  test("may be an alert for each feature", async () => {
    const { alerts } = await watched({ ...many, alerts: { groupBy: "feature" } }, moved);
    expect(alerts.map(({ cause }) => cause)).toEqual(["drift:probability", "drift:delay"]);
  });

  test("of a slice alone is found in the slice", async () => {
    const predictions = hour(0, { count: 900 }).map((one) => {
      const { delay, port } = one.inputs as { delay: number[]; port: string[] };
      return port[0] === "B" ? { ...one, inputs: { delay: [delay[0]! + 0.8], port } } : one;
    });
    const { reports, alerts } = await watched(
      { ...HOURLY, slices: [{ name: "port" }] },
      streamOf(EARLY, stored(predictions), [end(1)]),
    );
    const [report] = reports.values();
    const found = report!.drift!.filter(({ outcome, where }) => outcome === "DRIFT" && where!.length > 0);
    expect(report!.verdict).toBe("FAIL");
    expect(report!.drift!.filter(({ feature, where }) => feature === "port" && where!.length > 0)).toEqual([]);
    expect(found.map(({ feature, where }) => [feature, where![0]!.value])).toEqual([["delay", "B"]]);
    expect(report!.slices!.map(({ slice }) => slice)).toHaveLength(3);
    expect(alerts[0]!.message).toContain("where port = B: delay");
  });

  test("with too few rows is not decided", async () => {
    const { reports, alerts } = await watched(
      HOURLY,
      streamOf(EARLY, stored(hour(0, { count: 20, mean: 5 })), [end(1)]),
    );
    expect([...reports.values()][0]!.verdict).toBe("NOT_ENOUGH_DATA");
    expect(alerts).toEqual([]);
  });

  test("must show in so many of the last windows", async () => {
    const parameters = { ...HOURLY, alerts: { windows: 2, of: 3 } };
    const means = [1, 0, 1, 0, 0, 1];
    const hours = means.map((mean, n) => stored(hour(n, { mean })));
    const { alerts } = await watched(parameters, streamOf(EARLY, ...hours, [end(6)]));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]!.reports!.map((name) => name.slice(-24, -11))).toEqual(["2026-03-01T10", "2026-03-01T12"]);
    expect(alerts[0]!.message).toMatch(/; so in 2 of the last 3 windows$/);
  });

  test("of columns that are gone, and of values of another kind, is one of missing values", async () => {
    const predictions = hour(0).map((one, n) => {
      const odd = n % 2 === 0 ? { port: ["A"] } : { delay: ["late" as never], port: [null] };
      return { ...one, inputs: odd };
    });
    const { reports } = await watched(HOURLY, streamOf(EARLY, stored(predictions), [end(1)]));
    const [report] = reports.values();
    const missing = report!.drift!.filter(({ definition }) => definition.includes("missing"));
    expect(missing.map(({ feature, outcome }) => [feature, outcome])).toEqual([
      ["delay", "DRIFT"],
      ["port", "DRIFT"],
    ]);
  });

  test("is not looked for in rows whose values were not sent on", async () => {
    const predictions = hour(0).map((one, n) =>
      n < 100 ? { ...one, inputs: null, ...(n < 50 && { outputs: null }) } : one,
    );
    const { reports } = await watched(HOURLY, streamOf(EARLY, stored(predictions), [end(1)]));
    expect([...reports.values()][0]!.metrics).toMatchObject({
      rows: 300,
      rows_without_values: 100,
      compared_rows: 200,
    });
  });
});

test("a prediction's column that the model does not answer shows in every row", async () => {
  const parameters = { ...HOURLY, prediction: { column: "delayed" } };
  const { reports } = await watched(parameters, streamOf(EARLY, stored(hour(0)), [end(1)]));
  expect([...reports.values()][0]!.metrics).toMatchObject({ rows: 300, unscored_rows: 300 });
});

test("windows without drift, cut into slices, are said to drift in at most twice alpha of all", async () => {
  const floors = { KS: 0, CHI_SQUARED: 0, PSI: 0, JENSEN_SHANNON: 0, WASSERSTEIN: 0 };
  const parameters = { ...HOURLY, slices: [{ name: "port" }], drift: { alpha: 0.05, floors, minCount: 20 } };
  const hours = Array.from({ length: 200 }, (_, n) => stored(hour(n, { count: 120, seed: 1_000 + n })));
  const { reports } = await watched(parameters, streamOf(EARLY, ...hours, [end(200)]));
  const said = [...reports.values()].filter(({ verdict }) => verdict === "FAIL").length;
  expect(reports.size).toBe(200);
  // A true rate of 0.1 shows as 32 or more of 200 in one of 200 cases.
  expect(said).toBeLessThan(32);
  expect(said).toBeGreaterThan(2);
  const slices = [...reports.values()].flatMap(({ drift }) => drift!.filter(({ where }) => where!.length > 0));
  const between = slices.filter(({ adjustedPValue: p }) => Number(p) > 0.05 / 3 && Number(p) <= 0.05);
  expect(between.length).toBeGreaterThan(5);
  expect(between.filter(({ outcome }) => outcome === "DRIFT")).toEqual([]);
});

describe("traffic", () => {
  test("beyond its limits is an alert for each cause", async () => {
    const limits = { serverErrorRate: 0.05, latencyP95Ms: 4, maxRequests: 200, inFlight: 0.0001 };
    const { reports, alerts } = await watched(
      { ...HOURLY, limits },
      streamOf(
        EARLY,
        stored(hour(0, { errors: 40 })),
        [anObserved(START + 5_000, { dropped: 6, missed: 1 }), anObserved(START + 6_000, { dropped: 4, missed: 1 })],
        [end(1)],
      ),
    );
    expect([...reports.values()][0]!.metrics).toMatchObject({
      requests: 300,
      errors: 40,
      server_error_rate: 40 / 300,
      dropped: 10,
      missed_messages: 2,
    });
    expect(alerts.map(({ cause, message }) => `${cause}: ${message}`)).toEqual([
      "errors: 40 of 300 requests failed with 500 or above, 0.1333 where 0.05 is the limit",
      "latency: 95 % of the answers took up to 5 ms where 4 ms is the limit",
      "traffic: 300 requests came where 200 is the most",
      "saturation: 0.0004167 requests were in flight on average where 0.0001 is the limit",
      "predictions-lost: 10 inferences and 2 messages were lost on their way here, 0.03846 of all where 0 is the limit",
    ]);
  });

  test("that fails by chance alone, or by its clients' mistakes, is no alert", async () => {
    const clients = hour(0, { count: 10, errors: 3 }).map((one) => {
      return one.error === null ? one : { ...one, error: { status: 404, message: "no such version" } };
    });
    const limits = { errorRate: 0.25, serverErrorRate: 0.01 };
    const { reports, alerts } = await watched({ ...HOURLY, limits }, streamOf(EARLY, stored(clients), [end(1)]));
    expect([...reports.values()][0]!.metrics).toMatchObject({ errors: 3, error_rate: 0.3, server_errors: 0 });
    expect(alerts).toEqual([]);
  });

  test("that nobody was to answer, as of a deployment that a person has suspended, is no alert", async () => {
    const refused = (model: string | null) => {
      const error = { status: 503, message: "it is suspended" };
      return hour(0, { count: 100, errors: 60 }).map((one) => (one.error === null ? one : { ...one, model, error }));
    };
    const told = async (model: string | null) => {
      const parameters = { ...HOURLY, limits: { errorRate: 0.05, serverErrorRate: 0.05 } };
      const { reports, alerts } = await watched(parameters, streamOf(EARLY, stored(refused(model)), [end(1)]));
      const suspended = [...reports.values()].reduce((sum, { metrics }) => sum + Number(metrics["suspended"]), 0);
      return { suspended, causes: alerts.map(({ cause }) => cause) };
    };
    expect(await told(null)).toEqual({ suspended: 60, causes: [] });
    // What a model got is the model's.
    expect(await told(`ModelVersion:${"3".repeat(32)}`)).toEqual({ suspended: 0, causes: ["errors"] });
  });

  test("that is lost is told once, of the deployment with most requests", async () => {
    const other = predictionsOf({ from: 0, to: HOUR, count: 100, deployment: `Deployment:${"2".repeat(32)}` });
    const lost = anObserved(START + 5_000, { dropped: 100 });
    const { alerts } = await watched(HOURLY, streamOf(EARLY, stored(hour(0)), stored(other), [lost, end(1)]));
    expect(alerts).toMatchObject([{ about: DEPLOYMENT, cause: "predictions-lost" }]);
    expect(alerts[0]!.message).toContain("0.2 of all");
  });

  test("is the endpoint's, though its deployment changes in the middle of a window", async () => {
    const other = predictionsOf({
      from: HOUR - 60_000,
      to: HOUR,
      count: 5,
      deployment: `Deployment:${"2".repeat(32)}`,
    });
    const stream = streamOf(EARLY, stored(hour(0)), stored(other), [end(1)]);
    const told = async (limits: object) => (await watched({ ...HOURLY, limits }, stream)).alerts;
    expect(await told({ minRequests: 10, maxRequests: 305 })).toEqual([]);
    expect(await told({ maxRequests: 304 })).toMatchObject([{ about: DEPLOYMENT, cause: "traffic" }]);
  });

  test("that stops is told of, and makes no other report", async () => {
    const parameters = { ...HOURLY, limits: { minRequests: 10 } };
    const { reports, alerts } = await watched(parameters, streamOf(EARLY, stored(hour(0)), [end(3)]));
    expect(alerts.map(({ message }) => message)).toEqual(Array(2).fill("0 requests came where 10 is the least"));
    expect([...reports.values()].map(({ metrics }) => metrics["requests"])).toEqual([300, 0, 0]);
    expect((await watched(HOURLY, streamOf(EARLY, stored(hour(0)), [end(3)]))).reports.size).toBe(1);
  });
});

describe("an attempt after another", () => {
  const lost = anObserved(START + 2.2 * HOUR, { dropped: 3, missed: 1 });
  const stream = streamOf(EARLY, ...[0, 1, 2, 3].map((n) => stored(hour(n, { mean: n % 2, shadow: true }), 20)), [
    lost,
    end(4),
  ]);

  test.each([
    ["time", HOURLY],
    ["time, two of three", { ...HOURLY, alerts: { windows: 2, of: 3 } }],
    ["rows", { ...HOURLY, window: { by: "count" as const, rows: 170 } }],
    ["rows, two of three", { ...HOURLY, window: { by: "count" as const, rows: 170 }, alerts: { windows: 2, of: 3 } }],
  ])("says by windows of %s what one that was never stopped says, wherever it was stopped", async (_, parameters) => {
    const whole = await watched(parameters, stream);
    expect(whole.reports.size).toBeGreaterThan(4);
    expect(whole.seen).toBeGreaterThan(0);
    for (let stop = 1; stop < stream.length; stop += 7) {
      const { monitor, said } = aMonitor(parameters);
      for (const observed of stream.slice(0, stop)) await monitor.take(observed);
      const next = aMonitor(parameters, { said });
      for (const observed of stream.slice(said.seen)) await next.monitor.take(observed);
      expect(JSON.stringify([...said.reports].toSorted())).toBe(JSON.stringify([...whole.reports].toSorted()));
      expect(said.alerts).toEqual(whole.alerts);
      expect(said.seen).toBe(whole.seen);
    }
  });
});
