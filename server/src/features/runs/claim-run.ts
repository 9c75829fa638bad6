import { NodeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { nextAttempt } from "./attempts.ts";
import { runClaimed } from "./run.facts.ts";
import { AttemptNumber, ATTEMPTS_KEPT, Run } from "./run.node.ts";

export const ClaimRun = z
  .strictObject({
    run: NodeId,
    attempt: AttemptNumber.describe("The attempt that the invitation offers."),
    runner: NodeId,
  })
  .meta({ id: "ClaimRun" });

/** Compare and set: the attempt begins if the run is queued and this is its next attempt. */
export function claimRun(
  input: z.infer<typeof ClaimRun>,
  lease: { readonly tokenHash: string; readonly leaseMs: number },
) {
  return {
    heads: [input.run],
    decide: (heads: Heads, { at }: FactContext): Decision<{ run: string; attempt: number }> => {
      const run = heads.get(Run, input.run);
      if (run === undefined) return refuse("UNKNOWN_NODE", ["run"], "no such run");
      if (run.state !== "QUEUED" || nextAttempt(run) !== input.attempt) {
        return refuse(
          "RUN_NOT_QUEUED",
          ["run"],
          `${run.id} is ${run.state} and its next attempt is ${nextAttempt(run)}; drop this invitation`,
        );
      }
      const attempt = {
        attempt: input.attempt,
        state: "LEASED" as const,
        runner: input.runner,
        claimedAt: at,
        startedAt: null,
        endedAt: null,
        failure: null,
      };
      const row = {
        runId: run.id,
        attempt: input.attempt,
        runnerId: input.runner,
        tokenHash: lease.tokenHash,
        expiresAt: at + lease.leaseMs,
      };
      return {
        facts: [runClaimed.of({ run: run.id, attempts: [...run.attempts, attempt].slice(-ATTEMPTS_KEPT) })],
        answer: { run: run.id, attempt: input.attempt },
        side: { leases: [row] },
      };
    },
  };
}
