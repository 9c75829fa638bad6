import type { Paint, Style } from "../terminal/paint.ts";

const STATES: Partial<Record<string, Style>> = {
  SUCCEEDED: "green",
  REUSED: "green",
  FAILED: "red",
  CANCELLED: "yellow",
  LOST: "red",
  WAITING: "dim",
  SKIPPED: "dim",
};

/** The state of a run, of an attempt or of a pipeline's step, in its colour. */
export function paintedState(state: string, paint: Paint): string {
  return paint(STATES[state] ?? "cyan", state);
}
