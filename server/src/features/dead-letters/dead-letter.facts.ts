import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { DeadLetterId } from "./dead-letters.ts";

/** A runner's request that could not be used goes back to where it was, to be tried once more. */
export const mutationResent = defineFact({
  type: "mutation.resent",
  v: 1,
  payload: z.strictObject({ letter: DeadLetterId, subject: z.string().max(500) }),
  project: () => [],
});

export const deadLetterFacts = [mutationResent];
