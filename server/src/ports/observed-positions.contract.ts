import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContractDatabase, OpenDatabase } from "./ledger-store.fixture.ts";

const RUN = `Run:${"0".repeat(36)}`;
const STREAM = "0123456789abcdef";

/** Positions of runs that watch, beside those of the ledger's followers. */
export function describeObservedPositions(open: OpenDatabase): void {
  describe("positions of what is observed", () => {
    let database: ContractDatabase;
    beforeEach(async () => {
      database = await open();
    });
    afterEach(() => database.dispose());

    it("are kept for each run and making of the stream, and never go back", async () => {
      const { observed } = database;
      const nothing = { seq: 0, kept: null };
      expect(await observed.find(RUN, STREAM)).toEqual(nothing);
      await observed.settle(RUN, STREAM, { seq: 2 ** 40, kept: "sums, 🧵" });
      for (const seq of [7, 2 ** 40]) await observed.settle(RUN, STREAM, { seq, kept: "other sums" });
      expect(await observed.find(RUN, STREAM)).toEqual({ seq: 2 ** 40, kept: "sums, 🧵" });
      expect(await observed.find(RUN, "another")).toEqual(nothing);
      expect(await observed.find("Run:other", STREAM)).toEqual(nothing);
      await observed.settle(RUN, STREAM, { seq: 2 ** 40 + 1, kept: null });
      expect(await observed.find(RUN, STREAM)).toEqual({ seq: 2 ** 40 + 1, kept: null });
      expect(await database.ledger.position("graph")).toBe(0);
    });
  });
}
