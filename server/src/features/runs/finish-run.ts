import { Failure, NodeId } from "@clew/schema";
import { z } from "zod";
import type { NodeOf } from "../../core/define-node.ts";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import type { FileRow } from "../../ports/ledger-store.ts";
import { changeLast, leaseErrors, mayTryAgain, notBefore } from "./attempts.ts";
import { FinishedOutputs } from "./finished-output.ts";
import { outputHeads, writeOutput } from "./outputs.ts";
import { orphanReported, runFinished, runRequeued } from "./run.facts.ts";
import { AttemptNumber, Run } from "./run.node.ts";

export const FinishRun = z
  .strictObject({
    run: NodeId,
    attempt: AttemptNumber,
    outputs: FinishedOutputs.default([]),
    failure: Failure.nullable().default(null),
    measurements: z.number().int().nonnegative().default(0).describe("How many metric points the attempt sent."),
  })
  .refine((input) => input.failure === null || input.outputs.length === 0, {
    path: ["outputs"],
    message: "a failed attempt has no outputs",
  })
  .meta({ id: "FinishRun" });
export type FinishRun = z.infer<typeof FinishRun>;

interface FinishLookups {
  /** The run's targets and inputs name the heads that an output needs: they never change. */
  readonly run: Pick<NodeOf<typeof Run>, "id" | "targets" | "inputs">;
  readonly measured: number;
}

/** Outputs, reports and closing are one mutation: an attempt's results are all there or not at all. */
export function finishRun(input: FinishRun, { run: before, measured }: FinishLookups) {
  return {
    heads: [input.run, ...input.outputs.flatMap((output) => outputHeads(output, before))],
    decide: (heads: Heads, context: FactContext): Decision<{ run: string }> => {
      const run = heads.get(Run, input.run);
      const lost = leaseErrors(run, input.attempt);
      if (run === undefined) return lost!;
      if (lost) return isOrphan(run, input) ? orphan(input) : lost;
      if (input.failure && mayTryAgain(run, input.failure)) return requeue(run, input.failure, context);
      const written = input.outputs.map((output, index) => writeOutput(heads, context, run, output, index));
      const refused = written.flatMap((one) => ("errors" in one ? one.errors : []));
      if (refused.length > 0) return { errors: refused };
      const made = written.flatMap((one) => ("errors" in one ? [] : [one]));
      const state = input.failure ? ("FAILED" as const) : ("SUCCEEDED" as const);
      const finished = runFinished.of({
        run: run.id,
        state,
        attempts: changeLast(run, { state, endedAt: context.at, failure: input.failure }),
        outputs: made.map(({ role, id, existed }) => ({ role, id, existed })),
        failure: input.failure,
        endedAt: context.at,
        measurementsComplete: measured >= input.measurements,
      });
      const facts: Fact[] = [...made.flatMap((one) => one.facts), finished];
      const files: FileRow[] = made.flatMap((one) => one.files);
      return { facts, answer: { run: run.id }, side: { files, endedLeases: [run.id] } };
    },
  };
}

/** An attempt that held the run once and no longer does. */
function isOrphan(run: { attempts: readonly { attempt: number }[] }, input: FinishRun): boolean {
  return run.attempts.some(({ attempt }) => attempt === input.attempt);
}

function orphan(input: FinishRun): Decision<{ run: string }> {
  const { run, attempt, ...said } = input;
  const warning = refuse(
    "LEASE_LOST",
    ["attempt"],
    `attempt ${attempt} had lost ${run}; what it said is kept apart and merged nowhere`,
  );
  return {
    facts: [orphanReported.of({ run, attempt, said: said as never })],
    answer: { run },
    warnings: warning.errors,
  };
}

function requeue(run: NodeOf<typeof Run>, failure: Failure, { at }: FactContext): Decision<{ run: string }> {
  const attempts = changeLast(run, { state: "FAILED", endedAt: at, failure });
  const fact = runRequeued.of({ run: run.id, attempts, notBefore: notBefore(run, at) });
  return { facts: [fact], answer: { run: run.id }, side: { endedLeases: [run.id] } };
}
