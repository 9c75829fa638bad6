import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Recorder } from "../../ledger/recorder.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Operations } from "../../ports/operations.ts";
import type { Dispatch } from "./dispatch-work.ts";
import { Sweeper } from "./sweeper.ts";

const LEASE_MS = 4_000;
const RUN = "Run:0192d7a0-5b1c-7cc3-98c4-dc0c0c07398f";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A sweeper of one lease, and the attempts that it has ended. */
async function aSweeper() {
  const state = { isHearing: true, expiresAt: Date.now(), ended: 0 };
  const operations = {
    extendAllLeases: async (expiresAt: number) => void (state.expiresAt = Math.max(state.expiresAt, expiresAt)),
    expiredLeases: async (now: number) => (state.expiresAt < now ? [{ runId: RUN, attempt: 1 }] : []),
  };
  const record = async () => {
    state.ended += 1;
    state.expiresAt = Number.POSITIVE_INFINITY;
  };
  const sweeper = new Sweeper({
    operations: operations as unknown as Operations,
    recorder: { record } as unknown as Recorder,
    reader: { list: async () => [] } as unknown as NodeReader,
    dispatch: {} as Dispatch,
    findUntaken: async () => null,
    log: { info: () => {}, warn: (fields) => expect(fields).toBeNull(), error: () => {} },
    leaseMs: LEASE_MS,
    isHearing: () => state.isHearing,
  });
  await sweeper.start();
  return { sweeper, state };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const awayFor = (ms: number) => async (state: { isHearing: boolean }) => {
  state.isHearing = false;
  await pass(ms);
  state.isHearing = true;
};

describe("a lease whose runner says nothing", () => {
  test("ends when its time is over, which begins with the server", async () => {
    const { sweeper, state } = await aSweeper();
    await pass(LEASE_MS);
    expect(state.ended).toBe(0);
    await pass(1_000);
    expect(state.ended).toBe(1);
    await sweeper.stop();
  });

  test.each([
    ["NATS was away", awayFor(10 * LEASE_MS)],
    ["the clock was set forward, or the machine slept", async () => void vi.setSystemTime(Date.now() + 3_600_000)],
  ])("has its full time once more after %s", async (_what, happen) => {
    const { sweeper, state } = await aSweeper();
    await happen(state);
    await pass(LEASE_MS);
    expect(state.ended).toBe(0);
    await pass(2_000);
    expect(state.ended).toBe(1);
    await sweeper.stop();
  });

  test("ends all the same where the server comes late by less than a heartbeat", async () => {
    const { sweeper, state } = await aSweeper();
    for (let n = 0; n < 3; n++) {
      await pass(1_000);
      vi.setSystemTime(Date.now() + 900);
    }
    await pass(1_000);
    expect(state.ended).toBe(1);
    await sweeper.stop();
  });
});
