import type { RunEvent } from "@clew/schema";
import type { LogLineRow, RunLogs } from "../../ports/run-logs.ts";

/** The number of the line that says that an attempt's log is cut: behind every event, and once however often it is written. */
const CUT_N = Number.MAX_SAFE_INTEGER;
/** How many attempts are remembered whose log is full. */
const FULL_MAX = 1_000;

/**
 * Keeps what jobs say. Of an attempt that says more than `linesMax` lines the first ones are kept, and a last one that says so. Two
 * servers that hear one attempt at once may keep a few more.
 */
export class LogKeeper {
  readonly #logs: Pick<RunLogs, "add" | "countBelow">;
  readonly #linesMax: number;
  readonly #now: () => number;
  readonly #full = new Set<string>();

  constructor(logs: Pick<RunLogs, "add" | "countBelow">, linesMax: number, now: () => number = Date.now) {
    this.#logs = logs;
    this.#linesMax = linesMax;
    this.#now = now;
  }

  /** The same again changes nothing. */
  async keep(events: readonly RunEvent[]): Promise<void> {
    const said = events.flatMap((event) => lineIn(event, this.#now()));
    const attempts = Map.groupBy(said, ({ runId, attempt }) => `${runId}:${attempt}`);
    const kept = await Promise.all([...attempts].map(([key, lines]) => this.#within(key, lines)));
    await this.#logs.add(kept.flat());
  }

  /** Those of an attempt's lines that are kept. */
  async #within(key: string, lines: readonly LogLineRow[]): Promise<readonly LogLineRow[]> {
    if (this.#full.has(key)) return [];
    const ordered = lines.toSorted((a, b) => a.n - b.n);
    // Lines are events, so that there are no more of them than the last one's number.
    if (ordered.at(-1)!.n <= this.#linesMax) return ordered;
    const { runId, attempt, n } = ordered[0]!;
    const room = Math.max(0, this.#linesMax - (await this.#logs.countBelow(runId, attempt, n)));
    const cut = ordered[room];
    if (cut === undefined) return ordered;
    this.#remember(key);
    return [...ordered.slice(0, room), this.#cutLine(cut)];
  }

  #cutLine({ runId, attempt, at }: LogLineRow): LogLineRow {
    const text = `the log is cut here: of an attempt ${this.#linesMax} lines are kept`;
    return { runId, attempt, n: CUT_N, at, level: "warn", text };
  }

  #remember(key: string): void {
    const [oldest] = this.#full;
    if (this.#full.size >= FULL_MAX && oldest !== undefined) this.#full.delete(oldest);
    this.#full.add(key);
  }
}

/** The line to keep in SQL; none of points and progress. */
function lineIn({ runId, attempt, n, at, event }: RunEvent, now: number): LogLineRow[] {
  if (event.type !== "log") return [];
  // A clock that is ahead would keep its lines for longer than they may be.
  const saidAt = Math.min(Date.parse(at), now);
  return [{ runId, attempt, n, at: saidAt, level: event.level, text: storable(event.message) }];
}

/** Without what PostgreSQL refuses, which would hold up all that was said with it. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
