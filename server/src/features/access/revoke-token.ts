import { NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact, type FactContext } from "../../core/define-fact.ts";
import { personal } from "../../core/personal.ts";
import type { Decision } from "../../ledger/command.ts";
import type { Heads } from "../../ledger/command.ts";
import type { TokenRow } from "../../ports/ledger-store.ts";

export const RevokeToken = z
  .strictObject({
    token: NodeId,
    reason: z
      .string()
      .max(500)
      .regex(/^[^\u0000]*$/, "must not hold U+0000")
      .default(""),
  })
  .meta({ id: "RevokeToken" });

/** Version 1 held the reason in plain text. */
export const tokenRevoked = defineFact({
  type: "token.revoked",
  v: 2,
  payload: z.strictObject({ token: NodeId, agent: NodeId, reason: personal(z.string().max(500), "agent") }),
  upcasts: { 1: (payload) => payload },
  project: () => [],
});

export function revokeToken({ token, reason }: z.infer<typeof RevokeToken>, row: TokenRow) {
  return {
    heads: [],
    decide: (_: Heads, { at }: FactContext): Decision<{ token: string }> => ({
      facts: [tokenRevoked.of({ token, agent: row.agentId, reason })],
      answer: { token },
      side: { tokens: [{ ...row, revokedAt: row.revokedAt ?? at }] },
    }),
  };
}
