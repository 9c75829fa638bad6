/**
 * How often a window without drift is said to drift, at four pairs of sizes and for each method, floors off; and how often one with drift
 * is, floors on.
 */
import { decideDrift, type DriftFeature, type DriftMethod, type WindowDecision } from "@clew/plugin-drift";
import { aWindow } from "./support/no-drift.ts";
import type { BenchOptions, Figure, Measured } from "./support/figures.ts";
import { round } from "./support/load.ts";

const SIZES = [
  [800, 100],
  [5_000, 50],
  [5_000, 5_000],
  [100_000, 100_000],
] as const;
const ALPHAS = [0.01, 0.05] as const;
const SHIFTS = [0.1, 0.2, 0.3, 0.5] as const;
const NO_FLOORS = { KS: 0, CHI_SQUARED: 0, PSI: 0, JENSEN_SHANNON: 0, WASSERSTEIN: 0 };

/** What is decided on the same rows: `AUTOMATIC` by KS and chi-squared, `WEIGHTED` the same with importances. */
const WAYS = ["AUTOMATIC", "WEIGHTED", "CHI_SQUARED", "PSI", "JENSEN_SHANNON", "WASSERSTEIN"] as const;
type Way = (typeof WAYS)[number];

interface Rates {
  readonly sizes: readonly [number, number];
  readonly repeats: number;
  /** Alarms by way and alpha, of so many repeats. */
  readonly alarms: Record<string, number>;
}

export async function benchFalseAlarms({ quick }: BenchOptions): Promise<Measured> {
  const rates = SIZES.map((sizes) => falseAlarms(sizes, quick ? 20 : 1_000));
  const powers = SIZES.slice(0, 3).map((sizes) => ({ sizes, power: power(sizes, quick ? 2 : 40) }));
  return Promise.resolve({ figures: rates.flatMap(figuresOf), detail: { rates, powers } });
}

function falseAlarms(sizes: readonly [number, number], repeats: number): Rates {
  const alarms: Record<string, number> = {};
  for (let seed = 0; seed < repeats; seed++) {
    const features = aWindow(seed, sizes);
    for (const way of WAYS) {
      const decision = decide(way, features, { alpha: ALPHAS[0], floors: NO_FLOORS, minImportance: 0, seed });
      for (const alpha of ALPHAS) {
        const key = `${way} ${alpha}`;
        alarms[key] = (alarms[key] ?? 0) + (isAlarm(decision, alpha) ? 1 : 0);
      }
    }
  }
  return { sizes, repeats, alarms };
}

/** What the window's outcome is at this alpha, with the floors off: adjusted p-values are the same for every alpha. */
function isAlarm({ features }: WindowDecision, alpha: number): boolean {
  return features.some(({ measures }) =>
    measures.some(({ adjustedPValue }) => adjustedPValue !== null && adjustedPValue <= alpha),
  );
}

/** The share of windows that are said to drift, by how far the features that hang together have moved. */
function power(sizes: readonly [number, number], repeats: number): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const shift of SHIFTS) {
    for (const way of WAYS) {
      let found = 0;
      for (let seed = 0; seed < repeats; seed++) {
        if (decide(way, aWindow(seed, sizes, shift), { seed }).outcome === "DRIFT") found++;
      }
      shares[`${way} ${shift}`] = found / repeats;
    }
  }
  return shares;
}

function decide(
  way: Way,
  features: readonly DriftFeature[],
  options: Parameters<typeof decideDrift>[1],
): WindowDecision {
  if (way === "AUTOMATIC") return decideDrift(features, options);
  if (way === "WEIGHTED") {
    const importance = (at: number) => (at === 0 ? 0.55 : 0.05);
    return decideDrift(
      features.map((feature, at) => ({ ...feature, importance: importance(at) })),
      options,
    );
  }
  return decideDrift(
    features.map((feature) => ({ ...feature, method: methodFor(way, feature) })),
    options,
  );
}

function methodFor(way: DriftMethod, { reference }: DriftFeature): DriftMethod {
  return way === "WASSERSTEIN" && reference.kind === "categorical" ? "CHI_SQUARED" : way;
}

function figuresOf({ sizes, repeats, alarms }: Rates): Figure[] {
  return Object.entries(alarms).map(([key, count]) => {
    const alpha = Number(key.split(" ")[1]);
    return {
      work: `false alarms, ${sizes.join("/")} rows, ${repeats} windows, ${key}`,
      value: round(count / repeats),
      unit: "",
      limit: { what: "alpha", value: alpha },
      mark: { atMost: 1.5, times: true },
    };
  });
}
