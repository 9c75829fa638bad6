import type { Random } from "@clew/plugin-tabular/random";
import type { Cells } from "./cells.ts";
import { cellDraws, hitRange, hypergeometricProbability } from "./hypergeometric.ts";
import { usedCells } from "./measures.ts";
import { sum } from "./samples.ts";
import { chiSquaredTail } from "./special-functions.ts";

/** Where every cell expects so many rows of the smaller sample, limit laws hold far into the tail; below, rows are permuted. */
const LAW_ROWS = 200;
/** A simulation ends when so many draws were as great as what was observed: the p-value is then known well enough. */
const ENOUGH_EXCEEDANCES = 20;
/** Sums of the same terms in another order differ by less. */
const ROUNDING = 1e-12;

export interface Simulation {
  readonly random: Random;
  /** At most so many draws: no p-value is below 1 / (draws + 1). */
  readonly draws: number;
}

export interface PValue {
  readonly pValue: number;
  /** How it was found, for people. */
  readonly by: string;
}

export type CountStatistic = (reference: Float64Array, current: Float64Array) => number;
/** Of the differences of the shares, current less reference, cell by cell. */
export type DifferenceStatistic = (differences: Float64Array) => number;

/** The sequential test of Besag and Clifford (Biometrika 78, 1991): never too often below any bound. */
function simulatedPValue(observed: number, draw: () => number, draws: number): number {
  const least = observed * (1 - ROUNDING);
  let exceedances = 0;
  for (let drawn = 1; drawn <= draws; drawn++) {
    if (draw() >= least && ++exceedances === ENOUGH_EXCEEDANCES) return ENOUGH_EXCEEDANCES / drawn;
  }
  return (exceedances + 1) / (draws + 1);
}

/** Draws of a statistic over all ways to part the pooled rows into samples of these sizes. */
function permutedDraw(cells: Cells, statistic: CountStatistic, random: Random): () => number {
  const pooled = pooledCounts(cells);
  const current = new Float64Array(pooled.length);
  const reference = new Float64Array(pooled.length);
  const draw = cellDraws(pooled, sum(cells.current), random, current);
  return () => {
    draw();
    for (let cell = 0; cell < pooled.length; cell++) reference[cell] = pooled[cell]! - current[cell]!;
    return statistic(reference, current);
  };
}

/**
 * The p-value of a statistic of counts that, as `toChiSquared` turns it, follows the chi-squared law in large samples: by that law where
 * it holds, over all tables with these margins where there are two cells, else by permutation.
 */
export function countPValue(
  cells: Cells,
  statistic: CountStatistic,
  toChiSquared: (statistic: number) => number,
  simulation: Simulation,
): PValue {
  if (usedCells(cells.reference, cells.current) < 2) return ONE_CELL;
  const observed = statistic(cells.reference, cells.current);
  if (isLarge(cells)) return lawPValue(cells, toChiSquared(observed));
  if (cells.reference.length === 2) {
    return { pValue: twoCellPValue(cells, statistic, observed), by: "all tables with these margins" };
  }
  return permutationPValue(cells, statistic, simulation);
}
const ONE_CELL: PValue = { pValue: 1, by: "one cell holds all rows" };

export function lawPValue({ reference, current }: Cells, chiSquared: number): PValue {
  return { pValue: chiSquaredTail(chiSquared, usedCells(reference, current) - 1), by: "the chi-squared law" };
}

export function permutationPValue(cells: Cells, statistic: CountStatistic, { random, draws }: Simulation): PValue {
  if (usedCells(cells.reference, cells.current) < 2) return ONE_CELL;
  const observed = statistic(cells.reference, cells.current);
  const pValue = simulatedPValue(observed, permutedDraw(cells, statistic, random), draws);
  return { pValue, by: `up to ${draws} permutations` };
}

function twoCellPValue(cells: Cells, statistic: CountStatistic, observed: number): number {
  const pooled = pooledCounts(cells);
  const urn = { total: sum(pooled), cell: pooled[0]!, drawn: sum(cells.current) };
  const [least, most] = hitRange(urn);
  const current = new Float64Array(2);
  const reference = new Float64Array(2);
  let pValue = 0;
  for (let hits = least; hits <= most; hits++) {
    current.set([hits, urn.drawn - hits]);
    reference.set([pooled[0]! - hits, pooled[1]! - current[1]!]);
    if (statistic(reference, current) >= observed * (1 - ROUNDING)) pValue += hypergeometricProbability(urn, hits);
  }
  return Math.min(1, pValue);
}

/** The p-value of a statistic over ordered cells: by the Brownian bridge over the cells where they are large, else by permutation. */
export function orderedPValue(cells: Cells, statistic: DifferenceStatistic, simulation: Simulation): PValue {
  const ofCounts = statisticOfCounts(statistic);
  if (usedCells(cells.reference, cells.current) < 2 || !isLarge(cells))
    return permutationPValue(cells, ofCounts, simulation);
  const draw = bridgeDraw(cells, statistic, simulation.random);
  const pValue = simulatedPValue(ofCounts(cells.reference, cells.current), draw, simulation.draws);
  return { pValue, by: `up to ${simulation.draws} Brownian bridges` };
}

function statisticOfCounts(statistic: DifferenceStatistic): CountStatistic {
  let differences = new Float64Array(0);
  return (reference, current) => {
    const inReference = sum(reference);
    const inCurrent = sum(current);
    if (differences.length !== reference.length) differences = new Float64Array(reference.length);
    for (let cell = 0; cell < reference.length; cell++) {
      differences[cell] = current[cell]! / inCurrent - reference[cell]! / inReference;
    }
    return statistic(differences);
  };
}

/** In large samples the differences of shares are normal, with the covariance of a multinomial. */
function bridgeDraw(cells: Cells, statistic: DifferenceStatistic, random: Random): () => number {
  const pooled = pooledCounts(cells);
  const rows = sum(pooled);
  const scale = Math.sqrt(rows / (sum(cells.reference) * sum(cells.current)));
  const shares = pooled.map((count) => count / rows);
  const roots = shares.map(Math.sqrt);
  const differences = new Float64Array(pooled.length);
  return () => {
    fillNormal(differences, random);
    let total = 0;
    for (let cell = 0; cell < differences.length; cell++) total += differences[cell]! *= roots[cell]!;
    for (let cell = 0; cell < differences.length; cell++) {
      differences[cell] = scale * (differences[cell]! - shares[cell]! * total);
    }
    return statistic(differences);
  };
}

/** Standard normal numbers, by Box and Muller. */
function fillNormal(values: Float64Array, random: Random): void {
  for (let at = 0; at < values.length; at += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[at] = radius * Math.cos(angle);
    if (at + 1 < values.length) values[at + 1] = radius * Math.sin(angle);
  }
}

function pooledCounts({ reference, current }: Cells): Float64Array {
  return reference.map((count, cell) => count + current[cell]!);
}

/** Whether each cell expects enough rows of the smaller sample for the limit laws; cells without rows do not count. */
export function isLarge(cells: Cells): boolean {
  const used = pooledCounts(cells).filter((count) => count > 0);
  const rows = sum(used);
  const least = used.reduce((a, b) => Math.min(a, b), rows);
  return (least * Math.min(sum(cells.reference), sum(cells.current))) / rows >= LAW_ROWS;
}
