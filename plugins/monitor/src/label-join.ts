import type { Label } from "@clew/plugin-sdk";
import { readInferenceId } from "@clew/plugin-sdk";
import type { Window } from "./window.ts";
import type { Windows } from "./windows.ts";

/** Labels that may wait for their predictions; what comes beyond counts as unknown at once. */
const EARLY_MAX = 10_000;

interface Early {
  readonly label: Label;
  /** Where it counts if its prediction never comes. */
  readonly window: Window | null;
  /** Null: until its window is closed. */
  readonly untilMs: number | null;
}

/**
 * Brings labels to the rows that wait for them. One that comes before its prediction waits for it: until the window is closed that its inference's id names, or for
 * the grace where it names none. What never finds its prediction counts in that window, so that an attempt which reads the window again counts it again.
 */
export class LabelJoin {
  readonly #windows: Windows;
  readonly #graceMs: number;
  readonly #early = new Map<string, Early[]>();
  #earlyCount = 0;

  constructor(windows: Windows, graceMs: number) {
    this.#windows = windows;
    this.#graceMs = graceMs;
  }

  take(label: Label, storedAtMs: number): void {
    if (this.#joined(label)) return;
    const origin = readInferenceId(label.inference);
    const placed = origin === null ? null : this.#windows.placeLabel(origin.at);
    if (placed === "SETTLED") return;
    if (placed === "LATE") return count(this.#windows.current(), "lateLabels");
    const window = placed ?? this.#windows.current();
    if (placed?.isClosed === true || this.#earlyCount >= EARLY_MAX) count(window, "unknownLabels");
    else this.#wait({ label, window, untilMs: placed === null ? storedAtMs + this.#graceMs : null });
  }

  /** Told of a prediction that is held now: its labels may be there already. */
  arrived(inference: string): void {
    const early = this.#early.get(inference);
    if (early === undefined) return;
    this.#early.delete(inference);
    this.#earlyCount -= early.length;
    for (const { label } of early) this.#joined(label);
  }

  /** Gives up what has waited long enough. */
  expire(storedAtMs: number): void {
    this.#giveUp(({ untilMs }) => untilMs !== null && untilMs <= storedAtMs);
  }

  /** Told of a window that gets no more predictions. */
  closed(closed: Window): void {
    this.#giveUp(({ window, untilMs }) => untilMs === null && window === closed);
  }

  #giveUp(isOver: (early: Early) => boolean): void {
    for (const [inference, early] of this.#early) {
      const [over, left] = [early.filter(isOver), early.filter((one) => !isOver(one))];
      if (over.length === 0) continue;
      if (left.length === 0) this.#early.delete(inference);
      else this.#early.set(inference, left);
      this.#earlyCount -= over.length;
      for (const { window } of over) count(window, "unknownLabels");
    }
  }

  #joined(label: Label): boolean {
    for (const { waiting } of this.#windows.open()) if (waiting !== null && waiting.join(label) !== null) return true;
    return false;
  }

  #wait(early: Early): void {
    const { inference } = early.label;
    const known = this.#early.get(inference);
    if (known === undefined) this.#early.set(inference, [early]);
    else known.push(early);
    this.#earlyCount += 1;
  }
}

function count(window: Window | null, what: "lateLabels" | "unknownLabels"): void {
  if (window !== null) window.counts[what] += 1;
}
