import type { Label, Observed, Prediction } from "@clew/plugin-sdk";
import { type Random, randomFrom } from "@clew/plugin-tabular/random";
import { expect, test } from "vitest";
import type { z } from "zod";
import {
  aMonitor,
  anObserved,
  CHALLENGER,
  HOURLY,
  iso,
  predictionsOf,
  type Said,
  START,
  streamOf,
  watched,
} from "../test/stream.fixture.ts";
import type { Parameters } from "./parameters.ts";

const MINUTE = 60_000;
const HOURS = 6;

const PARAMETERS: z.input<typeof Parameters> = {
  ...HOURLY,
  window: { by: "time", length: "PT1H", grace: 300 },
  slices: [{ name: "port" }],
  labels: { wait: "PT90M", maxWindows: 2 },
  quality: { resamples: 50 },
  abTest: { outcome: "error", margin: 0.2, tightestAt: 200 },
  limits: { minRequests: 1 },
};

/** Messages as they come: out of their order, some late, some with a wrong clock, of changing deployments, with gaps; labels early, late, twice, and of nobody. */
function aStream(random: Random): Observed[] {
  const upTo = (most: number) => Math.floor(random() * most);
  const other = `Deployment:${"2".repeat(32)}`;
  const hasTwo = random() < 0.7;
  const predictions = Array.from({ length: HOURS }, (_, hour) => {
    if (random() < 0.15) return [];
    const [from, to] = [hour * 60 * MINUTE, (hour + 1) * 60 * MINUTE];
    const deployment = random() < 0.3 ? other : undefined;
    const given = { from, to, count: 20 + upTo(60), shadow: random() < 0.5, errors: upTo(3), seed: upTo(1e6) };
    const made = predictionsOf({ ...given, ...(deployment !== undefined && { deployment }) });
    return made.map((one) => (hasTwo && one.mode === "LIVE" && random() < 0.4 ? { ...one, model: CHALLENGER } : one));
  }).flat();
  const delay = () => (random() < 0.9 ? upTo(4 * MINUTE) : upTo(120 * MINUTE));
  const messages = predictions.map((one) => {
    const odd = random() < 0.02 ? { at: iso(Date.parse(one.at) + 300 * MINUTE) } : {};
    return anObserved(Date.parse(one.at) + delay(), {
      predictions: [{ ...one, ...odd }],
      dropped: random() < 0.05 ? 1 : 0,
    });
  });
  const labels = predictions.filter(({ mode }) => mode === "LIVE").flatMap((one) => labelsFor(one, random));
  const told = labels.map((label) => anObserved(Date.parse(label.at), { labels: [label] }));
  return streamOf([anObserved(START - 60 * MINUTE, { sampledOut: 1 })], messages, told);
}

/** The challenger errs in a tenth of its answers, the other in half of them. */
function labelsFor({ id, at, model, outputs }: Prediction, random: Random): Label[] {
  const after = random() < 0.8 ? random() * 60 : random() * 200;
  const isPositive = (outputs?.["probability"]?.[0] as number) >= 0.5;
  const isRight = random() < (model === CHALLENGER ? 0.9 : 0.5);
  const value = Number(isPositive === isRight);
  const label = { inference: id, row: 0, value, at: iso(Date.parse(at) + after * MINUTE) };
  if (random() < 0.1) return [];
  return random() < 0.1 ? [label, { ...label, value: 1, row: Math.floor(random() * 2) }] : [label];
}

/** The runner's word of silence, now and then between messages; a later attempt is not given it again. */
function withSilence(stream: readonly Observed[], random: Random): Observed[] {
  return stream.flatMap((message, index) => {
    const next = stream[index + 1];
    if (next === undefined || random() < 0.9) return [message];
    const between =
      Date.parse(message.storedAt) + random() * (Date.parse(next.storedAt) - Date.parse(message.storedAt));
    return [message, { ...anObserved(between), seq: message.seq, isCaughtUp: true }];
  });
}

function ends({ seq }: Observed): Observed {
  return { ...anObserved(START + 12 * 60 * MINUTE), seq, isCaughtUp: true };
}

/** What an attempt is given after what was settled before it. */
function givenAgain(stream: readonly Observed[], { seen, kept }: Said): Observed[] {
  const [first, ...rest] = stream.filter(({ seq }) => seq > seen);
  return first === undefined ? [] : [{ ...first, ...(kept !== undefined && { kept }) }, ...rest];
}

/** Of an empty window is told what the endpoint serves by then, as far as the attempt knows. */
function reportsOf({ reports }: Said): string {
  const sorted = [...reports].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(sorted.map(([name, report]) => (name.startsWith("drift-empty") ? name : [name, report])));
}

/** Where a cause must show in several windows, settled ones are read again. */
const alertsOf = (n: number) => (n % 2 === 0 ? {} : { alerts: { windows: 3, of: 3 } });
const BY_TIME = Array.from({ length: 25 }, (_, n) => ["an hour", n + 1, { ...PARAMETERS, ...alertsOf(n) }] as const);
const BY_COUNT = Array.from({ length: 15 }, (_, n) => {
  const window = { by: "count" as const, rows: 37, grace: 300 };
  return ["37 rows", n + 1, { ...PARAMETERS, ...alertsOf(n), window }] as const;
});

test.each([...BY_TIME, ...BY_COUNT])(
  "a monitor by windows of %s that is stopped five times says what one that never is says: stream %d",
  async (_, seed, parameters) => {
    const random = randomFrom(seed);
    const stream = aStream(random);
    const end = ends(stream.at(-1)!);
    const whole = await watched(parameters, [...withSilence(stream, random), end]);
    expect(whole.reports.size).toBeGreaterThan(5);
    const said: Said = { reports: new Map(), alerts: [], seen: 0, kept: undefined, settled: [] };
    let reached = 0;
    for (let attempt = 1; attempt <= 6; attempt++) {
      const { monitor } = aMonitor(parameters, { said });
      const from = givenAgain(stream, said);
      reached =
        attempt === 6 ? stream.length : Math.min(stream.length, reached + Math.floor((random() * stream.length) / 3));
      const given = from.filter(({ seq }) => seq <= reached);
      for (const observed of withSilence(given, random)) await monitor.take(observed);
      if (attempt === 6) await monitor.take(end);
      // What was said last may not have come to the server before the kill.
      if (random() < 0.5) Object.assign(said, said.settled!.at(-1 - Math.floor(random() * 3)) ?? {});
    }
    expect(reportsOf(said)).toBe(reportsOf(whole));
    const causes = ({ alerts }: Said) => new Set(alerts.map(({ cause, reports }) => `${cause} ${reports!.join(" ")}`));
    expect(causes(said)).toEqual(causes(whole));
  },
);
