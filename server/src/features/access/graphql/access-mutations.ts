import { z } from "zod";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { can, type Principal } from "../../../graphql/principal.ts";
import { refuse } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { Operations } from "../../../ports/operations.ts";
import { Agent } from "../agent.node.ts";
import { CreateToken, createToken } from "../create-token.ts";
import { findAgent } from "../find-agent.ts";
import { RevokeToken, revokeToken } from "../revoke-token.ts";
import { hashToken, newToken } from "../tokens.ts";

const isAdmin = (principal: Principal) => can(principal, "ADMIN", "*");

export function accessMutations(reader: NodeReader, operations: Operations): MutationDefinition[] {
  return [
    mutation({
      name: "createToken",
      description:
        "Makes a token for an agent. It is shown in this answer and never again; a repeated key answers without it.",
      input: CreateToken,
      things: { agent: Agent },
      extra: { token: z.string(), secret: z.string().nullable() },
      allow: isAdmin,
      prepare: async (input) => {
        const secret = newToken();
        const useCase = createToken(input, hashToken(secret), await findAgent(reader, input.kind, input.agent));
        return { ...useCase, tell: ({ token }) => ({ secret: token === useCase.token ? secret : null }) };
      },
      shape: ({ token }: { token: string; agent: string }) => ({ token }),
    }),
    mutation({
      name: "revokeToken",
      description: "Ends a token for ever; it may work for some seconds more.",
      input: RevokeToken,
      things: {},
      extra: { token: z.string() },
      allow: isAdmin,
      prepare: async (input) => {
        const row = (await operations.tokens()).find(({ id }) => id === input.token);
        return row ? revokeToken(input, row) : refuse("UNKNOWN_NODE", ["token"], "no such token");
      },
      shape: (answer: { token: string }) => answer,
    }),
  ];
}
