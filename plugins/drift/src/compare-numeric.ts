import { cutCells, decileCuts, distinctCells, pooledCells, sturgesCuts } from "./cells.ts";
import { COUNTED, type Comparison, compareCounts, evenRows, type Terms } from "./compare-counts.ts";
import {
  asymptoticKsPValue,
  EXACT_PAIRS,
  exactKsPValue,
  type KolmogorovSmirnov,
  kolmogorovSmirnov,
} from "./kolmogorov.ts";
import { populationStability, wasserstein } from "./measures.ts";
import { type CountStatistic, isLarge, lawPValue, orderedPValue, type PValue, permutationPValue } from "./null-laws.ts";
import type { DriftMethod } from "./options.ts";
import type { NumericSample } from "./samples.ts";

/** What simulations see of the numbers, where order matters; the values themselves are computed from every row. */
const FINE_CELLS = 100;
const QUANTILE_BINS = 10;

/** Two samples that both have numbers. */
export function compareNumeric(
  method: DriftMethod,
  reference: NumericSample,
  current: NumericSample,
  terms: Terms,
): Comparison {
  return BY_METHOD[method](reference, current, terms);
}

type Compare = (reference: NumericSample, current: NumericSample, terms: Terms) => Comparison;

const BY_METHOD: Readonly<Record<DriftMethod, Compare>> = {
  KS: compareKs,
  WASSERSTEIN: compareWasserstein,
  PSI: comparePsi,
  JENSEN_SHANNON: (reference, current, terms) => {
    const cells = cutCells(reference, current, sturgesCuts(reference, current));
    const bins = `${cells.reference.length} bins of equal width over both samples (Sturges)`;
    return compareCounts("JENSEN_SHANNON", cells, bins, terms);
  },
  CHI_SQUARED: (reference, current, terms) => {
    const cells = pooledCells(reference, current, QUANTILE_BINS);
    const bins = `${cells.reference.length} quantile bins of both samples together`;
    return compareCounts("CHI_SQUARED", cells, bins, terms);
  },
};

function compareKs(reference: NumericSample, current: NumericSample, terms: Terms): Comparison {
  const observed = kolmogorovSmirnov(reference, current);
  const { pValue, by } = ksPValue(reference, current, observed, terms);
  const definition = `two-sample Kolmogorov–Smirnov statistic, two-sided; p by ${by}`;
  return { method: "KS", definition, value: observed.statistic, pValue, floor: terms.floors.KS };
}

function ksPValue(reference: NumericSample, current: NumericSample, observed: KolmogorovSmirnov, terms: Terms): PValue {
  const n = reference.sorted.length;
  const m = current.sorted.length;
  if (n * m <= EXACT_PAIRS) {
    return { pValue: exactKsPValue(reference, current, observed), by: "the exact law, ties included" };
  }
  const cells = distinctCells(reference, current, FINE_CELLS);
  if (cells !== null) return orderedPValue(cells, greatestSum, terms.simulation);
  return { pValue: asymptoticKsPValue(n, m, observed.statistic), by: "the one-sample law of nm/(n+m) rows" };
}

/** The statistic of Kolmogorov and Smirnov over cells. */
function greatestSum(differences: Float64Array): number {
  let total = 0;
  let greatest = 0;
  for (let cell = 0; cell < differences.length; cell++) {
    total += differences[cell]!;
    greatest = Math.max(greatest, Math.abs(total));
  }
  return greatest;
}

function compareWasserstein(reference: NumericSample, current: NumericSample, terms: Terms): Comparison {
  const cells = pooledCells(reference, current, FINE_CELLS);
  const { pValue, by } = orderedPValue(cells, areaOver(cells.positions), terms.simulation);
  return {
    method: "WASSERSTEIN",
    definition: `Wasserstein-1, divided by the population standard deviation of the reference; p by ${by} over ${cells.positions.length} quantile cells of both samples together`,
    value: wasserstein(reference, current).normed,
    pValue,
    floor: terms.floors.WASSERSTEIN,
  };
}

function areaOver(positions: Float64Array): (differences: Float64Array) => number {
  // In units of the greatest size: numbers near the ends of what a double holds must not overflow.
  const scale = Math.max(Math.abs(positions[0]!), Math.abs(positions.at(-1)!)) || 1;
  const gaps = positions.map((position, cell) => (positions[cell + 1] ?? position) / scale - position / scale);
  return (differences) => {
    let total = 0;
    let area = 0;
    for (let cell = 0; cell < differences.length - 1; cell++) {
      total += differences[cell]!;
      area += Math.abs(total) * gaps[cell]!;
    }
    return area;
  };
}

/** The deciles of the reference move with a permutation: in small samples they are part of what is permuted. */
function comparePsi(reference: NumericSample, current: NumericSample, terms: Terms): Comparison {
  const { text, toChiSquared, floor } = COUNTED.PSI;
  const bins = cutCells(reference, current, decileCuts(reference));
  const value = populationStability(bins.reference, bins.current);
  const { pValue, by } = isLarge(bins)
    ? lawPValue(bins, toChiSquared(value, evenRows(bins)))
    : permutationPValue(pooledCells(reference, current, FINE_CELLS), decileStability(), terms.simulation);
  return {
    method: "PSI",
    definition: `${text}; ${bins.reference.length} bins at the deciles of the reference; p by ${by}`,
    value,
    pValue,
    floor: floor(terms.floors, evenRows(bins)),
  };
}

/** PSI over ordered cells: each goes to the tenth of the reference that its middle lies in. */
function decileStability(): CountStatistic {
  const tenths = { reference: new Float64Array(10), current: new Float64Array(10) };
  return (reference, current) => {
    tenths.reference.fill(0);
    tenths.current.fill(0);
    let rows = 0;
    for (let cell = 0; cell < reference.length; cell++) rows += reference[cell]!;
    let before = 0;
    for (let cell = 0; cell < reference.length; cell++) {
      const tenth = Math.min(9, Math.floor((10 * (before + reference[cell]! / 2)) / rows));
      tenths.reference[tenth]! += reference[cell]!;
      tenths.current[tenth]! += current[cell]!;
      before += reference[cell]!;
    }
    return populationStability(tenths.reference, tenths.current);
  };
}
