import { contentId } from "@clew/schema";
import { expect, test } from "vitest";
import { Heads } from "../../ledger/command.ts";
import { Run } from "../runs/index.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import { beginStep, dropSteps, finishPipeline, settleStep, settleWatch } from "./step-changes.ts";
import { stepFailure, type StepNode } from "./step-outcome.ts";

const RUN = contentId("Run", "pipeline");
const CHILD = contentId("Run", "child");
const STEP = contentId("PipelineStep", "step");
const AT = { at: 7, by: contentId("Agent", "system") };

const step = (state: string, waitsFor: string | null = CHILD) =>
  ({ id: STEP, state, waitsFor, pipelineRun: RUN, decision: null, failure: null }) as unknown as StepNode;

/** The ledger as it is when the move comes to be recorded. */
function heads(now: StepNode, run = "RUNNING", child = "SUCCEEDED"): Heads {
  const nodes = new Map([
    [STEP, { type: PipelineStep.name, attributes: now }],
    [RUN, { type: Run.name, attributes: { state: run } }],
    [CHILD, { type: Run.name, attributes: { state: child } }],
  ]);
  const find = (id: string) => (nodes.has(id) ? { id, ...nodes.get(id)! } : undefined);
  return new Heads(find as never, () => []);
}

const GONE = { errors: [{ code: "STATE_CONFLICT", path: [], message: "the step has moved on" }] };
const found = { report: contentId("Report", "r"), failure: null };
const beginning = { heads: [], begin: () => ({ failure: stepFailure("UNKNOWN_NODE", "nothing is there") }) };

test.each([
  ["begins a step", beginStep(step("WAITING", null), beginning), heads(step("WAITING", null))],
  ["settles a step", settleStep(step("RUNNING"), null), heads(step("RUNNING"))],
  ["settles a step that watches", settleWatch(step("RUNNING"), found), heads(step("RUNNING"))],
  ["drops steps", dropSteps([step("WAITING")], "SKIPPED"), heads(step("WAITING"))],
  ["ends the run", finishPipeline(RUN, [STEP]), heads(step("SUCCEEDED"))],
])("a move that %s is made while the ledger is as it was seen", (_, move, now) => {
  expect(move.decide(now, AT)).toMatchObject({ facts: [expect.anything()] });
});

test.each([
  ["begins a step that has begun", beginStep(step("WAITING", null), beginning), heads(step("RUNNING"))],
  [
    "begins a step of a run that was cancelled",
    beginStep(step("WAITING"), beginning),
    heads(step("WAITING"), "CANCELLED"),
  ],
  ["settles a step that was settled", settleStep(step("RUNNING"), null), heads(step("SUCCEEDED"))],
  [
    "settles a step whose run is tried again",
    settleStep(step("RUNNING"), null),
    heads(step("RUNNING"), "RUNNING", "QUEUED"),
  ],
  ["settles a step that watches and was settled", settleWatch(step("RUNNING"), found), heads(step("SUCCEEDED"))],
  ["settles a step that watches and was cancelled", settleWatch(step("RUNNING"), found), heads(step("CANCELLED"))],
  ["skips a step that has begun", dropSteps([step("WAITING")], "SKIPPED"), heads(step("RUNNING"))],
  ["ends a run with a step that goes on", finishPipeline(RUN, [STEP]), heads(step("RUNNING"))],
  ["ends a run that has ended", finishPipeline(RUN, [STEP]), heads(step("SUCCEEDED"), "CANCELLED")],
])("a move that %s is refused, and leaves no trace", (_, move, now) => {
  expect(move.decide(now, AT)).toEqual(GONE);
});
