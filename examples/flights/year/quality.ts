/** A figure with its interval of 95 %. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What one of the monitor's windows measured, by name. */
export type Measured = ReadonlyMap<string, number>;

/** Standard errors from the middle of an interval of 95 % to its ends. */
const REACH = 1.96;

/**
 * A figure of several windows: their mean, weighted by rows. The interval takes the windows to be independent and each one's figure to be normal; it
 * says how sure the figure of these flights is, not how much the next month may differ. Null where no window has the figure.
 */
export function combined(windows: readonly Measured[], metric: string): Estimate | null {
  const parts = windows.flatMap((window) => {
    const [rows, value, low, high] = ["rows", metric, `${metric}_low`, `${metric}_high`].map((name) =>
      window.get(name),
    );
    const isMeasured = [rows, value, low, high].every((one) => Number.isFinite(one));
    return isMeasured ? [{ rows: rows!, value: value!, error: (high! - low!) / (2 * REACH) }] : [];
  });
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  if (rows === 0) return null;
  const value = parts.reduce((sum, part) => sum + part.rows * part.value, 0) / rows;
  const error = Math.sqrt(parts.reduce((sum, part) => sum + (part.rows * part.error) ** 2, 0)) / rows;
  return { value, low: value - REACH * error, high: value + REACH * error };
}
