import { Name, Namespace, NodeId, Role, TriggerState } from "@clew/schema";
import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { JsonObject } from "../../core/json-object.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

export const OPEN_MAX = 200;
export const QUEUE_MAX = 100;
/** Causes whose firings are counted; the oldest that is not exhausted is forgotten first. */
export const CAUSES_MAX = 50;

/** How often a cause has fired since somebody said that it is settled. */
export const CauseCount = z.strictObject({
  cause: z.string().max(600),
  firings: z.number().int().min(0),
  isExhausted: z.boolean(),
  /** What a decision would be about, the alert that fired last, and the alert that asks a person. */
  about: NodeId.nullable(),
  alert: NodeId.nullable(),
  ask: NodeId.nullable(),
});
export type CauseCount = z.infer<typeof CauseCount>;

export const Trigger = defineNode("Trigger", {
  description: "What is done when something happens: on a time, a new version, an alert, a push, or by hand.",
  kind: "asset",
  fields: {
    namespace: Namespace,
    name: Name,
    state: TriggerState,
    definition: JsonObject.describe("on, do, concurrency and limit, defaults filled in."),
    author: NodeId,
    grants: z.array(z.strictObject({ namespace: z.string().max(63), roles: z.array(Role).max(5) })).max(100),
    source: NodeId.nullable(),
    open: z.array(NodeId).max(OPEN_MAX),
    queue: z.array(NodeId).max(QUEUE_MAX),
    causes: z.array(CauseCount).max(CAUSES_MAX),
    cronAt: Time.nullable(),
    enabledAt: Time,
    createdAt: Time,
  },
  edges: { attributedTo },
  hidden: ["author", "grants", "source", "open", "queue", "causes", "cronAt", "enabledAt"],
  indexed: ["attributedTo", "definition.on"],
});

/** What one reaction led to, or why it did not. */
export const Reacted = z
  .strictObject({
    reaction: z.string().max(40).describe("pipeline, run, rollBack, notify or ask."),
    led: NodeId.nullable().describe("The run, deployment or alert."),
    error: z.string().max(500).nullable(),
  })
  .meta({ id: "Reacted" });
export type Reacted = z.infer<typeof Reacted>;
