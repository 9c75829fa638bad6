import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { type Invited, isWaitingFor } from "./attempts.ts";
import { runInvitedAgain } from "./run.facts.ts";
import { Run } from "./run.node.ts";

/** Has a run offered to runners once more, after the invitation that nobody took. The dispatch follower sends it. */
export function inviteAgain(runId: string, invited: Invited) {
  return {
    heads: [runId],
    decide: (heads: Heads, { at }: FactContext): Decision<{ run: string }> => {
      const run = heads.get(Run, runId);
      if (run === undefined || !isWaitingFor(run, invited))
        return refuse("RUN_NOT_QUEUED", ["id"], `${runId} does not wait for that invitation any more`);
      // Another time than before, by which the old invitation is known from the new one.
      const notBefore = Math.max(at, run.notBefore + 1);
      return {
        facts: [runInvitedAgain.of({ run: runId, attempt: invited.attempt, notBefore })],
        answer: { run: runId },
      };
    },
  };
}
