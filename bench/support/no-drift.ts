/** Windows of a made-up model's features, with or without drift, for the benches of drift monitoring. */
import { categoricalSample, type DriftFeature, type FeatureSample, numericSample } from "@clew/plugin-drift";
import { type Random, randomFrom } from "@clew/plugin-tabular/random";

/** One row's numbers: ten features from one hidden normal number and others of their own. */
type Column = (hidden: Float64Array, random: Random) => FeatureSample;

/** Half of the numeric features hang on one hidden number (correlation 0.8), one is the copy of another, and one runs against it. */
const COLUMNS: Readonly<Record<string, Column>> = {
  correlated: (hidden, random) => numbers(hidden, (z) => 0.9 * z + 0.44 * normal(random)),
  correlatedToo: (hidden, random) => numbers(hidden, (z) => 0.9 * z + 0.44 * normal(random)),
  copied: (hidden) => numbers(hidden, (z) => z),
  reversed: (hidden) => numbers(hidden, (z) => -Math.exp(z)),
  independent: (hidden, random) => numbers(hidden, () => normal(random)),
  heavyTailed: (hidden, random) => numbers(hidden, () => normal(random) / Math.max(1e-3, random())),
  rounded: (hidden, random) => numbers(hidden, () => Math.round(2 * normal(random))),
  mostlyZero: (hidden, random) => numbers(hidden, () => (random() < 0.8 ? 0 : random() < 0.1 ? Number.NaN : random())),
  skewedCategories: (hidden, random) => categories(hidden, () => `c${Math.floor(25 * random() ** 4)}`),
  rareFlag: (hidden, random) => categories(hidden, () => (random() < 0.01 ? "yes" : "no")),
};

/** @param shift how many standard deviations the correlated features of the current rows have moved. */
export function aWindow(seed: number, sizes: readonly [number, number], shift = 0): DriftFeature[] {
  const random = randomFrom(seed);
  const reference = hiddenNumbers(sizes[0], 0, random);
  const current = hiddenNumbers(sizes[1], shift, random);
  return Object.entries(COLUMNS).map(([name, column]) => ({
    name,
    reference: column(reference, random),
    current: column(current, random),
  }));
}

function hiddenNumbers(count: number, shift: number, random: Random): Float64Array {
  const hidden = new Float64Array(count);
  for (let row = 0; row < count; row++) hidden[row] = shift + normal(random);
  return hidden;
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const numbers = (hidden: Float64Array, of: (hidden: number) => number) => numericSample(hidden.map(of));
const categories = (hidden: Float64Array, of: () => string) => categoricalSample(Array.from(hidden, of));
