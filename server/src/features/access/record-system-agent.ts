import { digestOf } from "@clew/schema";
import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import type { Command } from "../../ledger/command.ts";
import { Agent, SYSTEM_AGENT } from "./agent.node.ts";

/** The server itself is an agent, so that what it does when no one asked can be attributed to it. */
export const systemAgentRecorded = defineFact({
  type: "system-agent.recorded",
  v: 1,
  payload: Agent.schema,
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
