/** A window of 1 M rows and 30 features against a reference of as many: 24 numeric features by KS, 6 categorical ones by chi-squared. */
import { codedSample, decideDrift, type DriftFeature, type FeatureSample, numericSample } from "@clew/plugin-drift";
import { randomFrom } from "@clew/plugin-tabular/random";
import { normal } from "./support/no-drift.ts";
import { type BenchOptions, type Measured, median } from "./support/figures.ts";
import { round } from "./support/load.ts";

const NUMERIC = 24;
const CATEGORICAL = 6;
const REPEATS = 3;

interface Columns {
  readonly numbers: readonly Float64Array[];
  readonly codes: readonly Int32Array[];
}
const DICTIONARY = Array.from({ length: 40 }, (_, n) => `category ${n}`);

export async function benchDrift({ quick }: BenchOptions): Promise<Measured> {
  const rows = quick ? 10_000 : 1_000_000;
  const reference = columnsOf(rows, 1, 0);
  // Every second feature has moved, by a fifth of its standard deviation.
  const current = columnsOf(rows, 2, 0.2);
  const runs = Array.from({ length: REPEATS }, () => measure(reference, current));
  const middle = (of: (run: Run) => number) => round(median(runs.map(of)) / 1000);
  const limit = { what: "Float64Array.sort of the numeric columns, once", value: middle((run) => run.sortMs) };
  const work = `drift of ${rows} × ${NUMERIC + CATEGORICAL}`;
  const figures = [
    {
      work: `${work} against a reference of as many`,
      value: middle((run) => run.wholeMs),
      unit: "s",
      limit,
      mark: { atMost: 5 },
    },
    { work: `${work}, the reference ready`, value: middle((run) => run.windowMs), unit: "s" },
  ] as const;
  return Promise.resolve({ figures, detail: { rows, runs } });
}

interface Run {
  /** Both samples sorted and counted, and decided. */
  readonly wholeMs: number;
  /** The same without the reference's part. */
  readonly windowMs: number;
  readonly sortMs: number;
  readonly drifting: number;
}

function measure(reference: Columns, current: Columns): Run {
  const startedAt = performance.now();
  const before = samplesOf(reference);
  const readyAt = performance.now();
  const after = samplesOf(current);
  const features = before.map(
    (sample, at): DriftFeature => ({ name: `f${at}`, reference: sample, current: after[at]! }),
  );
  const decision = decideDrift(features);
  const endedAt = performance.now();
  for (const column of [...reference.numbers, ...current.numbers]) column.slice().sort();
  return {
    wholeMs: endedAt - startedAt,
    windowMs: endedAt - readyAt,
    sortMs: performance.now() - endedAt,
    drifting: decision.features.filter(({ outcome }) => outcome === "DRIFT").length,
  };
}

function samplesOf({ numbers, codes }: Columns): FeatureSample[] {
  return [
    ...numbers.map(numericSample),
    ...codes.map((column) => codedSample({ codes: column, dictionary: DICTIONARY })),
  ];
}

function columnsOf(rows: number, seed: number, shift: number): Columns {
  const random = randomFrom(seed);
  const numbers = Array.from({ length: NUMERIC }, (_, at) => {
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row++) column[row] = normal(random) + (at % 2) * shift;
    return column;
  });
  const codes = Array.from({ length: CATEGORICAL }, (_, at) => {
    const column = new Int32Array(rows);
    const power = 3 + (at % 2) * shift;
    for (let row = 0; row < rows; row++) column[row] = Math.floor(DICTIONARY.length * random() ** power);
    return column;
  });
  return { numbers, codes };
}
