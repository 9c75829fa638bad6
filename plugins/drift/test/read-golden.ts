import { readFileSync } from "node:fs";
import { type CategoricalSample, categoricalSample, type NumericSample, numericSample } from "../src/samples.ts";

interface NumericSpec {
  readonly seed: number;
  readonly n: number;
  readonly scale: number;
  readonly shift: number;
}
interface CategoricalSpec {
  readonly seed: number;
  readonly n: number;
  readonly cuts: readonly [number, number, number];
}
interface Case<Spec> {
  readonly id: string;
  readonly reference: Spec;
  readonly current: Spec;
  readonly expected: Readonly<Record<string, number>>;
}
interface Golden {
  readonly cases: readonly [Case<NumericSpec>, Case<CategoricalSpec>];
  readonly tables2x2: readonly { readonly reference: number[]; readonly current: number[]; "chi2.yates.p": number }[];
}

/** What other libraries say of two pairs of samples (test/drift-golden.json tells how it was made). */
export const golden = JSON.parse(readFileSync(new URL("drift-golden.json", import.meta.url), "utf8")) as Golden;

/** What the golden file expects under the only name that starts so. */
export function expectedOf({ expected }: Case<unknown>, start: string): number {
  const names = Object.keys(expected).filter((name) => name.startsWith(start));
  if (names.length !== 1) throw new Error(`${names.length} numbers start with ${start}`);
  return expected[names[0] ?? ""] ?? Number.NaN;
}

function uniformFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48_271 * state) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export function numbersOf({ seed, n, scale, shift }: NumericSpec): Float64Array {
  const uniform = uniformFrom(seed);
  const normal = () => Array.from({ length: 12 }, uniform).reduce((total, u) => total + u, 0) - 6;
  return Float64Array.from({ length: n }, () => normal() * scale + shift);
}

export const numericOf = (spec: NumericSpec): NumericSample => numericSample(numbersOf(spec));

export function categoricalOf({ seed, n, cuts }: CategoricalSpec): CategoricalSample {
  const uniform = uniformFrom(seed);
  const draw = () => {
    const u = uniform();
    const at = cuts.findIndex((cut) => u < cut);
    return at < 0 ? "d" : "abc".charAt(at);
  };
  return categoricalSample(Array.from({ length: n }, draw));
}
