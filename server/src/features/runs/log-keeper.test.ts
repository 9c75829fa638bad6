import type { RunEvent } from "@clew/schema";
import { describe, expect, it } from "vitest";
import type { LogLineRow } from "../../ports/run-logs.ts";
import { LogKeeper } from "./log-keeper.ts";

const NOW = 1_900_000_000_000;

/** Keeps rows as a table with that key does. */
class Lines {
  readonly rows = new Map<string, LogLineRow>();
  counts = 0;

  async add(rows: readonly LogLineRow[]): Promise<void> {
    for (const row of rows) {
      const key = `${row.runId} ${row.attempt} ${row.n}`;
      if (!this.rows.has(key)) this.rows.set(key, row);
    }
  }

  async countBelow(runId: string, attempt: number, n: number): Promise<number> {
    this.counts += 1;
    const isBelow = (row: LogLineRow) => row.runId === runId && row.attempt === attempt && row.n < n;
    return [...this.rows.values()].filter(isBelow).length;
  }

  get texts(): string[] {
    return [...this.rows.values()].map(({ attempt, text }) => `${attempt} ${text}`);
  }
}

const said = (n: number, event: RunEvent["event"], attempt = 1): RunEvent => {
  return { schema: "clew/run-event/1", runId: "Run:1", attempt, n, at: new Date(NOW - 5).toISOString(), event };
};
const line = (n: number, attempt = 1) => said(n, { type: "log", level: "info", message: `line ${n}` }, attempt);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const CUT = "the log is cut here: of an attempt 5 lines are kept";

function aKeeper() {
  const lines = new Lines();
  const keeperAfterStart = () => new LogKeeper(lines, 5, () => NOW);
  return { lines, keeper: keeperAfterStart(), keeperAfterStart };
}

describe("the log of an attempt", () => {
  it("has its lines, and nothing of its points and progress", async () => {
    const { lines, keeper } = aKeeper();
    const point = said(2, { type: "metric", name: "loss", value: 1, step: 1 });
    await keeper.keep([line(1), point, said(3, { type: "progress", fraction: null, message: "" }), line(4)]);
    expect([...lines.rows.values()]).toEqual([
      { runId: "Run:1", attempt: 1, n: 1, at: NOW - 5, level: "info", text: "line 1" },
      { runId: "Run:1", attempt: 1, n: 4, at: NOW - 5, level: "info", text: "line 4" },
    ]);
    expect(lines.counts).toBe(0);
  });

  it("is cut once, with a last line that says so, whatever is delivered again and whichever server hears it", async () => {
    const { lines, keeper, keeperAfterStart } = aKeeper();
    await keeper.keep(range(1, 3));
    await keeper.keep([...range(4, 7), line(1, 2)]);
    await keeper.keep(range(8, 9));
    await keeperAfterStart().keep(range(4, 7));
    await keeperAfterStart().keep(range(8, 9));
    expect(lines.texts).toEqual(["1 line 1", "1 line 2", "1 line 3", "1 line 4", "1 line 5", `1 ${CUT}`, "2 line 1"]);
    expect([...lines.rows.values()].find(({ text }) => text === CUT)).toMatchObject({ n: 2 ** 53 - 1, level: "warn" });
  });

  it("is not cut where it has as many lines as are kept, though it measured a lot", async () => {
    const { lines, keeper } = aKeeper();
    const points = Array.from({ length: 20 }, (_, n) => said(n + 3, { type: "metric", name: "a", value: 1, step: n }));
    await keeper.keep([line(1), line(2), ...points, line(23)]);
    await keeper.keep([line(24), line(25)]);
    await keeper.keep([line(24), line(25)]);
    expect(lines.texts).toHaveLength(5);
    await keeper.keep([line(26)]);
    expect(lines.texts.slice(5)).toEqual([`1 ${CUT}`]);
  });

  it("keeps no time to come, and nothing that PostgreSQL would refuse", async () => {
    const { lines, keeper } = aKeeper();
    const strange = said(1, { type: "log", level: "warn", message: "a\0b\ud800c" });
    await keeper.keep([{ ...strange, at: new Date(NOW + 86_400_000).toISOString() }]);
    expect([...lines.rows.values()]).toMatchObject([{ at: NOW, text: "a\ufffdb\ufffdc" }]);
  });
});
