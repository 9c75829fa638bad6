import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { Agent } from "./agent.node.ts";

/** An agent is spoken of who has no token: a person or a team that something belongs to. */
export const agentRecorded = defineFact({
  type: "agent.recorded",
  v: 1,
  payload: Agent.schema,
  project: (agent) => place(Agent, agent),
});
