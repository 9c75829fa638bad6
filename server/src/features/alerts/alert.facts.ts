import { NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { EdgeEndSchema, patch, place } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { Alert } from "./alert.node.ts";

const { message, severity, resolution } = Alert.fields;

export const alertRaised = defineFact({
  type: "alert.raised",
  v: 1,
  payload: Alert.schema,
  project: (alert, context) => place(Alert, alert, context),
});

/** The cause of an alert that is not resolved was found again. `evidence` has all of it, `added` what is new. */
export const alertRecurred = defineFact({
  type: "alert.recurred",
  v: 1,
  payload: z.strictObject({
    alert: NodeId,
    severity,
    message,
    occurrences: Alert.fields.occurrences,
    lastAt: Time,
    evidence: z.array(EdgeEndSchema).max(5000),
    added: z.array(NodeId).max(50),
  }),
  project: ({ alert, added, ...set }) => [
    { op: "node", id: alert, type: Alert.name, set: set as never },
    ...added.map((to) => ({ op: "arrow" as const, type: "TRIGGERED_BY" as const, from: alert, to, properties: {} })),
  ],
});

export const alertAcknowledged = defineFact({
  type: "alert.acknowledged",
  v: 1,
  payload: z.strictObject({ alert: NodeId, acknowledgedAt: Time }),
  project: ({ alert, acknowledgedAt }) => [patch(Alert, alert, { state: "ACKNOWLEDGED", acknowledgedAt })],
});

export const alertResolved = defineFact({
  type: "alert.resolved",
  v: 1,
  payload: z.strictObject({ alert: NodeId, resolvedAt: Time, resolution }),
  project: ({ alert, resolvedAt, resolution: words }) => [
    patch(Alert, alert, { state: "RESOLVED", resolvedAt, resolution: words }),
  ],
});

export const alertFacts = [alertRaised, alertRecurred, alertAcknowledged, alertResolved];
