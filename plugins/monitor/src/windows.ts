import type { Window, WindowSpan } from "./window.ts";

/** A window that is due: no more predictions come, or its labels are waited for no longer. */
export interface Due {
  readonly window: Window;
  readonly what: "predictions" | "labels";
}

/** LATE: its window is closed. BEFORE: its window began before this attempt reads, so that it is not whole. */
export type Placed = Window | "LATE" | "BEFORE";

/**
 * The window that a label's prediction is of, or may come in. LATE: that waits for labels no longer. SETTLED: it was reported before, or read by an earlier attempt; the
 * label tells nothing new.
 */
export type PlacedLabel = Window | "LATE" | "SETTLED";

/** An observation, as far as windows look at it. */
export interface Arrival {
  readonly seq: number;
  readonly storedAtMs: number;
  /** A message that the stream holds, and not the word that there is none. */
  readonly isMessage: boolean;
}

/** What windows of time and windows of rows are both told. */
export interface WindowsOptions {
  readonly graceMs: number;
  /** How long labels are waited for; null where none are. */
  readonly waitMs: number | null;
  /** Windows that may wait for labels. */
  readonly waitingMax: number;
  /** Windows before an open one that are needed beside it. */
  readonly before: number;
  readonly make: (span: WindowSpan, endMs: number) => Window;
}

/** Which windows there are, when each is due, and how far the stream is settled. Pure: time is what the stream says. */
export interface Windows {
  /** Told of each observation before anything of it is placed. */
  arrive(arrival: Arrival): void;
  /** The window of what was predicted then. */
  place(atMs: number): Placed;
  /** The window in which things are stored now; null where it is not whole. */
  current(): Window | null;
  /** The next one due, in the order of their times; it is due until it is told to be done. Null where none is. */
  due(): Due | null;
  done(due: Due): void;
  /** Those that are not done. */
  open(): Iterable<Window>;
  /** Of a label that comes now, and that no open window has. @param atMs when its prediction was asked for; null where its inference does not say */
  placeLabel(atMs: number | null): PlacedLabel;
  /** The last place of the stream before everything that is needed still; null where there is none. */
  settled(): number | null;
}
