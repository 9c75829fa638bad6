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
      expect(await observed.find(RUN, STREAM)).toBe(0);
      await observed.settle(RUN, STREAM, 2 ** 40);
      await observed.settle(RUN, STREAM, 7);
      expect(await observed.find(RUN, STREAM)).toBe(2 ** 40);
      expect(await observed.find(RUN, "another")).toBe(0);
      expect(await observed.find("Run:other", STREAM)).toBe(0);
      await observed.settle(RUN, STREAM, 2 ** 40 + 1);
      expect(await observed.find(RUN, STREAM)).toBe(2 ** 40 + 1);
      expect(await database.ledger.position("graph")).toBe(0);
    });
  });
}
