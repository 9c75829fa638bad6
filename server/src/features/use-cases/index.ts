import { childrenResolver } from "../../graphql/connection.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { keyResolver } from "../catalog/index.ts";
import { InventoryQueries } from "./graphql/inventory.resolver.ts";
import { UnassignedQueries } from "./graphql/unassigned.resolver.ts";
import { useCaseMutations } from "./graphql/use-case-mutations.ts";
import { UseCaseQueries } from "./graphql/use-cases.resolver.ts";
import { KpiValue } from "./kpi-value.node.ts";
import { useCaseFacts } from "./use-case.facts.ts";
import { UseCase } from "./use-case.node.ts";

export { useCaseFacts };

export const useCaseNodes = [UseCase, KpiValue];

export function useCaseResolvers(reader: NodeReader, mutations: Mutations): object[] {
  return [
    new UseCaseQueries(reader),
    new InventoryQueries(reader),
    new UnassignedQueries(reader),
    keyResolver(UseCase),
    childrenResolver(reader, UseCase, KpiValue, "kpiValues", "What was told of its KPIs, newest first."),
    mutationResolver("UseCaseMutations", mutations, useCaseMutations(reader)),
  ];
}
