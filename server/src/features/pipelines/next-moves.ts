import { FINAL_RUN_STATES } from "@clew/schema";
import type { NodeOf } from "../../core/define-node.ts";
import type { Run } from "../runs/index.ts";
import { DONE, OPEN, outcomeOf, type StepNode, type Waited } from "./step-outcome.ts";

/** A pipeline run as the ledger has left it. */
export interface PipelineView {
  readonly run: NodeOf<typeof Run>;
  /** Each behind those that it needs. */
  readonly steps: readonly StepNode[];
  /** What its running steps wait for, by id. */
  readonly waitedFor: ReadonlyMap<string, Waited>;
}

/** What is to be done next for a pipeline run. Each move is recorded only where it still fits. */
export type Move =
  | { readonly kind: "begin"; readonly step: StepNode }
  | { readonly kind: "settle"; readonly step: StepNode }
  /** None of these steps goes on: another has failed, or the run was cancelled. */
  | { readonly kind: "drop"; readonly steps: readonly StepNode[]; readonly state: "SKIPPED" | "CANCELLED" }
  | { readonly kind: "finish" };

/** Pure. After a failed step nothing new begins; what runs goes on to its end. */
export function nextMoves({ run, steps, waitedFor }: PipelineView): Move[] {
  if (FINAL_RUN_STATES.has(run.state)) return drop(steps, OPEN, "CANCELLED");
  const settled = steps.filter((step) => hasEnded(step, waitedFor));
  const moves: Move[] = settled.map((step) => ({ kind: "settle", step }));
  if (steps.every(({ state }) => !OPEN.has(state))) return [{ kind: "finish" }];
  if (steps.some(({ state }) => state === "FAILED")) return [...moves, ...drop(steps, new Set(["WAITING"]), "SKIPPED")];
  const done = new Set(steps.flatMap(({ name, state }) => (DONE.has(state) ? [name] : [])));
  const ready = steps.filter(({ state, needs }) => state === "WAITING" && needs.every((need) => done.has(need)));
  return [...moves, ...ready.map((step) => ({ kind: "begin" as const, step }))];
}

function hasEnded({ state, waitsFor }: StepNode, waitedFor: PipelineView["waitedFor"]): boolean {
  const node = state === "RUNNING" && waitsFor !== null ? waitedFor.get(waitsFor) : undefined;
  return node !== undefined && outcomeOf(node) !== null;
}

function drop(steps: readonly StepNode[], states: ReadonlySet<string>, state: "SKIPPED" | "CANCELLED"): Move[] {
  const dropped = steps.filter((step) => states.has(step.state));
  return dropped.length === 0 ? [] : [{ kind: "drop", steps: dropped, state }];
}
