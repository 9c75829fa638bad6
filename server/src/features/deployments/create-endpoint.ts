import { Name, Namespace } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { assetId } from "../catalog/index.ts";
import { endpointCreated } from "./deployment.facts.ts";
import { Endpoint } from "./endpoint.node.ts";

export const CreateEndpoint = z
  .strictObject({
    namespace: Namespace,
    name: Name,
    requiresApproval: Endpoint.fields.requiresApproval.default(true),
  })
  .meta({ id: "CreateEndpoint" });

/** Makes an endpoint, with nothing deployed yet. */
export function createEndpoint(input: z.infer<typeof CreateEndpoint>) {
  const id = assetId("Endpoint", input);
  return {
    heads: [id],
    decide: (heads: Heads, { at }: FactContext): Decision<{ endpoint: string }> => {
      if (heads.has(id))
        return refuse("STATE_CONFLICT", ["name"], `${input.namespace}/${input.name} is an endpoint already`);
      const endpoint = { id, ...input, latestVersion: 0, wanted: null, active: null, createdAt: at };
      return { facts: [endpointCreated.of(endpoint)], answer: { endpoint: id } };
    },
  };
}
