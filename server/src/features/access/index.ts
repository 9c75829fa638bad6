import type { NodeDefinition } from "../../core/define-node.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Operations } from "../../ports/operations.ts";
import { Agent, attributedTo, FIRST_ADMINISTRATOR, SYSTEM_AGENT } from "./agent.node.ts";
import { tokenCreated } from "./create-token.ts";
import { accessMutations } from "./graphql/access-mutations.ts";
import { attributionResolver, isAttributed } from "./graphql/attribution.resolver.ts";
import { TokenQueries } from "./graphql/tokens.resolver.ts";
import { agentRecorded } from "./record-agent.ts";
import { systemAgentRecorded } from "./record-system-agent.ts";
import { tokenRevoked } from "./revoke-token.ts";

export { Authenticator } from "./authenticate.ts";
export { agentsNamed, findAgent } from "./find-agent.ts";
export { recordSystemAgent } from "./record-system-agent.ts";
export { CreateToken, createToken } from "./create-token.ts";
export { type AttemptClaim, AttemptTokens, hashToken, newToken } from "./tokens.ts";
export { Agent, agentRecorded, attributedTo, FIRST_ADMINISTRATOR, SYSTEM_AGENT };

export const accessNodes = [Agent];
export const accessFacts = [tokenCreated, tokenRevoked, systemAgentRecorded, agentRecorded];

/** `nodes`: every node type of the server, of which those that have an author show it. */
export function accessResolvers(
  mutations: Mutations,
  reader: NodeReader,
  operations: Operations,
  nodes: readonly NodeDefinition[],
): object[] {
  return [
    new TokenQueries(operations),
    mutationResolver("AccessMutations", mutations, accessMutations(reader, operations)),
    ...nodes.filter(isAttributed).map(attributionResolver),
  ];
}
