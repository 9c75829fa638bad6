import { FiringState, Name, Namespace, NodeId } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, one } from "../../core/define-node.ts";
import { JsonObject } from "../../core/json-object.ts";
import { Time } from "../../core/time.ts";
import { OPEN_MAX, Reacted } from "./trigger.node.ts";

export const TriggerFiring = defineNode("TriggerFiring", {
  description: "One occasion of a trigger, what came of it, and what it led to.",
  fields: {
    namespace: Namespace,
    name: Name.describe("The trigger's."),
    state: FiringState,
    cause: z.string().max(600).describe("What its limit counts by."),
    occasion: z.string().max(400).describe("What tells it apart from every other firing of the trigger."),
    message: z.string().max(1000).describe("What happened, and why nothing was done where nothing was."),
    values: z.record(z.string().max(20), z.string().max(600)).describe("What $version, $alert, … stood for."),
    plan: z.array(JsonObject).max(10),
    replaces: z.array(NodeId).max(OPEN_MAX),
    reactions: z.array(Reacted).max(10),
    onBehalfOf: NodeId,
    firedAt: Time,
    reactedAt: Time.nullable(),
    endedAt: Time.nullable().describe("When all that it led to had ended."),
  },
  edges: {
    trigger: one("ABOUT", "Trigger"),
    causedBy: many("TRIGGERED_BY", "Alert", "DatasetVersion", "ModelVersion"),
  },
  parent: "trigger",
  hidden: ["plan", "replaces", "onBehalfOf", "values"],
});
