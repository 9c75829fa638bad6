import type { JobMessage, RunEvent } from "@clew/schema";
import { expect, test } from "vitest";
import { RunEvents, type PublishEvent } from "./run-events.ts";

const metric = (step: number): JobMessage => ({ type: "metric", name: "loss", value: 1, step });
const progress = (fraction: number): JobMessage => ({ type: "progress", fraction, message: "" });

function events(publish: PublishEvent, window?: number) {
  const forget = new AbortController();
  const made = new RunEvents({
    runId: "Run:1",
    attempt: 1,
    publish,
    signal: forget.signal,
    ...(window !== undefined && { window }),
  });
  return { made, forget };
}

/** Stores what it gets, but only when told to. */
function aGate() {
  const stored: RunEvent[] = [];
  const waiting: (() => void)[] = [];
  const publish: PublishEvent = (event) =>
    new Promise((done) => {
      waiting.push(() => {
        stored.push(event);
        done();
      });
    });
  return { stored, waiting, publish, open: () => waiting.splice(0).forEach((go) => go()) };
}

const settled = () => new Promise((done) => setTimeout(done, 5));

test("events are numbered from 1 in the order in which they were said; other messages are none", async () => {
  const stored: RunEvent[] = [];
  const { made } = events(async (event) => void stored.push(event));
  await made.send({ type: "hello", protocol: "clew-job/1", plugin: "p", version: "1.0.0", environment: {} });
  await made.send(progress(0.5));
  await made.send({ type: "log", level: "info", message: "hello" });
  await made.send(metric(1));
  await made.send({ type: "result", summary: {} });
  await made.flush();
  expect(stored.map(({ n, event }) => [n, event.type])).toEqual([
    [1, "progress"],
    [2, "log"],
    [3, "metric"],
  ]);
  expect(made.metrics).toBe(1);
});

test("a job that says more than the window holds waits, and no metric point is dropped", async () => {
  const gate = aGate();
  const { made } = events(gate.publish, 2);
  await made.send(metric(1));
  await made.send(metric(2));
  let hasRoom = false;
  const third = made.send(metric(3)).then(() => (hasRoom = true));
  await settled();
  expect(hasRoom).toBe(false);
  gate.open();
  await third;
  gate.open();
  await made.flush();
  expect(gate.stored.map(({ n }) => n)).toEqual([1, 2, 3]);
});

test("of progress that finds the window full the latest is sent, before whatever is said after it", async () => {
  const gate = aGate();
  const { made } = events(gate.publish, 1);
  await made.send(metric(1));
  await made.send(progress(0.1));
  await made.send(progress(0.2));
  const next = made.send(metric(2));
  while (gate.stored.length < 3) {
    await settled();
    gate.open();
  }
  await next;
  await made.flush();
  expect(gate.stored.map(({ n, event }) => [n, event.type === "progress" ? event.fraction : event.type])).toEqual([
    [1, "metric"],
    [2, 0.2],
    [3, "metric"],
  ]);
});

test("progress that is pending at the end is sent by flush", async () => {
  const gate = aGate();
  const { made } = events(gate.publish, 1);
  await made.send(metric(1));
  await made.send(progress(1));
  const flushed = made.flush();
  gate.open();
  await settled();
  gate.open();
  await flushed;
  expect(gate.stored.at(-1)?.event).toMatchObject({ type: "progress", fraction: 1 });
});

test("what could not be published is published again, under the same number", async () => {
  const tried: number[] = [];
  const { made } = events(async ({ n }) => {
    tried.push(n);
    if (tried.length < 3) throw new Error("no answer");
  });
  await made.send(metric(1));
  await made.flush();
  expect(tried).toEqual([1, 1, 1]);
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
