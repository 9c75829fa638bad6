import { z } from "zod";
import { type Decision, refuse } from "../../ledger/command.ts";
import { inviteAgain } from "../runs/index.ts";
import { mutationResent } from "./dead-letter.facts.ts";
import { type DeadLetter, DeadLetterId } from "./dead-letters.ts";

export const ResendDeadLetter = z.strictObject({ id: DeadLetterId }).meta({ id: "ResendDeadLetter" });

type Answer = { id: string };

/**
 * That a letter was sent again is a fact; followers do it. That there is none is found in the decision, behind the look at the
 * idempotency key: who repeats a resend gets the first answer.
 */
export function resendDeadLetter(id: string, letter: DeadLetter | null) {
  if (letter === null)
    return {
      heads: [],
      decide: (): Decision<Answer> =>
        refuse("UNKNOWN_NODE", ["id"], "no such dead letter: it was sent again, or is old"),
    };
  return letter.invited === null ? resendMutation(letter) : resendJob(id, letter.invited);
}

function resendJob(id: string, invited: NonNullable<DeadLetter["invited"]>) {
  const { heads, decide } = inviteAgain(invited.runId, invited);
  return {
    heads,
    decide: (...given: Parameters<typeof decide>): Decision<Answer> => {
      const decision = decide(...given);
      return "errors" in decision ? decision : { ...decision, answer: { id } };
    },
  };
}

function resendMutation({ id, subject }: DeadLetter) {
  return {
    heads: [],
    decide: (): Decision<Answer> => ({ facts: [mutationResent.of({ letter: id, subject })], answer: { id } }),
  };
}
