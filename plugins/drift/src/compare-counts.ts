import { type Cells, categoryCells, MAX_CATEGORIES } from "./cells.ts";
import { chiSquared, jensenShannonDistance, populationStability } from "./measures.ts";
import { type CountStatistic, countPValue, type Simulation } from "./null-laws.ts";
import type { DriftMethod, EffectFloors } from "./options.ts";
import { type CategoricalSample, sum } from "./samples.ts";

/** What a method says of a feature in two samples. */
export interface Comparison {
  readonly method: DriftMethod;
  /** How exactly the value and its p-value were computed. */
  readonly definition: string;
  readonly value: number;
  /** Under the hypothesis that both samples are from one distribution. */
  readonly pValue: number;
  /** In the unit of `value`. */
  readonly floor: number;
}

/** What a comparison is computed with. */
export interface Terms {
  readonly floors: EffectFloors;
  readonly simulation: Simulation;
}

/** The methods that look at counts only, not at the order of the cells. */
export type CountMethod = "CHI_SQUARED" | "PSI" | "JENSEN_SHANNON";

interface Counted {
  readonly text: string;
  readonly statistic: CountStatistic;
  /** Makes of the statistic what follows the chi-squared law in large samples. */
  readonly toChiSquared: (value: number, rows: number) => number;
  /** The floor in the statistic's unit. */
  readonly floor: (floors: EffectFloors, rows: number) => number;
}

/** `rows` is n m / (n + m): so many rows of one sample against a known distribution would say as much. */
export const COUNTED: Readonly<Record<CountMethod, Counted>> = {
  CHI_SQUARED: {
    text: "Pearson's chi-squared of the contingency table, no continuity correction, floor at w² nm/(n+m)",
    statistic: chiSquared,
    toChiSquared: (value) => value,
    // The statistic of one and the same effect grows with the rows.
    floor: (floors, rows) => floors.CHI_SQUARED ** 2 * rows,
  },
  PSI: {
    text: "population stability index, Σ (q − p) ln(q/p), shares below 1e-4 counted as 1e-4",
    statistic: populationStability,
    toChiSquared: (value, rows) => value * rows,
    floor: (floors) => floors.PSI,
  },
  JENSEN_SHANNON: {
    text: "Jensen–Shannon distance (root of the divergence), base e",
    statistic: jensenShannonDistance,
    toChiSquared: (value, rows) => 8 * value * value * rows,
    floor: (floors) => floors.JENSEN_SHANNON,
  },
};

/** @param bins what the cells are, for the definition. */
export function compareCounts(method: CountMethod, cells: Cells, bins: string, terms: Terms): Comparison {
  const { text, statistic, toChiSquared, floor } = COUNTED[method];
  const rows = evenRows(cells);
  const { pValue, by } = countPValue(cells, statistic, (value) => toChiSquared(value, rows), terms.simulation);
  return {
    method,
    definition: `${text}; ${bins}; p by ${by}`,
    value: statistic(cells.reference, cells.current),
    pValue,
    floor: floor(terms.floors, rows),
  };
}

export function evenRows({ reference, current }: Cells): number {
  const n = sum(reference);
  const m = sum(current);
  return (n * m) / (n + m);
}

export function compareCategorical(
  method: CountMethod,
  reference: CategoricalSample,
  current: CategoricalSample,
  terms: Terms,
): Comparison {
  const cells = categoryCells(reference, current);
  const rest = cells.reference.length === MAX_CATEGORIES ? ", the rarest of more in the last" : "";
  return compareCounts(method, cells, `${cells.reference.length} categories${rest}`, terms);
}

/** How many rows have a value, and how many have none. */
export interface Presence {
  readonly present: number;
  readonly missing: number;
}

/** The shares of rows without a value. */
export function compareMissing(reference: Presence, current: Presence, terms: Terms): Comparison {
  const cells = {
    reference: Float64Array.of(reference.present, reference.missing),
    current: Float64Array.of(current.present, current.missing),
  };
  return compareCounts("CHI_SQUARED", cells, "the share of missing values: 2 categories, missing and present", terms);
}
