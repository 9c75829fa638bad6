import type { Random } from "@clew/plugin-tabular/random";
import { sum } from "./samples.ts";
import { logFactorial } from "./special-functions.ts";

/** Items of a cell among those that are drawn. */
export interface Urn {
  /** Items in all. */
  readonly total: number;
  /** Those of the cell. */
  readonly cell: number;
  /** How many are drawn without putting back. */
  readonly drawn: number;
}

/** The logarithm of n!, by Stirling's series or looked up. */
type LogFactorial = (n: number) => number;

/** Beyond so many items a table costs more than it saves. */
const TABLE_ITEMS = 30_000;

/** For many draws from urns of at most `total` items. */
function logFactorials(total: number): LogFactorial {
  if (total > TABLE_ITEMS) return logFactorial;
  const table = Float64Array.from({ length: total + 1 }, (_, n) => logFactorial(n));
  return (n) => table[n]!;
}

/** The probability that `hits` of the drawn items are of the cell. */
export function hypergeometricProbability(urn: Urn, hits: number, logOf: LogFactorial = logFactorial): number {
  const { total, cell, drawn } = urn;
  const hit = logOf(cell) - logOf(hits) - logOf(cell - hits);
  const missed = logOf(total - cell) - logOf(drawn - hits) - logOf(total - cell - drawn + hits);
  return Math.exp(hit + missed - logOf(total) + logOf(drawn) + logOf(total - drawn));
}

/** The least and the greatest number of hits that can be. */
export function hitRange({ total, cell, drawn }: Urn): readonly [number, number] {
  return [Math.max(0, drawn + cell - total), Math.min(cell, drawn)];
}

/** Draws the number of hits by inversion, outwards from the most probable one: as many steps as the standard deviation. */
function drawHypergeometric(urn: Urn, random: Random, logOf: LogFactorial): number {
  const { total, cell, drawn } = urn;
  const [least, most] = hitRange(urn);
  if (least === most) return least;
  const mode = Math.floor(((drawn + 1) * (cell + 1)) / (total + 2));
  const rest = total - cell - drawn;
  let up = mode;
  let down = mode;
  let above = hypergeometricProbability(urn, mode, logOf);
  let below = above;
  let left = random() - above;
  while (left >= 0 && (up < most || down > least)) {
    if (up < most) {
      above *= ((cell - up) * (drawn - up)) / ((up + 1) * (rest + up + 1));
      up++;
      left -= above;
      if (left < 0) return up;
    }
    if (down > least) {
      below *= (down * (rest + down)) / ((cell - down + 1) * (drawn - down + 1));
      down--;
      left -= below;
      if (left < 0) return down;
    }
  }
  return mode;
}

/** Up to so many items it is quicker to ask each than to add up probabilities. */
const FEW_ITEMS = 24;

/** Draws `drawn` of the items of all cells again and again; each time, `into` says how many came from each. */
export function cellDraws(cells: Float64Array, drawn: number, random: Random, into: Float64Array): () => void {
  const total = sum(cells);
  const logOf = logFactorials(total);
  return () => {
    let items = total;
    let toDraw = drawn;
    for (let n = 0; n < cells.length; n++) {
      const cell = cells[n]!;
      const urn = { total: items, cell, drawn: toDraw };
      const hits = cell > FEW_ITEMS ? drawHypergeometric(urn, random, logOf) : drawEach(urn, random);
      into[n] = hits;
      items -= cell;
      toDraw -= hits;
    }
  };
}

/** Selection sampling (Knuth, The Art of Computer Programming, 3.4.2, algorithm S). */
function drawEach({ total, cell, drawn }: Urn, random: Random): number {
  let hits = 0;
  for (let item = 0; item < cell && hits < drawn; item++) if (random() * (total - item) < drawn - hits) hits++;
  return hits;
}
