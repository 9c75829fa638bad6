import { Namespace, NodeId, Role, timeId } from "@clew/schema";
import { z } from "zod";
import { defineFact, type FactContext } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { personal } from "../../core/personal.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { Agent } from "./agent.node.ts";

const DAY_MS = 86_400_000;

export const Grant = z
  .strictObject({ namespace: z.union([z.literal("*"), Namespace]), roles: z.array(Role).min(1).max(5) })
  .meta({ id: "Grant", description: "What a token may do in a namespace; * is every one." });
export type Grant = z.infer<typeof Grant>;

export const CreateToken = z
  .strictObject({
    agent: Label.describe("Who will use the token: an agent's name."),
    kind: Agent.fields.kind.refine((kind) => kind !== "RUNNER", "runners are enrolled: enrolRunner makes their tokens"),
    name: Label.describe("What it is for."),
    grants: z.array(Grant).min(1).max(100),
    expiresInDays: z.number().int().min(1).max(3650).nullable().default(90).describe("Null: never."),
  })
  .meta({ id: "CreateToken" });

/** A token was made for an agent. The entry does not hold the token, nor its hash. Version 1 held the names in plain text. */
export const tokenCreated = defineFact({
  type: "token.created",
  v: 2,
  payload: z.strictObject({
    token: NodeId,
    name: personal(z.string().max(255), "agent.id"),
    agent: Agent.schema,
    grants: z.array(Grant),
    expiresAt: Time.nullable(),
  }),
  upcasts: { 1: (payload) => payload },
  project: ({ agent }) => place(Agent, agent),
});

/**
 * A token for the agent with this id, who is new or has this name.
 * @param hash of the token.
 */
export function createToken(input: z.infer<typeof CreateToken>, hash: string, agent: string) {
  const id = timeId("Token");
  return {
    token: id,
    heads: [agent],
    decide: (heads: Heads, { at }: FactContext): Decision<{ token: string; agent: string }> => {
      const before = heads.get(Agent, agent);
      const expiresAt = input.expiresInDays === null ? null : at + input.expiresInDays * DAY_MS;
      // A name that is there is not written again: erased meanwhile, it stays so.
      const { name = input.agent, createdAt = at } = before ?? {};
      const node = { id: agent, name, kind: input.kind, createdAt };
      const row = {
        id,
        hash,
        name: input.name,
        agentId: agent,
        grants: JSON.stringify(Object.fromEntries(input.grants.map(({ namespace, roles }) => [namespace, roles]))),
        expiresAt,
        revokedAt: null,
      };
      return {
        facts: [tokenCreated.of({ token: id, name: input.name, agent: node, grants: input.grants, expiresAt })],
        answer: { token: id, agent },
        side: { tokens: [row] },
      };
    },
  };
}
