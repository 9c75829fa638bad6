import type { Arrival, Due, Placed, PlacedLabel, Windows, WindowsOptions } from "./windows.ts";
import type { Window } from "./window.ts";

export interface TimeWindowsOptions extends WindowsOptions {
  readonly lengthMs: number;
  /** How much later than it is stored something may say that it was predicted. */
  readonly aheadMs: number;
}

/** Empty windows that are closed at once where the stream was silent for long. */
const EMPTY_MAX = 1_000;

/**
 * Windows of time, aligned to 1970. A window is closed once something is stored that much after its end; what comes for it afterwards is late. So
 * whether something is late follows from itself alone, and an attempt that reads again comes to the same windows. A window that began before
 * the attempt reads is not whole: an earlier attempt has reported it, or nobody has read its beginning.
 */
export class TimeWindows implements Windows {
  readonly #options: TimeWindowsOptions;
  readonly #open = new Map<number, Window>();
  #firstWhole: number | null = null;
  #closed = 0;
  #storedAtMs = 0;
  /** The place of the last message. */
  #message: number | null = null;
  /** Where an attempt must begin so that the windows up to this one are whole to it: with a message that was stored before any of theirs could be. */
  readonly #marks: { readonly upTo: number; readonly seq: number | null }[] = [];

  constructor(options: TimeWindowsOptions) {
    this.#options = options;
  }

  arrive({ seq, storedAtMs, isMessage }: Arrival): void {
    const { lengthMs, aheadMs } = this.#options;
    if (this.#firstWhole === null) {
      this.#firstWhole = Math.ceil((storedAtMs + aheadMs) / lengthMs);
      this.#closed = this.#firstWhole - 1;
    }
    const upTo = Math.floor((storedAtMs + aheadMs) / lengthMs);
    if (upTo > (this.#marks.at(-1)?.upTo ?? -1)) this.#marks.push({ upTo, seq: this.#before() });
    this.#storedAtMs = storedAtMs;
    if (isMessage) this.#message = seq;
  }

  place(atMs: number): Placed {
    const index = this.#indexOf(atMs);
    if (this.#storedAtMs >= this.#closesAt(index)) return "LATE";
    return this.#window(index) ?? "BEFORE";
  }

  current(): Window | null {
    return this.#window(this.#indexOf(this.#storedAtMs));
  }

  due(): Due | null {
    const predictions = this.#nextToClose();
    const labels = this.#nextToConclude();
    if (predictions === null || labels === null) return predictions ?? labels;
    return this.#labelsUntil(labels.window.ordinal) < this.#closesAt(predictions.window.ordinal) ? labels : predictions;
  }

  done({ window, what }: Due): void {
    if (what === "predictions") {
      window.isClosed = true;
      this.#closed = Math.max(this.#closed, window.ordinal);
    }
    if (what === "labels" || window.waiting === null) this.#open.delete(window.ordinal);
  }

  open(): Iterable<Window> {
    return this.#open.values();
  }

  placeLabel(atMs: number | null): PlacedLabel {
    if (atMs === null || atMs > this.#storedAtMs + this.#options.aheadMs) return this.current() ?? "SETTLED";
    const index = this.#indexOf(atMs);
    if (this.#storedAtMs >= this.#labelsUntil(index)) return "LATE";
    return (index <= this.#closed ? this.#open.get(index) : this.#window(index)) ?? "SETTLED";
  }

  settled(): number | null {
    const needed = Math.min(this.#closed + 1, ...this.#open.keys()) - this.#options.before;
    while (this.#marks.length > 0 && this.#marks[0]!.upTo < needed) this.#marks.shift();
    const [mark] = this.#marks;
    return mark === undefined ? this.#before() : mark.seq;
  }

  #before(): number | null {
    return this.#message === null ? null : this.#message - 1;
  }

  #nextToClose(): Due | null {
    const { lengthMs, graceMs } = this.#options;
    const last = Math.floor((this.#storedAtMs - graceMs) / lengthMs) - 1;
    const unclosed = [...this.#open.values()].filter(({ isClosed }) => !isClosed).map(({ ordinal }) => ordinal);
    const next = Math.min(Math.max(this.#closed + 1, last - EMPTY_MAX + 1), ...unclosed);
    const window = next > last ? null : this.#window(next);
    return window === null ? null : { window, what: "predictions" };
  }

  #nextToConclude(): Due | null {
    const closed = [...this.#open.values()]
      .filter(({ isClosed }) => isClosed)
      .toSorted((a, b) => a.ordinal - b.ordinal);
    const window =
      closed.length > this.#options.waitingMax
        ? closed[0]
        : closed.find((one) => one.waiting!.isComplete || this.#storedAtMs >= this.#labelsUntil(one.ordinal));
    return window === undefined ? null : { window, what: "labels" };
  }

  /** Null where it is not whole. */
  #window(index: number): Window | null {
    if (index < this.#firstWhole!) return null;
    const known = this.#open.get(index);
    if (known !== undefined) return known;
    const startMs = index * this.#options.lengthMs;
    const name = new Date(startMs).toISOString();
    const window = this.#options.make(
      { name, ordinal: index, place: index, startMs },
      startMs + this.#options.lengthMs,
    );
    this.#open.set(index, window);
    return window;
  }

  #indexOf(ms: number): number {
    return Math.floor(ms / this.#options.lengthMs);
  }

  #closesAt(index: number): number {
    return (index + 1) * this.#options.lengthMs + this.#options.graceMs;
  }

  #labelsUntil(index: number): number {
    return this.#closesAt(index) + (this.#options.waitMs ?? 0);
  }
}
