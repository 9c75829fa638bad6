import { failure, FINAL_RUN_STATES, NodeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { changeLast, currentAttempt, mayTryAgain, notBefore } from "./attempts.ts";
import { runFinished, runRequeued } from "./run.facts.ts";
import { Run } from "./run.node.ts";

export const CancelRun = z
  .strictObject({ run: NodeId, reason: z.string().max(500).default("") })
  .meta({ id: "CancelRun" });

/** Ends a run for good. Its runner hears of it and stops the job; what that still says is an orphan. */
export function cancelRun(input: z.infer<typeof CancelRun>) {
  return {
    heads: [input.run],
    decide: (heads: Heads, { at }: FactContext): Decision<{ run: string }> => {
      const run = heads.get(Run, input.run);
      if (run === undefined) return refuse("UNKNOWN_NODE", ["run"], "no such run");
      if (FINAL_RUN_STATES.has(run.state)) return refuse("RUN_FINAL", ["run"], `${run.id} is ${run.state}`);
      const cancelled = {
        state: "CANCELLED" as const,
        endedAt: at,
        failure: failure("CANCELLED", input.reason || "cancelled"),
      };
      const fact = runFinished.of({
        run: run.id,
        state: "CANCELLED",
        attempts: currentAttempt(run) ? changeLast(run, cancelled) : run.attempts,
        outputs: [],
        failure: cancelled.failure,
        endedAt: at,
        measurementsComplete: null,
      });
      return { facts: [fact], answer: { run: run.id }, side: { endedLeases: [run.id] } };
    },
  };
}

/** The sweeper's act on a lease that has run out: the attempt is lost, and the run waits for another or fails. */
export function loseAttempt(runId: string, attempt: number) {
  return {
    heads: [runId],
    decide: (heads: Heads, { at }: FactContext): Decision<{ run: string }> => {
      const run = heads.get(Run, runId);
      const current = run && currentAttempt(run);
      if (run === undefined || current?.attempt !== attempt) return { facts: [], answer: { run: runId } };
      const lost = failure(
        "RUNNER_STOPPED",
        `the runner of attempt ${attempt} was not heard for longer than its lease`,
      );
      const attempts = changeLast(run, { state: "LOST", endedAt: at, failure: lost });
      const side = { endedLeases: [runId] };
      if (mayTryAgain(run, lost)) {
        return {
          facts: [runRequeued.of({ run: runId, attempts, notBefore: notBefore(run, at) })],
          answer: { run: runId },
          side,
        };
      }
      const failed = {
        run: runId,
        state: "FAILED" as const,
        attempts,
        outputs: [],
        failure: lost,
        endedAt: at,
        measurementsComplete: null,
      };
      return { facts: [runFinished.of(failed)], answer: { run: runId }, side };
    },
  };
}
