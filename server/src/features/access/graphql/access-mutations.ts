import { z } from "zod";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { clientError } from "../../../graphql/errors.ts";
import { can, canSomewhere, type Principal } from "../../../graphql/principal.ts";
import { refuse } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { Operations } from "../../../ports/operations.ts";
import { administers, administersToken } from "../administering.ts";
import { Agent } from "../agent.node.ts";
import { CreateToken, createToken } from "../create-token.ts";
import { findAgent } from "../find-agent.ts";
import { RevokeToken, revokeToken } from "../revoke-token.ts";
import { hashToken, newToken } from "../tokens.ts";

export function accessMutations(reader: NodeReader, operations: Operations): MutationDefinition[] {
  /** What a token does is said to be its agent's doing: of one who works elsewhere too that is not for a namespace's administrator to lend. */
  const maySpeakFor = async (principal: Principal, agent: string): Promise<boolean> => {
    if (can(principal, "ADMIN", "*")) return true;
    if ((await reader.byIds([agent])).length === 0) return true;
    const tokens = await operations.tokens({ agentId: agent });
    return tokens.length > 0 && tokens.every((token) => administersToken(principal, token));
  };
  return [
    mutation({
      name: "createToken",
      description:
        "Makes a token for an agent, by an administrator of every namespace that it is good for. It is shown in this answer and never again; a repeated key answers without it.",
      input: CreateToken,
      things: { agent: Agent },
      extra: { token: z.string(), secret: z.string().nullable() },
      allow: (principal, { grants }) => {
        const namespaces = grants.map(({ namespace }) => namespace);
        return administers(principal, namespaces);
      },
      prepare: async (input, principal) => {
        const agent = await findAgent(reader, input.kind, input.agent);
        if (!(await maySpeakFor(principal, agent))) {
          const message = `${input.agent} works in other namespaces too: an administrator of every namespace makes its tokens`;
          throw clientError("FORBIDDEN", message);
        }
        const secret = newToken();
        const useCase = createToken(input, hashToken(secret), agent);
        return { ...useCase, tell: ({ token }) => ({ secret: token === useCase.token ? secret : null }) };
      },
      shape: ({ token }: { token: string; agent: string }) => ({ token }),
    }),
    mutation({
      name: "revokeToken",
      description:
        "Ends a token for ever, by an administrator of every namespace that it is good for; it may work for some seconds more.",
      input: RevokeToken,
      things: {},
      extra: { token: z.string() },
      allow: (principal) => canSomewhere(principal, "ADMIN"),
      prepare: async (input, principal) => {
        const [row] = await operations.tokens({ id: input.token });
        const isTheirs = row !== undefined && administersToken(principal, row);
        return isTheirs ? revokeToken(input, row) : refuse("UNKNOWN_NODE", ["token"], "no such token");
      },
      shape: (answer: { token: string }) => answer,
    }),
  ];
}
