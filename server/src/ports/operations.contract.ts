import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Recorder } from "../ledger/recorder.ts";
import { type ContractDatabase, count, counterId, type OpenDatabase } from "./ledger-store.fixture.ts";
import type { LeaseRow, MeasurementRow, SideRows, TokenRow } from "./ledger-store.ts";

const SOON = 1_900_000_000_000;

const aLease = (run: string, row: Partial<LeaseRow> = {}): LeaseRow => ({
  runId: counterId(run),
  attempt: 1,
  runnerId: "Runner:one",
  tokenHash: "00",
  expiresAt: SOON,
  ...row,
});
const aToken = (name: string, row: Partial<TokenRow> = {}): TokenRow => ({
  id: counterId(name),
  hash: `hash of ${name}`,
  name,
  agentId: "Agent:one",
  grants: '{"*":["ADMIN"]}',
  expiresAt: null,
  revokedAt: null,
  ...row,
});
const aPoint = (n: number, row: Partial<MeasurementRow> = {}): MeasurementRow => ({
  runId: counterId("run"),
  attempt: 1,
  name: "loss",
  step: n,
  n,
  at: SOON,
  value: String(n / 2),
  ...row,
});

/** Leases, tokens and measurements: the rows that facts bring along, and those that are none. */
export function describeOperations(open: OpenDatabase): void {
  let database: ContractDatabase;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(() => database.dispose());
  const record = (side: SideRows) => new Recorder(database.ledger).record(count("any", { side }));

  describe("leases", () => {
    it("are taken over by the next attempt, and end", async () => {
      await record({ leases: [aLease("a"), aLease("b")] });
      const next = aLease("a", { attempt: 2, runnerId: "Runner:two", expiresAt: SOON + 5 });
      await record({ leases: [next] });
      expect(await database.operations.leases([counterId("a")])).toEqual([next]);
      await record({ endedLeases: [counterId("a")] });
      expect(await database.operations.leases([counterId("a"), counterId("b")])).toEqual([aLease("b")]);
      expect(await database.operations.leases([])).toEqual([]);
    });

    it("are renewed while attempt and runner hold", async () => {
      await record({ leases: [aLease("a"), aLease("b"), aLease("c", { runnerId: "Runner:two" })] });
      const held = [
        { runId: counterId("a"), attempt: 1 },
        { runId: counterId("b"), attempt: 2 },
        { runId: counterId("c"), attempt: 1 },
      ];
      expect(await database.operations.renewLeases("Runner:one", held, SOON + 9)).toBe(1);
      expect(await database.operations.renewLeases("Runner:one", [], SOON + 99)).toBe(0);
      const ends = (await database.operations.leases(["a", "b", "c"].map(counterId))).map((row) => [
        row.runId,
        row.expiresAt,
      ]);
      expect(Object.fromEntries(ends)).toEqual({
        [counterId("a")]: SOON + 9,
        [counterId("b")]: SOON,
        [counterId("c")]: SOON,
      });
    });

    it("expire, the longest gone first", async () => {
      const [early, late, later] = [SOON, SOON + 1, SOON + 2].map((expiresAt, n) => aLease(`r${n}`, { expiresAt }));
      await record({ leases: [later!, late!, early!] });
      expect(await database.operations.expiredLeases(SOON + 1, 9)).toEqual([early, late]);
      expect(await database.operations.expiredLeases(SOON + 1, 1)).toEqual([early]);
      expect(await database.operations.expiredLeases(SOON - 1, 9)).toEqual([]);
    });

    it("are extended all at once, and none is shortened", async () => {
      await record({ leases: [aLease("a"), aLease("b", { expiresAt: SOON + 100 })] });
      await database.operations.extendAllLeases(SOON + 50);
      const ends = (await database.operations.expiredLeases(SOON + 999, 9)).map(({ expiresAt }) => expiresAt);
      expect(ends).toEqual([SOON + 50, SOON + 100]);
    });
  });

  describe("tokens", () => {
    it("are found by hash, and keep all but the end when they are revoked", async () => {
      await record({ tokens: [aToken("a", { expiresAt: SOON }), aToken("b")] });
      expect(await database.operations.tokenByHash("hash of a")).toEqual(aToken("a", { expiresAt: SOON }));
      expect(await database.operations.tokenByHash("a")).toBeNull();
      await record({ tokens: [aToken("a", { grants: "{}", revokedAt: SOON })] });
      expect(await database.operations.tokenByHash("hash of a")).toEqual(
        aToken("a", { expiresAt: SOON, revokedAt: SOON }),
      );
      const holds = (agentId: string, now: number) => database.operations.holdsToken(agentId, now);
      expect([await holds("Agent:one", SOON), await holds("Agent:nobody", SOON)]).toEqual([true, false]);
      await record({ tokens: [aToken("c", { agentId: "Agent:two", expiresAt: SOON })] });
      expect([await holds("Agent:two", SOON - 1), await holds("Agent:two", SOON)]).toEqual([true, false]);
      await record({ tokens: [aToken("c", { agentId: "Agent:two", expiresAt: SOON, revokedAt: 1 })] });
      expect(await holds("Agent:two", SOON - 1)).toBe(false);
      const names = async (of?: { id: string } | { agentId: string }) =>
        (await database.operations.tokens(of)).map(({ name }) => name).toSorted();
      expect(await names()).toEqual(["a", "b", "c"]);
      expect(await names({ agentId: "Agent:two" })).toEqual(["c"]);
      expect([await names({ id: counterId("b") }), await names({ id: "Token:none" })]).toEqual([["b"], []]);
    });
  });

  describe("measurements", () => {
    it("are kept once each, the first word counts", async () => {
      const points = Array.from({ length: 1_200 }, (_, n) => aPoint(n + 1));
      await database.operations.addMeasurements(points);
      await database.operations.addMeasurements([aPoint(1, { value: "99" }), aPoint(1, { attempt: 2 }), aPoint(1201)]);
      await database.operations.addMeasurements([]);
      expect(await database.operations.countMeasurements(counterId("run"), 1)).toBe(1_201);
      expect(await database.operations.countMeasurements(counterId("run"), 2)).toBe(1);
      const [first] = await database.operations.measurements(counterId("run"), "loss", 0, 1);
      expect(first).toEqual(aPoint(1));
    });

    it("keep every whole number exactly", async () => {
      const point = aPoint(2 ** 40, { step: Number.MAX_SAFE_INTEGER });
      await database.operations.addMeasurements([point]);
      expect(await database.operations.measurements(counterId("run"), null, 0, 9)).toEqual([point]);
    });

    it("come in the order of their numbers, by name or all", async () => {
      const rows = [aPoint(3), aPoint(1), aPoint(2, { name: "auc" })];
      await database.operations.addMeasurements(rows);
      const numbers = async (name: string | null, after: number) =>
        (await database.operations.measurements(counterId("run"), name, after, 9)).map(({ n }) => n);
      expect(await numbers(null, 0)).toEqual([1, 2, 3]);
      expect(await numbers("loss", 0)).toEqual([1, 3]);
      expect(await numbers(null, 2)).toEqual([3]);
      expect(await numbers("none", 0)).toEqual([]);
    });
  });
}
