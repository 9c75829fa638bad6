import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { Kpis, newOwner, Owner } from "./create-use-case.ts";
import { useCaseChanged } from "./use-case.facts.ts";
import { UseCase } from "./use-case.node.ts";

const { purpose, riskTier, replaces, nextReviewAt, state } = UseCase.fields;

export const UseCaseRef = z.string().min(1).max(400).describe("The use case's id or key, namespace/name.");

export const ChangeUseCase = z
  .strictObject({
    useCase: UseCaseRef,
    purpose: purpose.optional(),
    owner: Owner.optional(),
    riskTier: riskTier.optional(),
    state: state.optional(),
    replaces: replaces.optional().describe("Null takes it away."),
    kpis: Kpis.optional().describe("All of them: one that is left out is measured no longer."),
    nextReviewAt: nextReviewAt.optional().describe("Null takes it away."),
  })
  .meta({ id: "ChangeUseCase" });
type ChangeUseCase = z.infer<typeof ChangeUseCase>;

/** Changes what is given, and leaves the rest. @param ownerId of the agent whom `owner` names. */
export function changeUseCase({ owner, ...input }: ChangeUseCase, id: string, ownerId: string | null) {
  return {
    heads: [id, ...(ownerId ? [ownerId] : [])],
    decide: (heads: Heads, context: FactContext): Decision<{ useCase: string }> => {
      const before = heads.get(UseCase, id)!;
      const set = {
        useCase: id,
        state: input.state ?? before.state,
        purpose: input.purpose ?? before.purpose,
        riskTier: input.riskTier ?? before.riskTier,
        replaces: input.replaces === undefined ? before.replaces : input.replaces,
        kpis: input.kpis ?? before.kpis,
        nextReviewAt: input.nextReviewAt === undefined ? before.nextReviewAt : input.nextReviewAt,
        owner: ownerId ?? before.owner,
      };
      const made = owner && ownerId ? newOwner(heads, context, ownerId, owner) : [];
      return { facts: [...made, useCaseChanged.of(set)], answer: { useCase: id } };
    },
  };
}
