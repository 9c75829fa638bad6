import { NodeId, RunState } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { EdgeEndSchema, patch, place } from "../../core/define-node.ts";
import { document } from "../../core/document.ts";
import type { ArrowChange } from "../../core/graph-change.ts";
import { Time } from "../../core/time.ts";
import { Report } from "./report.node.ts";
import { Run, RunOutput } from "./run.node.ts";

/** A run is queued; a pipeline's has begun at once. Version 1 knew no runs of the type EXPORT. */
export const runSubmitted = defineFact({
  type: "run.submitted",
  v: 2,
  payload: Run.schema,
  upcasts: { 1: (payload) => payload },
  project: (run, context) => place(Run, run, context),
});

/** A run that happened outside Clew, told as it ended. Its outputs have facts of their own, in the entries just after. Version 1 as above. */
export const runRecorded = defineFact({
  type: "run.recorded",
  v: 2,
  payload: Run.schema,
  upcasts: { 1: (payload) => payload },
  project: (run, context) => place(Run, run, context),
});

/** An attempt has claimed the run. */
export const runClaimed = defineFact({
  type: "run.claimed",
  v: 1,
  payload: z.strictObject({ run: NodeId, attempts: Run.fields.attempts }),
  project: ({ run, attempts }) => [patch(Run, run, { state: "LEASED", attempts })],
});

/** The plugin's code runs, in this environment. */
export const runStarted = defineFact({
  type: "run.started",
  v: 1,
  payload: z.strictObject({
    run: NodeId,
    attempts: Run.fields.attempts,
    inputs: z.array(EdgeEndSchema).max(5000),
    environment: NodeId,
    startedAt: Time,
  }),
  project: ({ run, attempts, inputs, environment, startedAt }) => [
    { op: "node", id: run, type: Run.name, set: { state: "RUNNING", attempts, inputs, startedAt } as never },
    used(run, environment, "environment"),
  ],
});

/** The run's last attempt has ended the run. Outputs have facts of their own, in the entries just before. */
export const runFinished = defineFact({
  type: "run.finished",
  v: 1,
  payload: z.strictObject({
    run: NodeId,
    state: RunState,
    attempts: Run.fields.attempts,
    outputs: z.array(RunOutput).max(1000),
    failure: Run.fields.failure,
    endedAt: Time,
    measurementsComplete: z.boolean().nullable(),
  }),
  project: ({ run, ...set }) => [patch(Run, run, set)],
});

/** An attempt was lost or failed in a way that may pass: the run waits for another. */
export const runRequeued = defineFact({
  type: "run.requeued",
  v: 1,
  payload: z.strictObject({ run: NodeId, attempts: Run.fields.attempts, notBefore: Time }),
  project: ({ run, attempts, notBefore }) => [patch(Run, run, { state: "QUEUED", attempts, notBefore })],
});

/** Nobody took the run for long; an operator has it offered once more, from this time on. */
export const runInvitedAgain = defineFact({
  type: "run.invited-again",
  v: 1,
  payload: z.strictObject({ run: NodeId, attempt: z.number().int().positive(), notBefore: Time }),
  project: ({ run, notBefore }) => [patch(Run, run, { notBefore })],
});

/** What a run has found out. Version 1 knew no reports of the type AB_TEST. */
export const reportMade = defineFact({
  type: "report.made",
  v: 2,
  payload: Report.schema,
  upcasts: { 1: (payload) => payload },
  project: (report) => place(Report, report),
});

/** What an attempt said after it had lost the run: kept, and merged nowhere. */
export const orphanReported = defineFact({
  type: "run.orphan-reported",
  v: 1,
  payload: z.strictObject({ run: NodeId, attempt: z.number().int().positive(), said: document(z.json()) }),
  project: () => [],
});

function used(from: string, to: string, role: string): ArrowChange {
  return { op: "arrow", type: "USED", from, to, properties: { role } };
}

export const runFacts = [
  runSubmitted,
  runRecorded,
  runClaimed,
  runStarted,
  runFinished,
  runRequeued,
  runInvitedAgain,
  reportMade,
  orphanReported,
];
