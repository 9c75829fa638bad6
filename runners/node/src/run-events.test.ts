import { setImmediate as turn } from "node:timers/promises";
import { type JobMessage, type RunEvent, type RunEventBatch, runEventsIn } from "@clew/schema";
import { expect, test } from "vitest";
import { RunEvents, type RunEventsOptions, type PublishEvents } from "./run-events.ts";

const metric = (step: number): JobMessage => ({ type: "metric", name: "loss", value: 1, step });
const progress = (fraction: number): JobMessage => ({ type: "progress", fraction, message: "" });
const log = (message: string): JobMessage => ({ type: "log", level: "info", message });

function events(publish: PublishEvents, bounds: Pick<RunEventsOptions, "waitingMax" | "batchMaxBytes"> = {}) {
  const forget = new AbortController();
  const made = new RunEvents({ runId: "Run:1", attempt: 1, publish, signal: forget.signal, ...bounds });
  return { made, forget };
}

const sizeOf = (batch: RunEventBatch) => Buffer.byteLength(JSON.stringify(batch));
/** As a reader sees them, one by one. */
const read = (batches: readonly RunEventBatch[]): RunEvent[] =>
  batches.flatMap((batch) => runEventsIn(Buffer.from(JSON.stringify(batch))) ?? []);
const brief = (batches: readonly RunEventBatch[]) =>
  read(batches).map(({ n, event }) => [n, event.type === "progress" ? event.fraction : event.type]);

/** Stores what it gets, but only when told to. */
function aGate() {
  const stored: RunEventBatch[] = [];
  const waiting: (() => void)[] = [];
  const publish: PublishEvents = (batch) =>
    new Promise((done) => {
      waiting.push(() => {
        stored.push(batch);
        done();
      });
    });
  return { stored, waiting, publish, open: () => waiting.splice(0).forEach((go) => go()) };
}

/** Opens the gate until everything has gone through it. */
async function letAllThrough({ open }: ReturnType<typeof aGate>, until: Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = until.finally(() => (isDone = true));
  while (!isDone) {
    open();
    await turn();
  }
  await done;
}

const settled = () => new Promise((done) => setTimeout(done, 5));

test("events are numbered from 1 in the order in which they were said; other messages are none", async () => {
  const stored: RunEventBatch[] = [];
  const { made } = events(async (batch) => void stored.push(batch));
  await made.send({ type: "hello", protocol: "clew-job/1", plugin: "p", version: "1.0.0", environment: {} });
  await made.send(progress(0.5));
  await made.send(log("hello"));
  await made.send(metric(1));
  await made.send({ type: "result", summary: {} });
  await made.flush();
  expect(brief(stored)).toEqual([
    [1, 0.5],
    [2, "log"],
    [3, "metric"],
  ]);
  expect(made.metrics).toBe(1);
});

test("what is said at once goes in one message, what is said alone goes at once", async () => {
  const stored: RunEventBatch[] = [];
  const { made } = events(async (batch) => void stored.push(batch));
  for (let step = 0; step < 1_000; step++) await made.send(metric(step));
  await turn();
  await made.send(metric(1_000));
  await turn();
  await made.send(metric(1_001));
  await made.flush();
  expect(stored.map(({ n, events: said }) => [n, said.length])).toEqual([
    [1, 1_000],
    [1_001, 1],
    [1_002, 1],
  ]);
  expect(read(stored).map(({ n, event }) => [n, "step" in event && event.step])).toEqual(
    Array.from({ length: 1_002 }, (_, step) => [step + 1, step]),
  );
  expect(made.metrics).toBe(1_002);
});

test("what is said while a message is on its way goes with the next one, and no two are on their way at once", async () => {
  const gate = aGate();
  const { made } = events(gate.publish);
  await made.send(metric(1));
  await turn();
  await made.send(log("a"));
  await turn();
  await made.send(metric(2));
  await settled();
  expect(gate.waiting).toHaveLength(1);
  await letAllThrough(gate, made.flush());
  expect(gate.stored.map(({ n, events: said }) => [n, said.length])).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("a message stays below its bound of bytes, and a line that would not fit alone is shortened", async () => {
  const stored: RunEventBatch[] = [];
  const { made } = events(async (batch) => void stored.push(batch), { batchMaxBytes: 2_000 });
  for (let n = 0; n < 50; n++) await made.send(log("\u0000".repeat(20)));
  await made.send(log("\u0000".repeat(9_000)));
  await made.flush();
  expect(Math.max(...stored.map(sizeOf))).toBeLessThanOrEqual(2_000);
  expect(stored.length).toBeLessThan(25);
  expect(read(stored).map(({ n }) => n)).toEqual(Array.from({ length: 51 }, (_, n) => n + 1));
});

test("a job that says more than may wait is held up, by what it says on either way, and no metric point is dropped", async () => {
  const gate = aGate();
  const { made } = events(gate.publish, { waitingMax: 2 });
  await made.send(metric(1));
  await made.send(metric(2));
  let passed = 0;
  const both = Promise.all([metric(3), log("on standard error")].map((said) => made.send(said).then(() => passed++)));
  expect(passed).toBe(0);
  await letAllThrough(gate, both);
  await letAllThrough(gate, made.flush());
  expect(read(gate.stored).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
});

test("of progress that waits only the latest is sent, before whatever is said after it", async () => {
  const gate = aGate();
  const { made } = events(gate.publish);
  await made.send(metric(1));
  await turn();
  await made.send(progress(0.1));
  await made.send(progress(0.2));
  await made.send(metric(2));
  await made.send(progress(1));
  await letAllThrough(gate, made.flush());
  expect(brief(gate.stored)).toEqual([
    [1, "metric"],
    [2, 0.2],
    [3, "metric"],
    [4, 1],
  ]);
});

test("what could not be published is published again as it was, before anything that was said later", async () => {
  const tried: string[] = [];
  const { made } = events(async (batch) => {
    tried.push(`${batch.n} ${batch.events.length}`);
    if (tried.length === 1) await made.send(metric(3));
    if (tried.length < 3) throw new Error("no answer");
  });
  await made.send(metric(1));
  await made.send(metric(2));
  await made.flush();
  expect(tried).toEqual(["1 2", "1 2", "1 2", "3 1"]);
});

test("a forgotten attempt waits for nobody", async () => {
  const { made, forget } = events(async () => {
    throw new Error("no answer");
  });
  await made.send(metric(1));
  const flushed = made.flush();
  forget.abort(new Error("the lease is lost"));
  await expect(flushed).rejects.toThrow("the lease is lost");
  await expect(made.send(metric(2))).rejects.toThrow("the lease is lost");
});
