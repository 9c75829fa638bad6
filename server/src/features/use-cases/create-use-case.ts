import { Name, Namespace } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import { firstRepeated } from "../../core/first-repeated.ts";
import { Label } from "../../core/text.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { Agent, agentRecorded } from "../access/index.ts";
import { assetId } from "../catalog/index.ts";
import { useCaseCreated } from "./use-case.facts.ts";
import { Kpi, UseCase } from "./use-case.node.ts";

const { purpose, riskTier, replaces, nextReviewAt, state } = UseCase.fields;

export const Owner = z
  .strictObject({
    name: Label.describe("Of a person or a team; one that has no token yet becomes an agent."),
    kind: z.enum(["USER", "TEAM"]).meta({ id: "OwnerKind" }),
  })
  .meta({ id: "Owner" });
export type Owner = z.infer<typeof Owner>;

export const Kpis = UseCase.fields.kpis.superRefine((kpis, context) => {
  const again = firstRepeated(kpis.map(({ name }) => name));
  if (again >= 0)
    context.addIssue({ code: "custom", path: [again, "name"], message: "each KPI has a name of its own" });
});

export const CreateUseCase = z
  .strictObject({
    namespace: Namespace,
    name: Name,
    purpose,
    owner: Owner,
    riskTier,
    state: state.default("PROPOSED"),
    replaces: replaces.default(null),
    kpis: Kpis.default([]),
    nextReviewAt: nextReviewAt.default(null),
  })
  .meta({ id: "CreateUseCase" });
type CreateUseCase = z.infer<typeof CreateUseCase>;

/** Makes a use case. @param ownerId of the agent of this name, who is new or known. */
export function createUseCase({ owner, ...input }: CreateUseCase, ownerId: string) {
  const id = assetId("UseCase", input);
  return {
    heads: [id, ownerId],
    decide: (heads: Heads, context: FactContext): Decision<{ useCase: string }> => {
      if (heads.has(id))
        return refuse("STATE_CONFLICT", ["name"], `${input.namespace}/${input.name} is a use case already`);
      const kpis: Kpi[] = input.kpis;
      const useCase = { id, ...input, kpis, owner: ownerId, lastKpis: [], createdAt: context.at };
      return {
        facts: [...newOwner(heads, context, ownerId, owner), useCaseCreated.of(useCase)],
        answer: { useCase: id },
      };
    },
  };
}

/** The fact of an owner whom nobody has spoken of so far. */
export function newOwner(heads: Heads, { at }: FactContext, id: string, { name, kind }: Owner): Fact[] {
  return heads.get(Agent, id) ? [] : [agentRecorded.of({ id, name, kind, createdAt: at })];
}
