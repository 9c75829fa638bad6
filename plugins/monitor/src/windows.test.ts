import { expect, test } from "vitest";
import { HOURLY } from "../test/stream.fixture.ts";
import { CountWindows } from "./count-windows.ts";
import { Parameters } from "./parameters.ts";
import { settingsOf } from "./settings.ts";
import { TimeWindows } from "./time-windows.ts";
import { Window, type WindowSpan } from "./window.ts";
import type { Windows } from "./windows.ts";

const settings = settingsOf(Parameters.parse(HOURLY));
const make = (span: WindowSpan, endMs: number) => new Window(span, endMs, settings);
const shared = { graceMs: 10, waitMs: null, waitingMax: 0, before: 0, make };
const time = (before = 0) => new TimeWindows({ ...shared, before, lengthMs: 100, aheadMs: 5 });

/** The windows that are due, which are done then. */
function closed(windows: Windows): number[] {
  const ordinals: number[] = [];
  for (let due = windows.due(); due !== null; due = windows.due()) {
    ordinals.push(due.window.startMs);
    windows.done(due);
  }
  return ordinals;
}

function arrive(windows: Windows, seq: number, storedAtMs: number, isMessage = true): number[] {
  windows.arrive({ seq, storedAtMs, isMessage });
  return closed(windows);
}

test("a window of time begins at a multiple of its length, and is whole where reading began before anything of it could be stored", () => {
  const windows = time();
  arrive(windows, 1, 195);
  expect(windows.place(199)).toBe("BEFORE");
  expect(windows.place(200)).toMatchObject({ startMs: 200, endMs: 300 });
  const later = time();
  arrive(later, 1, 196);
  expect(later.place(200)).toBe("BEFORE");
  expect(later.place(300)).toMatchObject({ startMs: 300 });
});

test("it is closed when something is stored the grace after its end, a word of silence as well; each once, in their order", () => {
  const windows = time();
  arrive(windows, 1, 150);
  expect(arrive(windows, 2, 309)).toEqual([]);
  expect(windows.place(299)).toMatchObject({ startMs: 200 });
  expect(arrive(windows, 3, 310, false)).toEqual([200]);
  expect(windows.place(299)).toBe("LATE");
  expect(arrive(windows, 4, 610)).toEqual([300, 400, 500]);
  expect(arrive(windows, 5, 610)).toEqual([]);
});

test("after a long silence no more than the last thousand empty windows are closed, and those that are not empty", () => {
  const windows = time();
  arrive(windows, 1, 100);
  windows.place(250);
  const starts = arrive(windows, 2, 100_000_000);
  expect(starts).toHaveLength(1_001);
  expect([starts[0], starts.at(-1)]).toEqual([200, 99_999_800]);
});

test("the stream is settled up to before the last message that an open window needs read with it", () => {
  const windows = time();
  arrive(windows, 10, 150);
  expect(windows.settled()).toBe(9);
  arrive(windows, 20, 180);
  expect(windows.settled()).toBe(19);
  arrive(windows, 30, 250);
  arrive(windows, 99, 290, false);
  expect(windows.settled()).toBe(19);
  arrive(windows, 40, 296);
  arrive(windows, 50, 311);
  expect(windows.settled()).toBe(29);
});

test("it keeps the windows before an open one that are looked at with it", () => {
  const windows = time(1);
  for (const [index, storedAtMs] of [150, 250, 350, 450].entries()) arrive(windows, index + 1, storedAtMs);
  // The window of 300 is closed, that of 400 is open.
  expect(windows.settled()).toBe(1);
});

test("a window of rows ends with the message that fills it, and begins with the next", () => {
  const windows = new CountWindows({ ...shared, rows: 3 });
  const bring = (seq: number, rows: number) => {
    windows.arrive({ seq, storedAtMs: seq * 10, isMessage: true });
    const window = windows.current();
    window.liveRows += rows;
    return [window.name, ...closed(windows)];
  };
  expect(bring(5, 2)).toEqual(["seq-5"]);
  expect(windows.settled()).toBe(4);
  expect(bring(6, 2)).toEqual(["seq-5", 50]);
  expect(windows.settled()).toBe(6);
  expect(bring(9, 3)).toEqual(["seq-9", 90]);
});
