import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { Operations } from "../../ports/operations.ts";
import { Agent } from "./agent.node.ts";
import { tokenCreated } from "./create-token.ts";
import { accessMutations } from "./graphql/access-mutations.ts";
import { TokenQueries } from "./graphql/tokens.resolver.ts";
import { tokenRevoked } from "./revoke-token.ts";

export { Authenticator } from "./authenticate.ts";
export { agentId, CreateToken, createToken } from "./create-token.ts";
export { type AttemptClaim, AttemptTokens, hashToken, newToken } from "./tokens.ts";
export { Agent };

export const accessNodes = [Agent];
export const accessFacts = [tokenCreated, tokenRevoked];

export function accessResolvers(mutations: Mutations, operations: Operations): object[] {
  return [new TokenQueries(operations), mutationResolver("AccessMutations", mutations, accessMutations(operations))];
}
