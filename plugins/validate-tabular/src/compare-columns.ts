import type { Anomaly } from "@clew/plugin-sdk";
import type { ColumnProfile, SchemaColumn, TabularDatabase } from "@clew/plugin-tabular";
import { anomaly } from "./anomaly.ts";
import { infinityNorm, jensenShannonDivergence } from "./divergence.ts";
import { binsFor, countBins } from "./histograms.ts";
import type { Shift } from "./parameters.ts";
import type { Profiled } from "./profile-table.ts";
import type { TypedTable } from "./typed-table.ts";
import { sum } from "./cells.ts";
import { countValues, type ValueCount } from "./value-counts.ts";

/** How far a column has moved; null where it cannot be said, as in multiples of what the reference did not have: a mean that never varied. */
export interface ColumnShift {
  column: string;
  mean: number | null;
  stdDev: number | null;
  nullFraction: number | null;
  distinct: number | null;
  infinityNorm: number | null;
  jensenShannonDivergence: number | null;
}
type Measure = Exclude<keyof ColumnShift, "column">;

/** One side of the comparison; both have the same columns. */
export interface Side {
  typed: TypedTable;
  profiled: Pick<Profiled, "rows" | "columns">;
}

const ANOMALIES: Record<Measure, string> = {
  mean: "COMPARATOR_MEAN_HIGH",
  stdDev: "COMPARATOR_STD_DEV_HIGH",
  nullFraction: "COMPARATOR_NULL_FRACTION_HIGH",
  distinct: "COMPARATOR_DISTINCT_HIGH",
  infinityNorm: "COMPARATOR_L_INFTY_HIGH",
  jensenShannonDivergence: "COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH",
};
const WORDS: Record<Measure, string> = {
  mean: "the mean has moved by that many standard deviations of the reference",
  stdDev: "relative change of the standard deviation",
  nullFraction: "change of the share of missing values",
  distinct: "relative change of the number of distinct values",
  infinityNorm: "L-infinity distance of the shares of values",
  jensenShannonDivergence: "Jensen-Shannon divergence of the histograms",
};

/** Without bounds for a measure it is measured all the same. */
export async function compareColumns(
  database: TabularDatabase,
  data: Side,
  reference: Side,
  values: ReadonlyMap<number, ValueCount[] | null>,
): Promise<ColumnShift[]> {
  const bins = binsFor(reference.profiled.columns);
  const [now, before] = [await countBins(database, data.typed, bins), await countBins(database, reference.typed, bins)];
  const only = [...values].flatMap(([column, list]) =>
    list === null ? [] : [{ column, only: list.map(({ value }) => value) }],
  );
  const current = await countValues(database, data.typed, only);
  return reference.profiled.columns.map((old, index) => {
    const fresh = data.profiled.columns[index]!;
    const [nowBins, beforeBins] = [now.get(index), before.get(index)];
    const listed = values.get(index);
    return {
      column: old.name,
      ...momentShifts(fresh, old),
      nullFraction: Math.abs(missingShare(fresh, data.profiled.rows) - missingShare(old, reference.profiled.rows)),
      distinct: old.type === "ANY" ? null : relative(fresh.distinct, old.distinct),
      infinityNorm: listed ? valueShift(listed, current.get(index) ?? [], fresh) : null,
      jensenShannonDivergence: nowBins && beforeBins ? jensenShannonDivergence(nowBins, beforeBins) : null,
    };
  });
}

function momentShifts(fresh: ColumnProfile, old: ColumnProfile): Pick<ColumnShift, "mean" | "stdDev"> {
  const mean = fresh.mean === null || old.mean === null ? null : Math.abs(fresh.mean - old.mean);
  return {
    mean: mean === null || !old.stdDev ? null : mean / old.stdDev,
    stdDev: fresh.stdDev === null || old.stdDev === null ? null : relative(fresh.stdDev, old.stdDev),
  };
}

function missingShare({ present }: ColumnProfile, rows: number): number {
  return rows === 0 ? 0 : 1 - present / rows;
}

function relative(now: number, before: number): number | null {
  return before === 0 ? null : Math.abs(now - before) / before;
}

/** Values that the reference does not have count as one. */
function valueShift(
  before: readonly ValueCount[],
  now: readonly ValueCount[],
  { present, misfits }: ColumnProfile,
): number {
  const counts = new Map(now.map(({ value, count }) => [value, count]));
  const known = before.map(({ value }) => counts.get(value) ?? 0);
  const unseen = Math.max(0, present - misfits - sum(known));
  return infinityNorm([...known, unseen], [...before.map(({ count }) => count), 0]);
}

/** What is above its bound: the column's own, else that for all columns. */
export function shiftAnomalies(
  shifts: readonly ColumnShift[],
  columns: readonly SchemaColumn[],
  shift: Shift | undefined,
  enough: (index: number) => boolean,
): Anomaly[] {
  return shifts.flatMap((moved, index) => {
    if (!enough(index)) return [];
    return (Object.keys(ANOMALIES) as Measure[]).flatMap((measure) => {
      const own = columns[index]!.driftComparator?.[measure];
      const bound = own === undefined ? (shift?.[measure] ?? null) : own;
      const value = moved[measure];
      if (bound === null || value === null || value <= bound) return [];
      return [
        anomaly(
          "ERROR",
          ANOMALIES[measure],
          moved.column,
          `${WORDS[measure]}: ${Number(value.toPrecision(4))}, at most ${bound}`,
        ),
      ];
    });
  });
}

/** Rows by multiples of the reference's. */
export function rowCountAnomalies(rows: number, before: number, shift: Shift | undefined): Anomaly[] {
  if (before === 0) return [anomaly("WARNING", "COMPARATOR_CONTROL_DATA_MISSING", null, "the reference has no rows")];
  const { minRowsRatio = null, maxRowsRatio = null } = shift ?? {};
  const text = `${rows} rows, ${before} in the reference`;
  if (minRowsRatio !== null && rows < before * minRowsRatio)
    return [anomaly("ERROR", "COMPARATOR_LOW_NUM_EXAMPLES", null, text)];
  if (maxRowsRatio !== null && rows > before * maxRowsRatio)
    return [anomaly("ERROR", "COMPARATOR_HIGH_NUM_EXAMPLES", null, text)];
  return [];
}
