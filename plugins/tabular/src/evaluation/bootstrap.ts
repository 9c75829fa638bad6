import { setImmediate } from "node:timers/promises";
import { randomFrom } from "../random.ts";
import { comparedOf, gain, type MeasuredRows, type Metrics, metricsOf } from "./metric-traits.ts";
import { type Interval, interval95 } from "./percentile.ts";

export interface BootstrapResult {
  intervals: Record<string, Interval>;
  /** For each baseline how much better the model is, positive where it is: the interval of the paired differences. */
  gains: Record<string, Interval>[];
}

export interface BootstrapTask {
  model: MeasuredRows;
  /** The same rows with the baselines' answers. */
  baselines: readonly MeasuredRows[];
  resamples: number;
  seed: number;
  signal: AbortSignal;
}

/**
 * Draws the rows again with replacement, the same draw for the model and the baselines, so that their differences are paired.
 */
export async function bootstrap({
  model,
  baselines,
  resamples,
  seed,
  signal,
}: BootstrapTask): Promise<BootstrapResult> {
  const random = randomFrom(seed);
  const counts = new Uint16Array(model.size);
  const measured: Metrics[] = [];
  const others: Metrics[][] = baselines.map(() => []);
  for (let resample = 0; resample < resamples; resample++) {
    draw(counts, random);
    measured.push(model.measure(counts));
    for (const [index, baseline] of baselines.entries()) others[index]!.push(baseline.measure(counts));
    await setImmediate();
    signal.throwIfAborted();
  }
  return {
    intervals: byName(metricsOf(model), (name) => interval95(measured.map((metrics) => metrics[name]!))),
    gains: others.map((other) =>
      byName(comparedOf(model), (name) => interval95(measured.map((metrics, at) => gain(name, metrics, other[at]!)))),
    ),
  };
}

/** Draws as many rows as there are, with replacement: how often each was drawn. */
export function draw(counts: Uint16Array, random: () => number): void {
  counts.fill(0);
  for (let index = 0; index < counts.length; index++) counts[Math.floor(random() * counts.length)]!++;
}

export function byName<N extends string, T>(names: readonly N[], make: (name: N) => T): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<N, T>;
}
