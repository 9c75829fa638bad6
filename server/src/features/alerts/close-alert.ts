import { NodeId } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { alertAcknowledged, alertResolved } from "./alert.facts.ts";
import { Alert } from "./alert.node.ts";

export const AcknowledgeAlert = z.strictObject({ alert: NodeId }).meta({ id: "AcknowledgeAlert" });

export const ResolveAlert = z
  .strictObject({ alert: NodeId, resolution: z.string().min(1).max(2000).describe("What became of it, in words.") })
  .meta({ id: "ResolveAlert" });

/** Says that somebody looks at it. */
export const acknowledgeAlert = ({ alert }: z.infer<typeof AcknowledgeAlert>) =>
  change(alert, ["OPEN"], ({ at }) => alertAcknowledged.of({ alert, acknowledgedAt: at }));

/** The cause is gone, or nobody will do anything about it. */
export const resolveAlert = ({ alert, resolution }: z.infer<typeof ResolveAlert>) =>
  change(alert, ["OPEN", "ACKNOWLEDGED"], ({ at }) => alertResolved.of({ alert, resolution, resolvedAt: at }));

function change(id: string, from: readonly NodeOf<typeof Alert>["state"][], fact: (context: FactContext) => Fact) {
  return {
    heads: [id],
    decide: (heads: Heads, context: FactContext): Decision<{ alert: string }> => {
      const alert = heads.get(Alert, id);
      if (alert === undefined) return refuse("UNKNOWN_NODE", ["alert"], `there is no alert ${id}`);
      if (!from.includes(alert.state)) return refuse("STATE_CONFLICT", ["alert"], `the alert is ${alert.state}`);
      return { facts: [fact(context)], answer: { alert: id } };
    },
  };
}
