import { z } from "zod";
import { mutation, mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import { can } from "../../graphql/principal.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { DeadLetterQueries } from "./graphql/dead-letters.resolver.ts";
import { ResendDeadLetter, resendDeadLetter } from "./resend-dead-letter.ts";

export { deadLetterFacts } from "./dead-letter.facts.ts";
export { type DeadLetter, DeadLetters, type DeadLetterStore } from "./dead-letters.ts";
export { ResendWork } from "./resend-work.ts";

export function deadLetterResolvers(letters: DeadLetters, mutations: Mutations): object[] {
  const resend = mutation({
    name: "resendDeadLetter",
    description:
      "Offers a run to runners once more that none of them took, or puts a runner's request back to be tried again. For administrators of every namespace.",
    input: ResendDeadLetter,
    things: {},
    extra: { id: z.string() },
    allow: (principal) => can(principal, "ADMIN", "*"),
    prepare: async ({ id }) => resendDeadLetter(id, await letters.find(id)),
    shape: (answer: { id: string }) => answer,
  });
  return [new DeadLetterQueries(letters), mutationResolver("DeadLetterMutations", mutations, [resend])];
}
