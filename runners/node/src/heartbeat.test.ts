import type { Heartbeat } from "@clew/schema";
import { expect, onTestFinished, test, vi } from "vitest";
import { HeldLeases } from "./held-leases.ts";
import { Heartbeats } from "./heartbeat.ts";
import { createLogger } from "./logger.ts";

/** Heartbeats at a clock of the test's own, and how many milliseconds after its start each was sent. */
function beating() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const beganAt = Date.now();
  const beats: Heartbeat[] = [];
  const leases = new HeldLeases(() => heartbeats.beat());
  const heartbeats = new Heartbeats({
    runnerId: "Runner:1",
    pool: "default",
    slots: 2,
    plugins: [],
    leases,
    log: createLogger("silent", []),
    send: async (beat) => void beats.push(beat),
  });
  onTestFinished(() => heartbeats.stop());
  const sentAt = () => beats.map(({ at }) => Date.parse(at) - beganAt);
  return { heartbeats, leases, beats, sentAt };
}

const every = (ms: number, untilMs: number) => Array.from({ length: untilMs / ms + 1 }, (_, n) => n * ms);

test.each([
  ["four times in a lease", 2_000, 500],
  ["each 5 s where a lease is long", 60_000, 5_000],
  ["at most each 250 ms where it is short", 100, 250],
])("beats come %s", async (_, leaseMs, everyMs) => {
  const { leases, beats, sentAt } = beating();
  leases.take({ runId: "Run:1", attempt: 1, leaseMs });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sentAt()).toEqual(every(everyMs, 10_000));
  expect(beats.every((beat) => beat.leases[0]?.runId === "Run:1")).toBe(true);
});

test("beats keep the pace of the shortest lease that is held, and each change is told at once", async () => {
  const { heartbeats, leases, beats, sentAt } = beating();
  heartbeats.beat();
  await vi.advanceTimersByTimeAsync(6_000);
  const [long, short] = [
    { runId: "Run:1", attempt: 1, leaseMs: 8_000 },
    { runId: "Run:2", attempt: 1, leaseMs: 2_000 },
  ];
  leases.take(long);
  leases.take(short);
  await vi.advanceTimersByTimeAsync(1_100);
  leases.release(short);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(sentAt()).toEqual([0, 5_000, 6_000, 6_000, 6_500, 7_000, 7_100, 9_100, 11_100]);
  expect(beats.map((beat) => beat.leases.length)).toEqual([0, 0, 2, 2, 2, 2, 1, 1, 1]);
});
