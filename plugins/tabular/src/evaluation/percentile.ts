/** Percentile of sorted numbers with linear interpolation, as numpy.percentile has it; `share` is 0 to 1. */
export function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const below = sorted[low]!;
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return below + (above - below) * (place - low);
}

/** [low, high] */
export type Interval = [number, number];

/** The share of resamples that must define a metric for it to have an interval. */
const MIN_DEFINED = 0.9;

/** The middle 95 % of a metric's values over resamples (Efron 1979); NaN where too few resamples define the metric. */
export function interval95(values: readonly number[]): Interval {
  const defined = Float64Array.from(values.filter((value) => !Number.isNaN(value))).toSorted();
  if (defined.length < MIN_DEFINED * values.length) return [Number.NaN, Number.NaN];
  return [percentile(defined, 0.025), percentile(defined, 0.975)];
}
