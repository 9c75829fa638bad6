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

/**
 * Pure. After a failed step nothing new begins; what runs goes on to its end. What a step waits for has ended for good, so the steps behind
 * it need not wait until that is noted: the two are recorded together.
 */
export function nextMoves({ run, steps, waitedFor }: PipelineView): Move[] {
  const now = new Map(steps.map((step) => [step.name, stateNow(step, waitedFor)]));
  const moves: Move[] = steps.flatMap((step) => (now.get(step.name) === step.state ? [] : [{ kind: "settle", step }]));
  // What had ended by itself was not cancelled.
  if (FINAL_RUN_STATES.has(run.state)) return moves.length > 0 ? moves : drop(steps, OPEN, "CANCELLED");
  if (steps.every(({ state }) => !OPEN.has(state))) return [{ kind: "finish" }];
  if ([...now.values()].includes("FAILED")) return [...moves, ...drop(steps, new Set(["WAITING"]), "SKIPPED")];
  const isReady = ({ state, needs }: StepNode) =>
    state === "WAITING" && needs.every((need) => DONE.has(now.get(need)!));
  return [...moves, ...steps.filter(isReady).map((step) => ({ kind: "begin" as const, step }))];
}

/** The state that a step has once it is noted what has become of what it waits for. */
function stateNow({ state, waitsFor }: StepNode, waitedFor: PipelineView["waitedFor"]): StepNode["state"] {
  const node = state === "RUNNING" && waitsFor !== null ? waitedFor.get(waitsFor) : undefined;
  const outcome = node ? outcomeOf(node) : null;
  if (outcome === null) return state;
  return outcome.failure === null ? "SUCCEEDED" : "FAILED";
}

function drop(steps: readonly StepNode[], states: ReadonlySet<string>, state: "SKIPPED" | "CANCELLED"): Move[] {
  const dropped = steps.filter((step) => states.has(step.state));
  return dropped.length === 0 ? [] : [{ kind: "drop", steps: dropped, state }];
}
