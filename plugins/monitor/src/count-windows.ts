import type { Arrival, Due, Windows, WindowsOptions } from "./windows.ts";
import type { Window } from "./window.ts";

export interface CountWindowsOptions extends WindowsOptions {
  /** Answered rows of live models. */
  readonly rows: number;
}

/** Windows of so many rows in the order of the stream. Each ends with a message, so that an attempt that begins after it cuts the next ones alike. */
export class CountWindows implements Windows {
  readonly #options: CountWindowsOptions;
  #filling: Window | null = null;
  /** Full ones that wait for labels, the oldest first. */
  #waiting: Window[] = [];
  /** Where each of the last windows began. */
  readonly #begins: { readonly ordinal: number; readonly seq: number }[] = [];
  #ordinal = 0;
  #storedAtMs = 0;
  #seq = 0;

  constructor(options: CountWindowsOptions) {
    this.#options = options;
  }

  /** The message after a window begins the next one, whatever it holds: whether an attempt knows what a label is of shall not matter. */
  arrive({ seq, storedAtMs, isMessage }: Arrival): void {
    this.#storedAtMs = storedAtMs;
    this.#seq = seq;
    if (isMessage) this.current();
  }

  place(): Window {
    return this.current();
  }

  current(): Window {
    if (this.#filling !== null) return this.#filling;
    const span = { name: `seq-${this.#seq}`, ordinal: this.#ordinal, place: this.#seq, startMs: this.#storedAtMs };
    this.#begins.push({ ordinal: this.#ordinal, seq: this.#seq });
    this.#ordinal += 1;
    this.#filling = this.#options.make(span, this.#storedAtMs);
    return this.#filling;
  }

  due(): Due | null {
    const [oldest] = this.#waiting;
    if (oldest !== undefined && this.#waiting.length > this.#options.waitingMax)
      return { window: oldest, what: "labels" };
    const concluded = this.#waiting.find((one) => this.#isConcluded(one));
    if (concluded !== undefined) return { window: concluded, what: "labels" };
    if (this.#filling === null || this.#filling.liveRows < this.#options.rows) return null;
    this.#filling.endMs = this.#storedAtMs;
    return { window: this.#filling, what: "predictions" };
  }

  done({ window, what }: Due): void {
    if (what === "labels") this.#waiting = this.#waiting.filter((one) => one !== window);
    else {
      window.isClosed = true;
      this.#filling = null;
      if (window.waiting !== null) this.#waiting.push(window);
    }
  }

  open(): Iterable<Window> {
    return this.#filling === null ? this.#waiting : [...this.#waiting, this.#filling];
  }

  /** Which window it is of does not show by its time: its prediction may still come. */
  placeLabel(): Window {
    return this.current();
  }

  settled(): number | null {
    const oldest = this.#waiting[0] ?? this.#filling;
    const needed = (oldest?.ordinal ?? this.#ordinal) - this.#options.before;
    while (this.#begins.length > 0 && this.#begins[0]!.ordinal < needed) this.#begins.shift();
    const [begin] = this.#begins;
    return begin === undefined ? this.#seq : begin.seq - 1;
  }

  /** Labels of the last rows come as soon after them as predictions may: until then none is missing for good. */
  #isConcluded({ endMs, waiting }: Window): boolean {
    const { graceMs, waitMs } = this.#options;
    const age = this.#storedAtMs - endMs - graceMs;
    return age >= (waiting!.isComplete ? 0 : (waitMs ?? 0));
  }
}
