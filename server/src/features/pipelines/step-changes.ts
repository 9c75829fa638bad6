import { failure, type Failure } from "@clew/schema";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import { Run, runFinished } from "../runs/index.ts";
import type { Beginning, Begun, StepChange } from "./beginning.ts";
import { pipelineStepChanged } from "./pipeline.facts.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import { type Found, OPEN, outcomeOf, stepFailure, type StepNode, waitedIn } from "./step-outcome.ts";

type Decided = Decision<{ step: string }>;

/** Somebody else has moved it on: refused, which leaves no trace. */
export const MOVED_ON = "STATE_CONFLICT";
const movedOn = () => refuse(MOVED_ON, [], "the step has moved on");

/** The fact of a change of a step as its head has it. */
export function stepChanged(step: StepNode, change: StepChange): Fact {
  const { state, run, decision, deployment, report, reusedFrom, waitsFor, cacheKey, startedAt, endedAt } = step;
  const before = { state, run, decision, deployment, report, reusedFrom, waitsFor, cacheKey, startedAt, endedAt };
  return pipelineStepChanged.of({ step: step.id, ...before, failure: step.failure, ...change });
}

/** A step that has begun ends, by what has become of the run, model or deployment that it waits for. */
export function settleStep({ id, waitsFor }: StepNode, decision: string | null) {
  return {
    heads: [id, waitsFor!],
    decide: (heads: Heads, { at }: FactContext): Decided => {
      const step = heads.get(PipelineStep, id);
      const node = waitedIn(heads, waitsFor!);
      const outcome = node ? outcomeOf(node) : null;
      if (step?.state !== "RUNNING" || step.waitsFor !== waitsFor || outcome === null) return movedOn();
      const change = { ...ended(outcome.failure, at), decision: step.decision ?? decision };
      return { facts: [stepChanged(step, change)], answer: { step: id } };
    },
  };
}

/** A step that watches ends, by what was found. Reports do not change: nothing else is read again under the lock. */
export function settleWatch({ id, waitsFor }: StepNode, { report, failure: why }: Found) {
  return {
    heads: [id],
    decide: (heads: Heads, { at }: FactContext): Decided => {
      const step = heads.get(PipelineStep, id);
      if (step?.state !== "RUNNING" || step.waitsFor !== waitsFor) return movedOn();
      return { facts: [stepChanged(step, { ...ended(why, at), report })], answer: { step: id } };
    },
  };
}

function ended(why: Failure | null, at: number) {
  return { state: why === null ? ("SUCCEEDED" as const) : ("FAILED" as const), failure: why, endedAt: at };
}

/** A step that waited begins, once: whoever comes second finds it moved on. */
export function beginStep(before: StepNode, { heads: needed, begin }: Beginning) {
  return {
    heads: [before.id, before.pipelineRun, ...needed],
    decide: (heads: Heads, context: FactContext): Decided => {
      const step = heads.get(PipelineStep, before.id);
      const run = heads.get(Run, before.pipelineRun);
      if (step?.state !== "WAITING" || run?.state !== "RUNNING") return movedOn();
      const begun = begin(heads, context);
      // The endpoint was changed meanwhile: looked up again, it is tried again.
      if ("errors" in begun && begun.errors[0]?.code === "DEPLOYMENT_CONFLICT") return begun;
      return { facts: beginning(step, begun, context.at), answer: { step: step.id } };
    },
  };
}

function beginning(step: StepNode, begun: Begun, at: number): Fact[] {
  if ("errors" in begun) return beginning(step, { failure: refusedAs(begun.errors) }, at);
  if ("failure" in begun) {
    const { facts = [], change = {}, failure: why } = begun;
    return [...facts, stepChanged(step, { startedAt: at, ...change, ...ended(why, at) })];
  }
  const change = { startedAt: at, state: "RUNNING" as const, ...begun.change };
  return [...begun.facts, stepChanged(step, { ...change, endedAt: change.state === "RUNNING" ? null : at })];
}

function refusedAs(errors: readonly UserError[]): Failure {
  const text = errors.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  return stepFailure(errors[0]!.code, text.join("; "));
}

/** Steps that will not go on. */
export function dropSteps(before: readonly StepNode[], state: "SKIPPED" | "CANCELLED") {
  return {
    heads: before.map(({ id }) => id),
    decide: (heads: Heads, { at }: FactContext): Decision<{ steps: number }> => {
      const states: ReadonlySet<string> = state === "SKIPPED" ? new Set(["WAITING"]) : OPEN;
      const open = before.flatMap(({ id }) => heads.get(PipelineStep, id) ?? []).filter((one) => states.has(one.state));
      if (open.length === 0) return movedOn();
      return { facts: open.map((step) => stepChanged(step, { state, endedAt: at })), answer: { steps: open.length } };
    },
  };
}

/** The end of a pipeline run all of whose steps have ended. */
export function finishPipeline(runId: string, stepIds: readonly string[]) {
  return {
    heads: [runId, ...stepIds],
    decide: (heads: Heads, { at }: FactContext): Decision<{ run: string }> => {
      const run = heads.get(Run, runId);
      const steps = stepIds.flatMap((id) => heads.get(PipelineStep, id) ?? []);
      if (run?.state !== "RUNNING" || steps.some(({ state }) => OPEN.has(state))) return movedOn();
      return { facts: [runEnded(run, firstFailed(steps), at)], answer: { run: runId } };
    },
  };
}

/** Why the others went no further. */
export function firstFailed(steps: readonly StepNode[]): StepNode | undefined {
  return steps.filter(({ state }) => state === "FAILED").toSorted((a, b) => a.endedAt! - b.endedAt!)[0];
}

function runEnded({ id }: NodeOf<typeof Run>, failed: StepNode | undefined, endedAt: number): Fact {
  const { type, message, retryable } = failed?.failure ?? failure("INTERNAL", "no reason was kept", false);
  return runFinished.of({
    run: id,
    state: failed ? "FAILED" : "SUCCEEDED",
    attempts: [],
    outputs: [],
    failure: failed ? { ...failure(type, `the step ${failed.name}: ${message}`, retryable) } : null,
    endedAt,
    measurementsComplete: null,
  });
}
