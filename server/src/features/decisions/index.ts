import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { DatasetVersion, ModelVersion } from "../catalog/index.ts";
import { decisionMade } from "./decision.made.fact.ts";
import { Decision } from "./decision.node.ts";
import { decisionMutations } from "./graphql/decision-mutations.ts";
import { DecisionQueries, decisionsResolver } from "./graphql/decisions.resolver.ts";

export { Basis, basisErrors, Decide, decide, decisionFact, Reason } from "./decide.ts";
export { requireApprover, unknownBasis } from "./graphql/decision-mutations.ts";
export { Decision, decisionsResolver };

export const decisionNodes = [Decision];
export const decisionFacts = [decisionMade];

export function decisionResolvers(reader: NodeReader, mutations: Mutations): object[] {
  return [
    new DecisionQueries(reader),
    ...[ModelVersion, DatasetVersion].map((definition) => decisionsResolver(reader, definition)),
    mutationResolver("DecisionMutations", mutations, decisionMutations(reader)),
  ];
}
