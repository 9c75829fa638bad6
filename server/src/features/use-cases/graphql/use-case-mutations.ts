import { nodeOf, type NodeOf } from "../../../core/define-node.ts";
import { ANY_NODE, mutation, type MutationDefinition } from "../../../graphql/mutation-resolver.ts";
import { inNamespace } from "../../../graphql/mutations.ts";
import type { Principal } from "../../../graphql/principal.ts";
import { requireContributor } from "../../../graphql/require-contributor.ts";
import type { UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { findAgent } from "../../access/index.ts";
import { lastAlert } from "../../alerts/index.ts";
import { findOne, Model } from "../../catalog/index.ts";
import { Endpoint } from "../../deployments/index.ts";
import { ChangeUseCase, changeUseCase } from "../change-use-case.ts";
import { CreateUseCase, createUseCase, type Owner } from "../create-use-case.ts";
import { KpiValue } from "../kpi-value.node.ts";
import { causeOf, RecordKpi, recordKpi } from "../record-kpi.ts";
import { SetUseCase, setUseCase } from "../set-use-case.ts";
import { UseCase } from "../use-case.node.ts";

type Refused = { readonly errors: readonly UserError[] };

export function useCaseMutations(reader: NodeReader): MutationDefinition[] {
  const things = { useCase: UseCase };
  const agentOf = ({ kind, name }: Owner) => findAgent(reader, kind, name);
  return [
    mutation({
      name: "createUseCase",
      description: "Makes a use case: what models are used for, who answers for it, and what it is measured by.",
      input: CreateUseCase,
      things,
      allow: inNamespace("CONTRIBUTOR"),
      prepare: async (input) => createUseCase(input, await agentOf(input.owner)),
    }),
    mutation({
      name: "changeUseCase",
      description: "Changes what is given of a use case; its history keeps what was. For contributors there.",
      input: ChangeUseCase,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await writableUseCase(reader, principal, input.useCase);
        if ("errors" in found) return found;
        return changeUseCase(input, found.id, input.owner ? await agentOf(input.owner) : null);
      },
    }),
    mutation({
      name: "setUseCase",
      description: "Says which use case a model or an endpoint is for. For contributors where that is.",
      input: SetUseCase,
      things: { node: ANY_NODE },
      allow: () => true,
      prepare: async ({ of, useCase }, principal) => {
        const asked = {
          field: "of",
          types: [Model.name, Endpoint.name],
          unknown: `there is no model or endpoint ${of}`,
        };
        const node = await findOne(reader, principal, of, asked);
        if ("errors" in node) return node;
        requireContributor(principal, node.attributes["namespace"] as string, `to write about ${of}`);
        const found = useCase === null ? null : await lookUpUseCase(reader, principal, useCase);
        if (found !== null && "errors" in found) return found;
        return setUseCase(node.id, found && found.id);
      },
    }),
    mutation({
      name: "recordKpi",
      description:
        "Tells what a KPI of a use case came to in a period. The same period again corrects it. A figure that misses its target raises an alert about the use case.",
      input: RecordKpi,
      things: { ...things, kpiValue: KpiValue },
      allow: () => true,
      prepare: async (input, principal) => {
        const useCase = await writableUseCase(reader, principal, input.useCase);
        if ("errors" in useCase) return useCase;
        return recordKpi(input, { useCase, last: await lastAlert(reader, useCase.id, causeOf(input.kpi)) });
      },
    }),
  ];
}

type UseCaseNode = NodeOf<typeof UseCase>;

async function lookUpUseCase(reader: NodeReader, principal: Principal, text: string): Promise<UseCaseNode | Refused> {
  const asked = { field: "useCase", types: [UseCase.name], unknown: `there is no use case ${text}` };
  const found = await findOne(reader, principal, text, asked);
  return "errors" in found ? found : nodeOf(UseCase, found);
}

async function writableUseCase(reader: NodeReader, principal: Principal, text: string): Promise<UseCaseNode | Refused> {
  const found = await lookUpUseCase(reader, principal, text);
  if (!("errors" in found)) requireContributor(principal, found.namespace, `to write about ${text}`);
  return found;
}
