import type { Label, Observed, Prediction, ReportSaid } from "@clew/plugin-sdk";
import { type Random, randomFrom } from "@clew/plugin-tabular/random";
import { describe, expect, test } from "vitest";
import {
  aMonitor,
  anObserved,
  aPrediction,
  CHALLENGER,
  DEPLOYMENT,
  EARLY,
  HOUR,
  HOURLY,
  iso,
  MODEL,
  type Said,
  START,
  stored,
  streamOf,
} from "../test/stream.fixture.ts";

const AB = { outcome: "error" as const, tightestAt: 500 };
const TESTED = {
  ...HOURLY,
  prediction: { column: "probability" },
  labels: { wait: "PT2H" },
  quality: { resamples: 50 },
  abTest: AB,
};
const OTHER = `Deployment:${"2".repeat(32)}`;
const THIRD = `ModelVersion:${"c".repeat(32)}`;

/** How one hour's traffic is divided, and how often each model errs. */
interface Hour {
  readonly hour: number;
  readonly deployment?: string;
  readonly arms: readonly { readonly model: string; readonly rows: number; readonly errors: number }[];
}

/** Requests of each model in turn, and their truths: of so many rows so large a share is not what was answered. */
function hourOf({ hour, deployment = DEPLOYMENT, arms }: Hour, random: Random) {
  const made = arms.flatMap(({ model, rows, errors }) =>
    Array.from({ length: rows }, (_, n) => {
      const at = START + hour * HOUR + Math.floor((n * HOUR) / rows);
      const isPositive = random() < 0.5;
      const prediction = { ...aPrediction({ at, deployment, score: isPositive ? 0.8 : 0.2 }), model };
      return { prediction, value: Number(isPositive !== random() < errors) };
    }),
  );
  const sorted = made.toSorted((a, b) => (a.prediction.at < b.prediction.at ? -1 : 1));
  const told = (at: number) =>
    sorted.map(({ prediction: { id }, value }): Label => ({ inference: id, row: 0, value, at: iso(at) }));
  return { predictions: sorted.map(({ prediction }) => prediction), told };
}

/** A stream of hours whose labels all come after so many hours. */
function streamFor(
  hours: readonly Hour[],
  { afterHours = 1, labelled = () => true }: { afterHours?: number; labelled?: (one: Prediction) => boolean } = {},
) {
  const random = randomFrom(1);
  const messages = hours.map((one) => {
    const { predictions, told } = hourOf(one, random);
    const at = START + (one.hour + afterHours) * HOUR + 120_000;
    const known = new Set(predictions.filter(labelled).map(({ id }) => id));
    const labels = told(at).filter(({ inference }) => known.has(inference));
    return [...stored(predictions), anObserved(at, { labels })];
  });
  const end = anObserved(START + (Math.max(...hours.map(({ hour }) => hour)) + afterHours + 4) * HOUR);
  return streamOf(EARLY, ...messages, [end]);
}

const hours = (count: number, arms: Hour["arms"], more: Partial<Hour> = {}) =>
  Array.from({ length: count }, (_, hour): Hour => ({ hour, arms, ...more }));

async function tested(stream: readonly Observed[], parameters: object = {}, champion: string | null = null) {
  const { monitor, said } = aMonitor({ ...TESTED, ...parameters }, { champion });
  for (const observed of stream) await monitor.take(observed);
  return said;
}

function abReports({ reports }: Said): [string, ReportSaid][] {
  return [...reports].filter(([name]) => name.startsWith("ab-"));
}

const verdicts = (said: Said) => abReports(said).map(([, { verdict }]) => verdict);
const messageOf = ({ rules }: ReportSaid) => rules![0]!.message;
const last = (said: Said) => abReports(said).at(-1)![1];

const CHAMPION_BAD = [
  { model: MODEL, rows: 160, errors: 0.3 },
  { model: CHALLENGER, rows: 80, errors: 0.1 },
];

describe("two live models", () => {
  test("are compared window by window until it is decided, which is the last report", async () => {
    const said = await tested(streamFor(hours(10, CHAMPION_BAD)));
    const all = abReports(said);
    expect(all.length).toBeGreaterThan(1);
    expect(all.length).toBeLessThan(10);
    expect(all.map(([name]) => name)).toEqual(all.map((_, hour) => `ab-${"1".repeat(32)}-${iso(START + hour * HOUR)}`));
    expect(verdicts(said)).toEqual([...Array<string>(all.length - 1).fill("NOT_ENOUGH_DATA"), "PASS"]);
    const { metrics, about, reportType, slices, rules } = last(said);
    expect({ about, reportType }).toEqual({ about: [DEPLOYMENT, MODEL, CHALLENGER], reportType: "AB_TEST" });
    const windows = all.length;
    expect(metrics).toMatchObject({
      window_start_ms: START + (windows - 1) * HOUR,
      rows: windows * 240,
      champion_rows: windows * 160,
      challenger_rows: windows * 80,
      alpha: 0.05,
      is_sample: 0,
    });
    const {
      champion_mean: one,
      challenger_mean: other,
      difference,
      difference_low: low,
      difference_high: high,
    } = metrics;
    expect(one).toBeCloseTo(0.3, 1);
    expect(other).toBeCloseTo(0.1, 1);
    expect(difference).toBeLessThan(0);
    expect(low).toBeLessThan(difference as number);
    expect(metrics["decided_at"]).toBeLessThanOrEqual(windows * 240);
    expect(slices).toMatchObject([
      { slice: { arm: "champion", model: MODEL }, count: windows * 160, metrics: { error: one } },
      { slice: { arm: "challenger", model: CHALLENGER }, count: windows * 80, metrics: { error: other } },
    ]);
    expect(rules).toMatchObject([
      { rule: "challenger is better", kind: "BETTER_THAN_BASELINE", metric: "error", outcome: "PASS" },
    ]);
    expect(rules![0]).toMatchObject({ value: -(difference as number), low: -(high as number), high: -(low as number) });
    expect(messageOf(last(said))).toMatch(/^CHALLENGER_BETTER: error is 0\.\d+ of the champion ModelVersion:a+ on/);
    expect(said.logged).toEqual([expect.stringContaining("is decided: CHALLENGER_BETTER")]);
  });

  test("make a champion that is better a FAIL, and so do equals within a margin; without one equals go on", async () => {
    const worse = [
      { model: MODEL, rows: 160, errors: 0.1 },
      { model: CHALLENGER, rows: 80, errors: 0.35 },
    ];
    const better = await tested(streamFor(hours(10, worse)));
    expect(last(better).verdict).toBe("FAIL");
    expect(messageOf(last(better))).toMatch(/^CHAMPION_BETTER:/);
    const equal = [MODEL, CHALLENGER].map((model) => ({ model, rows: 150, errors: 0.1 }));
    const within = await tested(streamFor(hours(12, equal)), { abTest: { ...AB, margin: 0.1 } });
    expect(last(within).verdict).toBe("FAIL");
    expect(messageOf(last(within))).toMatch(/^NO_RELEVANT_DIFFERENCE:.*where less than 0\.1 does not matter/);
    expect(last(within).metrics).toMatchObject({ margin: 0.1 });
    const open = await tested(streamFor(hours(12, equal)));
    expect(verdicts(open)).toEqual(Array<string>(12).fill("NOT_ENOUGH_DATA"));
    expect(last(open).metrics).not.toHaveProperty("decided_at");
  });

  test("are champion and challenger as the run says, else by their traffic", async () => {
    const stream = streamFor(hours(10, CHAMPION_BAD));
    const said = await tested(stream, {}, CHALLENGER);
    expect(last(said)).toMatchObject({ verdict: "FAIL", about: [DEPLOYMENT, CHALLENGER, MODEL] });
    expect(last(said).metrics["difference"]).toBeGreaterThan(0);
    const { difference_low: low, difference, difference_high: high } = last(said).metrics as Record<string, number>;
    expect(last(await tested(stream, {}, MODEL)).metrics).toMatchObject({
      difference_low: -high!,
      difference: -difference!,
      difference_high: -low!,
    });
    expect(low).toBeLessThan(difference!);
    expect(high).toBeGreaterThan(difference!);
    expect(last(said).rules![0]).toMatchObject({ low: -high!, value: -difference!, high: -low! });
    expect(messageOf(last(said))).toMatch(/^CHAMPION_BETTER: error is 0\.\d+ of the champion ModelVersion:b/);
    expect(last(await tested(stream, {}, THIRD)).about).toEqual([DEPLOYMENT, MODEL, CHALLENGER]);
    const turned = CHAMPION_BAD.map((arm, n) => ({ ...arm, model: [CHALLENGER, MODEL][n]! }));
    const other = last(await tested(streamFor(hours(10, turned))));
    expect(other).toMatchObject({ verdict: "PASS", about: [DEPLOYMENT, CHALLENGER, MODEL] });
  });

  test("are compared by bounded losses: of probabilities Brier's, of numbers errors up to a cap", async () => {
    const stream = streamFor(hours(1, CHAMPION_BAD));
    const brier = last(await tested(stream, { abTest: { ...AB, outcome: "brier_score" } })).metrics;
    const errors = last(await tested(stream)).metrics;
    const mean = ({ champion_mean: share }: typeof errors) => 0.04 + 0.6 * (share as number);
    expect(brier["champion_mean"]).toBeCloseTo(mean(errors), 9);
    const prediction = { column: "probability", kind: "number" };
    const capped = { prediction, abTest: { ...AB, outcome: "absolute_error", cap: 0.5 } };
    const { champion_mean: absolute } = last(await tested(stream, capped)).metrics;
    expect(absolute).toBeCloseTo(0.2 + 0.3 * (errors["champion_mean"] as number), 9);
  });
});

describe("what is added", () => {
  test("is the same in the windows' order, though a later one has its labels first", async () => {
    const random = randomFrom(5);
    const near = [
      { model: MODEL, rows: 160, errors: 0.25 },
      { model: CHALLENGER, rows: 80, errors: 0.15 },
    ];
    const made = hours(4, near).map((one) => hourOf(one, random));
    const after = (order: readonly number[]) =>
      streamOf(
        EARLY,
        ...made.map(({ predictions }) => stored(predictions)),
        order.map((n, index) => {
          const at = START + 4 * HOUR + (index + 2) * 60_000;
          return anObserved(at, { labels: made[n]!.told(at) });
        }),
        [anObserved(START + 9 * HOUR)],
      );
    const waiting = { labels: { wait: "PT6H" } };
    const inOrder = await tested(after([0, 1, 2, 3]), waiting);
    const reversed = await tested(after([3, 1, 2, 0]), waiting);
    expect(abReports(inOrder).length).toBeGreaterThan(1);
    expect(abReports(reversed)).toEqual(abReports(inOrder));
  });

  test("are rows with a label in time, and one arm's wait for the other's", async () => {
    const isOf = (model: string) => (one: Prediction) => one.model === model;
    const stream = streamFor(hours(3, CHAMPION_BAD), { labelled: isOf(MODEL) });
    const said = await tested(stream);
    expect(verdicts(said)).toEqual(Array<string>(3).fill("NOT_ENOUGH_DATA"));
    expect(last(said).metrics).toMatchObject({ champion_rows: 480, challenger_rows: 0, p_value: 1 });
    expect(last(said).metrics["challenger_mean"]).toEqual({ $number: "NaN" });
    expect(last(said).rules).toMatchObject([{ value: null, low: -1, high: 1, outcome: "NOT_ENOUGH_DATA" }]);
    const late = await tested(streamFor(hours(3, CHAMPION_BAD), { afterHours: 4 }));
    expect(abReports(late)).toEqual([]);
  });

  test("is a sample where the window has more rows than wait for labels", async () => {
    const many = CHAMPION_BAD.map((arm) => ({ ...arm, rows: arm.rows * 10 }));
    const stream = streamFor(hours(1, many));
    const { metrics } = last(await tested(stream, { labels: { wait: "PT2H", sampleRows: 1_000 } }));
    expect(metrics).toMatchObject({ rows: 1_000, is_sample: 1 });
    expect(metrics["champion_rows"]).toBeGreaterThan(600);
    expect(metrics["champion_rows"]).toBeLessThan(730);
    expect(metrics["champion_mean"]).toBeCloseTo(0.3, 1);
  });

  test("is none of a shadow's", async () => {
    const stream = streamFor(hours(4, CHAMPION_BAD));
    const shadowed = stream.map((message) => ({
      ...message,
      predictions: message.predictions.flatMap((one) => [
        one,
        { ...one, model: THIRD, mode: "SHADOW" as const, inputs: null, outputs: { probability: [0.5] } },
      ]),
    }));
    const said = await tested(shadowed);
    expect([...said.reports.keys()].some((name) => name.includes("SHADOW"))).toBe(true);
    expect(abReports(said)).toEqual(abReports(await tested(stream)));
  });
});

describe("a deployment", () => {
  test("of one model has no test, of three neither, which is said once", async () => {
    const one = await tested(streamFor(hours(3, CHAMPION_BAD.slice(0, 1))));
    expect(abReports(one)).toEqual([]);
    expect(one.logged).toBeUndefined();
    const three = await tested(streamFor(hours(3, [...CHAMPION_BAD, { model: THIRD, rows: 80, errors: 0.1 }])));
    expect(abReports(three)).toEqual([]);
    expect(three.logged).toEqual([`${DEPLOYMENT} has more than two live models: there is no A/B test of it`]);
  });

  test("that comes after another, by other weights or a roll-back, begins a test of its own", async () => {
    const before = hours(3, CHAMPION_BAD);
    const equal = [MODEL, CHALLENGER].map((model) => ({ model, rows: 120, errors: 0.2 }));
    const after = [3, 4].map((hour): Hour => ({ hour, deployment: OTHER, arms: equal }));
    const said = await tested(streamFor([...before, ...after]));
    const of = (id: string) => abReports(said).filter(([name]) => name.startsWith(`ab-${id.split(":")[1]}`));
    expect(of(DEPLOYMENT).length).toBeGreaterThan(0);
    expect(of(OTHER).map(([, { metrics }]) => metrics["rows"])).toEqual([240, 480]);
    expect(of(OTHER)[0]![1].about[0]).toBe(OTHER);
  });
});

describe("what is kept", () => {
  test("fits into what may be, however many deployments there were", async () => {
    const many = Array.from({ length: 12 }, (_, hour): Hour => {
      return { hour, deployment: `Deployment:${String(hour).padStart(32, "0")}`, arms: CHAMPION_BAD };
    });
    const said = await tested(streamFor(many), { abTest: { ...AB, outcome: "brier_score" } });
    expect(abReports(said)).toHaveLength(12);
    expect(said.kept!.length).toBeGreaterThan(1_000);
    expect(said.kept!.length).toBeLessThan(3_500);
  });

  test("lets another attempt go on, though nothing before is given again", async () => {
    const stream = streamFor(hours(10, CHAMPION_BAD));
    const whole = await tested(stream);
    const said: Said = { reports: new Map(), alerts: [], seen: 0 };
    for (const upTo of [12, 22, stream.length]) {
      const { monitor } = aMonitor(TESTED, { said });
      const given = stream.filter(({ seq }) => seq > said.seen && seq <= upTo);
      const { kept } = said;
      for (const [n, observed] of given.entries())
        await monitor.take(n === 0 && kept !== undefined ? { ...observed, kept } : observed);
    }
    expect(said.seen).toBe(whole.seen);
    expect(abReports(said)).toEqual(abReports(whole));
    expect(said.kept).toBe(whole.kept);
  });
});
