import { z } from "zod";
import type { Decision, Heads } from "../../ledger/command.ts";
import { Model } from "../catalog/index.ts";
import { Endpoint } from "../deployments/index.ts";
import { UseCaseRef } from "./change-use-case.ts";
import { useCaseSet } from "./use-case.facts.ts";

export const SetUseCase = z
  .strictObject({
    of: z.string().min(1).max(400).describe("A model or an endpoint: its id or key, namespace/name."),
    useCase: UseCaseRef.nullable().describe("What it is for; null: nothing that is in the inventory."),
  })
  .meta({ id: "SetUseCase" });

/** Says what a model or an endpoint is for. */
export function setUseCase(of: string, useCase: string | null) {
  return {
    heads: [of, ...(useCase === null ? [] : [useCase])],
    decide: (heads: Heads): Decision<{ node: string }> => {
      const before = (heads.get(Model, of) ?? heads.get(Endpoint, of))?.useCase ?? null;
      return { facts: [useCaseSet.of({ of, useCase, before })], answer: { node: of } };
    },
  };
}
