import { digestOf, NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { Label } from "../../core/text.ts";
import type { Command } from "../../ledger/command.ts";
import { Agent, SYSTEM_AGENT } from "./agent.node.ts";

/** The server itself is an agent, so that what it does when no one asked can be attributed to it. Its name is nobody's. */
export const systemAgentRecorded = defineFact({
  type: "system-agent.recorded",
  v: 1,
  payload: z.strictObject({ id: NodeId, ...Agent.fields, name: Label }),
  project: (agent) => place(Agent, agent),
});

/** Makes the server's own agent a node, once for each ledger. */
export function recordSystemAgent(): Command<{ agent: string }> {
  return {
    principal: SYSTEM_AGENT,
    mutation: "recordSystemAgent",
    // One key for ever: of several servers that start at once on one database, one records it.
    idempotencyKey: "first-start",
    inputDigest: digestOf({}),
    heads: [],
    decide: (_, { at }) => ({
      facts: [systemAgentRecorded.of({ id: SYSTEM_AGENT, name: "clew", kind: "SERVICE", createdAt: at })],
      answer: { agent: SYSTEM_AGENT },
    }),
  };
}
