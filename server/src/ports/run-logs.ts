/** A line of a job's log: `n` is the number of the attempt's event that said it. No fact: deleted when it is old. */
export interface LogLineRow {
  readonly runId: string;
  readonly attempt: number;
  readonly n: number;
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
  /** debug, info, warn or error. */
  readonly level: string;
  readonly text: string;
}

/** Where a reader of a run's log stands: behind this line. */
export interface LogPlace {
  readonly attempt: number;
  readonly n: number;
}

/** What the jobs of runs have said, line by line. */
export interface RunLogs {
  /** Stores lines; the same (run, attempt, n) again changes nothing. */
  add(rows: readonly LogLineRow[]): Promise<void>;
  /** At most `limit` lines behind a place, of one attempt or of all, in the order of their attempts and numbers. */
  lines(runId: string, attempt: number | null, after: LogPlace, limit: number): Promise<readonly LogLineRow[]>;
  /** How many lines of an attempt have a number below `n`. */
  countBelow(runId: string, attempt: number, n: number): Promise<number>;
  /**
   * Deletes at most `limit` lines that were said before `before` (milliseconds since 1970) by runs that were submitted before it. Answers how
   * many.
   */
  forget(before: number, limit: number): Promise<number>;
}
