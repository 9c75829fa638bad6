import { timeId } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContractDatabase, OpenDatabase } from "./ledger-store.fixture.ts";
import type { LogLineRow } from "./run-logs.ts";

const DAY_MS = 24 * 3600 * 1000;
const NOW = 1_900_000_000_000;
const START = { attempt: 0, n: 0 };

export function describeRunLogs(open: OpenDatabase): void {
  describe("lines of a log", () => {
    let database: ContractDatabase;
    let run: string;
    beforeEach(async () => {
      database = await open();
      run = timeId("Run", NOW);
    });
    afterEach(() => database.dispose());

    const aLine = (n: number, row: Partial<LogLineRow> = {}): LogLineRow => ({
      runId: run,
      attempt: 1,
      n,
      at: NOW,
      level: "info",
      text: `line ${n}`,
      ...row,
    });
    const numbers = async (attempt: number | null, after = START, limit = 9) =>
      (await database.logs.lines(run, attempt, after, limit)).map((row) => [row.attempt, row.n]);

    it("are kept once each, as they were said first", async () => {
      const lines = Array.from({ length: 1_200 }, (_, n) => aLine(n + 1));
      await database.logs.add(lines);
      await database.logs.add([aLine(1, { text: "another" }), aLine(1, { attempt: 2 }), aLine(1_201)]);
      await database.logs.add([]);
      const [first] = await database.logs.lines(run, null, START, 1);
      expect(first).toEqual(aLine(1));
      expect(await database.logs.countBelow(run, 1, 2_000)).toBe(1_201);
      expect(await database.logs.countBelow(run, 1, 11)).toBe(10);
      expect(await database.logs.countBelow(run, 2, 2_000)).toBe(1);
    });

    it("keep whole numbers and every character exactly", async () => {
      const line = aLine(Number.MAX_SAFE_INTEGER, { text: `"ü\n\t🧶'?` });
      await database.logs.add([line]);
      expect(await database.logs.lines(run, null, START, 9)).toEqual([line]);
    });

    it("come in the order of attempts and numbers, of one attempt or all, behind a place", async () => {
      await database.logs.add([aLine(3), aLine(1), aLine(2, { attempt: 2 }), aLine(1, { runId: timeId("Run", NOW) })]);
      expect(await numbers(null)).toEqual([
        [1, 1],
        [1, 3],
        [2, 2],
      ]);
      expect(await numbers(1)).toEqual([
        [1, 1],
        [1, 3],
      ]);
      expect(await numbers(null, { attempt: 1, n: 1 })).toEqual([
        [1, 3],
        [2, 2],
      ]);
      expect(await numbers(null, { attempt: 1, n: 3 })).toEqual([[2, 2]]);
      expect(await numbers(2, { attempt: 2, n: 2 })).toEqual([]);
      expect(await numbers(null, START, 2)).toHaveLength(2);
    });

    it("are forgotten when they are old, a few at a time, but not the young lines of a run that goes on", async () => {
      const service = timeId("Run", NOW - 9 * DAY_MS);
      const old = [1, 2, 3].map((n) => aLine(n, { runId: service, at: NOW - 8 * DAY_MS }));
      // A runner whose clock is slow: its run is not old.
      const slow = aLine(1, { at: 0 });
      await database.logs.add([...old, aLine(4, { runId: service }), slow]);
      expect(await database.logs.forget(NOW - 7 * DAY_MS, 2)).toBe(2);
      expect(await database.logs.forget(NOW - 7 * DAY_MS, 2)).toBe(1);
      expect(await database.logs.forget(NOW - 7 * DAY_MS, 2)).toBe(0);
      expect((await database.logs.lines(service, null, START, 9)).map(({ n }) => n)).toEqual([4]);
      expect(await database.logs.lines(run, null, START, 9)).toEqual([slow]);
    });
  });
}
