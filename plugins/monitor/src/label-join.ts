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
  readonly untilMs: number;
}

/** Brings labels to the rows that wait for them. One that comes before its prediction waits for it a while. */
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
    const placed = origin === null ? "OPEN" : this.#windows.placeLabel(origin.at);
    if (placed === "SETTLED") return;
    const window = this.#windows.current();
    if (placed === "LATE") count(window, "lateLabels");
    else if (this.#earlyCount >= EARLY_MAX) count(window, "unknownLabels");
    else this.#wait({ label, window, untilMs: storedAtMs + this.#graceMs });
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
    for (const [inference, early] of this.#early) {
      // Those that come later wait longer.
      if (early[0]!.untilMs > storedAtMs) return;
      this.#early.delete(inference);
      this.#earlyCount -= early.length;
      for (const { window } of early) count(window, "unknownLabels");
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
