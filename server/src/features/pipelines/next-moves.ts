import { FINAL_RUN_STATES } from "@clew/schema";
import type { NodeOf } from "../../core/define-node.ts";
import type { Run } from "../runs/index.ts";
import { DONE, type Found, OPEN, type Outcome, outcomeOf, type StepNode, type Waited } from "./step-outcome.ts";

/** A pipeline run as the ledger has left it. */
export interface PipelineView {
  readonly run: NodeOf<typeof Run>;
  /** Each behind those that it needs. */
  readonly steps: readonly StepNode[];
  /** What its running steps wait for, by id. */
  readonly waitedFor: ReadonlyMap<string, Waited>;
  /** What those of them have found that watch, by name; none for one that watches on. */
  readonly found: ReadonlyMap<string, Found>;
}

/** What is to be done next for a pipeline run. Each move is recorded only where it still fits. */
export type Move =
  | { readonly kind: "begin"; readonly step: StepNode }
  | { readonly kind: "settle"; readonly step: StepNode }
  /** None of these steps goes on: another has failed, or the run was cancelled. */
  | { readonly kind: "drop"; readonly steps: readonly StepNode[]; readonly state: "SKIPPED" | "CANCELLED" }
  | { readonly kind: "finish" };

/**
 * Pure. After a failed step nothing new begins but withdrawals; what runs goes on to its end. What a step waits for has ended for good, so the steps behind
 * it need not wait until that is noted: the two are recorded together.
 */
export function nextMoves(view: PipelineView): Move[] {
  const { run, steps } = view;
  if (FINAL_RUN_STATES.has(run.state)) return drop(steps, OPEN, "CANCELLED");
  if (steps.every(({ state }) => !OPEN.has(state))) return [{ kind: "finish" }];
  const now = new Map(steps.map((step) => [step.name, stateNow(step, view)]));
  const moves: Move[] = steps.flatMap((step) => (now.get(step.name) === step.state ? [] : [{ kind: "settle", step }]));
  const { withdrawals = [], others = [] } = Object.groupBy(waitingIn(steps), (step) =>
    isWithdrawal(step) ? "withdrawals" : "others",
  );
  if ([...now.values()].includes("FAILED"))
    return [...moves, ...drop(others, OPEN, "SKIPPED"), ...withdraw(withdrawals, steps, now)];
  const isOver = steps.every((step) => isWithdrawal(step) || !OPEN.has(now.get(step.name)!));
  if (isOver) return [...moves, ...drop(withdrawals, OPEN, "SKIPPED")];
  const isReady = ({ needs }: StepNode) => needs.every((need) => DONE.has(now.get(need)!));
  return [...moves, ...others.filter(isReady).map(begin)];
}

type StatesNow = ReadonlyMap<string, StepNode["state"]>;

const begin = (step: StepNode) => ({ kind: "begin" as const, step });
const waitingIn = (steps: readonly StepNode[]) => steps.filter(({ state }) => state === "WAITING");
const isWithdrawal = ({ stepType }: StepNode) => stepType === "WITHDRAW";

/**
 * After a failure that is noted, as a withdrawal says why. Not while something is being deployed: where that comes to nothing, the endpoint
 * goes on with what is to be withdrawn.
 */
function withdraw(withdrawals: readonly StepNode[], steps: readonly StepNode[], now: StatesNow): Move[] {
  const isServed = ({ needs }: StepNode) => needs.every((need) => DONE.has(now.get(need)!));
  const mayBe = (step: StepNode) => isServed(step) || step.needs.some((need) => now.get(need) === "RUNNING");
  const none = drop(
    withdrawals.filter((step) => !mayBe(step)),
    OPEN,
    "SKIPPED",
  );
  const isDeploying = steps.some(({ name, stepType }) => stepType === "DEPLOY" && now.get(name) === "RUNNING");
  if (isDeploying || !steps.some(({ state }) => state === "FAILED")) return none;
  return [...none, ...withdrawals.filter(isServed).map(begin)];
}

/** The state that a step has once it is noted what has become of what it waits for. */
function stateNow(step: StepNode, view: PipelineView): StepNode["state"] {
  const outcome = step.state === "RUNNING" ? outcomeNow(step, view) : null;
  if (outcome === null) return step.state;
  return outcome.failure === null ? "SUCCEEDED" : "FAILED";
}

function outcomeNow({ name, stepType, waitsFor }: StepNode, { waitedFor, found }: PipelineView): Outcome | null {
  if (stepType === "WATCH") return found.get(name) ?? null;
  const node = waitsFor === null ? undefined : waitedFor.get(waitsFor);
  return node ? outcomeOf(node) : null;
}

function drop(steps: readonly StepNode[], states: ReadonlySet<string>, state: "SKIPPED" | "CANCELLED"): Move[] {
  const dropped = steps.filter((step) => states.has(step.state));
  return dropped.length === 0 ? [] : [{ kind: "drop", steps: dropped, state }];
}
