import type { Label } from "@clew/plugin-sdk";
import { readInferenceId } from "@clew/plugin-sdk";
import type { Window } from "./window.ts";
import type { Windows } from "./windows.ts";

/** Labels that may wait for their predictions; what comes beyond counts as unknown at once. */
const EARLY_MAX = 10_000;

/** A label, and the window that its prediction may come in. */
interface Early {
  readonly label: Label;
  readonly window: Window;
}

/**
 * Brings labels to the rows that wait for them. One that comes before its prediction waits for it until the window is closed, and counts there as unknown then: so
 * an attempt which reads the window again counts it again.
 */
export class LabelJoin {
  readonly #windows: Windows;
  readonly #early = new Map<string, Early[]>();
  #earlyCount = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  take(label: Label): void {
    if (this.#joined(label)) return;
    const placed = this.#windows.placeLabel(readInferenceId(label.inference)?.at ?? null);
    if (placed === "SETTLED") return;
    if (placed !== "LATE" && placed.waiting?.leavesOut(label) === true) return;
    const current = this.#windows.current();
    if (placed !== "LATE" && !placed.isClosed && this.#earlyCount < EARLY_MAX) this.#wait({ label, window: placed });
    else if (placed !== "LATE") placed.counts.unknownLabels += 1;
    else if (current !== null) current.counts.lateLabels += 1;
  }

  /** Told of a prediction that is held now: its labels may be there already. */
  arrived(inference: string): void {
    const early = this.#early.get(inference);
    if (early === undefined) return;
    this.#early.delete(inference);
    this.#earlyCount -= early.length;
    // It may be a shadow's, whose live answer is still to come.
    for (const one of early) if (!this.#joined(one.label)) this.#wait(one);
  }

  /** Told of a window that gets no more predictions. */
  closed(closed: Window): void {
    for (const [inference, early] of this.#early) {
      const left = early.filter(({ window }) => window !== closed);
      const over = early.length - left.length;
      closed.counts.unknownLabels += over;
      this.#earlyCount -= over;
      if (left.length === 0) this.#early.delete(inference);
      else this.#early.set(inference, left);
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
