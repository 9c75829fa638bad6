import { type AlertSaid, type Label, type Observed, type Prediction, type ReportSaid } from "@clew/plugin-sdk";
import { type Random, randomFrom } from "@clew/plugin-tabular/random";
import { WindowSample } from "@clew/plugin-drift";
import { expect } from "vitest";
import type { z } from "zod";
import { Monitor } from "../src/monitor.ts";
import { Parameters } from "../src/parameters.ts";
import { Reference } from "../src/reference.ts";
import { sampledColumns, settingsOf } from "../src/settings.ts";

export const DEPLOYMENT = `Deployment:${"1".repeat(32)}`;
export const MODEL = `ModelVersion:${"a".repeat(32)}`;
export const CHALLENGER = `ModelVersion:${"b".repeat(32)}`;
/** A whole hour. */
export const START = Date.parse("2026-03-01T10:00:00Z");
export const HOUR = 3_600_000;
const PORTS = ["A", "B", "C"];

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export interface Traffic {
  /** Milliseconds after START. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The feature's mean; its deviation is 1. */
  readonly mean?: number;
  readonly shadow?: boolean;
  readonly errors?: number;
  readonly deployment?: string;
  readonly seed?: number;
}

/** Requests evenly over a time, one row each; the feature `delay` is normal, `port` of three values, the answer the sigmoid of delay. */
export function predictionsOf(traffic: Traffic): Prediction[] {
  const { from, to, count, mean = 0, shadow = false, errors = 0, deployment = DEPLOYMENT, seed = 1 } = traffic;
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, n) => {
    const at = START + Math.floor(from + ((to - from) * n) / count);
    const delay = mean + normal(random);
    const port = PORTS[Math.floor(random() * PORTS.length)]!;
    const live = aPrediction({ at, deployment, inputs: { delay: [delay], port: [port] }, score: sigmoid(delay) });
    if (n < errors) return [{ ...live, rows: 0, inputs: null, outputs: null, error: { status: 500, message: "no" } }];
    const answer = { probability: [sigmoid(0.3 * delay + normal(random))] };
    return shadow
      ? [live, { ...live, model: CHALLENGER, mode: "SHADOW" as const, inputs: null, outputs: answer }]
      : [live];
  }).flat();
}

/** Of the hour that begins so many hours after START. */
export function hour(n: number, given: Partial<Traffic> = {}): Prediction[] {
  return predictionsOf({ from: n * HOUR, to: (n + 1) * HOUR, count: 300, seed: n + 1, ...given });
}

let made = { test: "", count: 0 };

/** Counts within the test, whichever came before it. */
function nextNumber(): number {
  const test = expect.getState().currentTestName ?? "";
  made = { test, count: made.test === test ? made.count + 1 : 1 };
  return made.count;
}

export function aPrediction(given: {
  at: number;
  deployment?: string;
  inputs?: Prediction["inputs"];
  score?: number;
}): Prediction {
  const { at, deployment = DEPLOYMENT, inputs = { delay: [0], port: ["A"] }, score = 0.5 } = given;
  const hex = at.toString(16).padStart(12, "0");
  // As newInferenceId has it, with a counter in place of chance: the same test draws the same samples.
  const id = `${deployment.split(":")[1]}.0.${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${nextNumber().toString(16).padStart(12, "0")}`;
  return {
    id,
    deployment,
    model: MODEL,
    mode: "LIVE",
    at: iso(at),
    latencyMs: 5,
    rows: 1,
    inputs,
    outputs: { probability: [score] },
    error: null,
  };
}

/** The truth of each live prediction, late or not with the probability that was answered. */
export function labelsOf(predictions: readonly Prediction[], at: number, seed = 7): Label[] {
  const random = randomFrom(seed);
  return predictions
    .filter(({ mode, error }) => mode === "LIVE" && error === null)
    .map(({ id, outputs }) => {
      const value = Number(random() < (outputs!["probability"]![0] as number));
      return { inference: id, row: 0, value, at: iso(at) };
    });
}

/** Predictions as the stream has them: messages of at most so many, each stored a second after its last. */
export function stored(predictions: readonly Prediction[], size = 50): Omit<Observed, "seq">[] {
  const messages: Omit<Observed, "seq">[] = [];
  for (let at = 0; at < predictions.length; at += size) {
    const records = predictions.slice(at, at + size);
    const last = Math.max(...records.map((record) => Date.parse(record.at)));
    messages.push(anObserved(last + 1_000, { predictions: records }));
  }
  return messages;
}

export function anObserved(storedAt: number, given: Partial<Observed> = {}): Omit<Observed, "seq"> {
  const nothing = { predictions: [], dropped: 0, sampledOut: 0, labels: [], isCaughtUp: false, missed: 0 };
  return { ...nothing, ...given, storedAt: iso(storedAt) };
}

/** Before the first window, so that it is whole. */
export const EARLY = [anObserved(START - HOUR / 2, { sampledOut: 1 })];

/** Stored so long after START that what came in so many hours is no longer waited for. */
export function end(hours: number): Omit<Observed, "seq"> {
  return anObserved(START + hours * HOUR + 61_000);
}

/** In the order in which they are stored, numbered from 1. */
export function streamOf(...messages: readonly Omit<Observed, "seq">[][]): Observed[] {
  const sorted = messages.flat().toSorted((a, b) => (a.storedAt < b.storedAt ? -1 : Number(a.storedAt > b.storedAt)));
  return sorted.map((message, index) => ({ ...message, seq: index + 1 }));
}

export const HOURLY: z.input<typeof Parameters> = {
  window: { by: "time", length: "PT1H", grace: 60 },
  features: [
    { name: "delay", kind: "numeric" },
    { name: "port", kind: "categorical" },
  ],
  prediction: { column: "probability" },
};

export interface Said {
  reports: Map<string, ReportSaid>;
  alerts: AlertSaid[];
  seen: number;
  /** What was said with it. */
  kept?: string | undefined;
  /** All that was seen, with what was kept. */
  settled?: { readonly seen: number; readonly kept: string | undefined }[];
  /** Lines of the log. */
  logged?: string[];
}

/** The reference: `delay` is normal, `port` and `label` of three values. */
export function aReference(parameters: Parameters, rows = 2_000): Reference {
  const random = randomFrom(99);
  const sample = new WindowSample({ columns: sampledColumns(parameters), capacity: rows });
  for (let row = 0; row < rows; row++) {
    const port = PORTS[Math.floor(random() * PORTS.length)];
    const delay = normal(random);
    const label = ["on time", "late", "cancelled"][row % 3];
    sample.add(String(row), { delay, port, label, probability: sigmoid(delay), "slice port": port });
  }
  return new Reference(sample);
}

/** A monitor, with what it says after what was said before. */
export function aMonitor(
  given: z.input<typeof Parameters>,
  {
    said = { reports: new Map(), alerts: [], seen: 0 },
    reference,
    champion = null,
  }: { said?: Said; reference?: Reference; champion?: string | null } = {},
) {
  const parameters = Parameters.parse(given);
  const monitor = new Monitor({
    settings: settingsOf(parameters),
    reference: reference ?? aReference(parameters),
    signal: new AbortController().signal,
    currentDeployment: () => DEPLOYMENT,
    champion,
    say: {
      // A report that was said before stays, as the server has it.
      report: (name, report) => {
        const known = said.reports.get(name);
        if (known === undefined) said.reports.set(name, report);
        // But for an empty window's, which knows the deployment from elsewhere, the server would say that it was said otherwise.
        else if (!name.startsWith("drift-empty")) expect(report).toEqual(known);
      },
      alert: (alert) => {
        const isKnown = said.alerts.some((one) => JSON.stringify(one) === JSON.stringify(alert));
        if (!isKnown) said.alerts.push(alert);
      },
      seen: (seq, kept) => {
        if (seq <= said.seen) return;
        Object.assign(said, { seen: seq, kept });
        said.settled?.push({ seen: seq, kept });
      },
      log: { ...console, info: (message: string) => void (said.logged ??= []).push(message) },
      drained: async () => {},
    },
  });
  return { monitor, said };
}

/** What a monitor says of a whole stream. */
export async function watched(given: z.input<typeof Parameters>, stream: readonly Observed[]): Promise<Said> {
  const { monitor, said } = aMonitor(given);
  for (const observed of stream) await monitor.take(observed);
  return said;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
