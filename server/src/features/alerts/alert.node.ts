import { AlertSeverity, AlertState, Namespace } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, one } from "../../core/define-node.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

export const Alert = defineNode("Alert", {
  description:
    "What a monitor, a gate or a tool found that wants a reaction. The same cause again is the same alert, until it is resolved.",
  fields: {
    namespace: Namespace,
    name: Label.describe("The cause, as drift:temp: what it is grouped by."),
    state: AlertState,
    severity: AlertSeverity.describe("The highest so far."),
    message: z.string().min(1).max(2000).describe("As last told."),
    episode: z.number().int().min(1).max(2_000_000_000).describe("How often the cause has come up on this thing."),
    occurrences: z.number().int().min(1).describe("How often it was told since it is open."),
    firstAt: Time,
    lastAt: Time,
    acknowledgedAt: Time.nullable(),
    resolvedAt: Time.nullable(),
    resolution: z.string().max(2000).nullable().describe("What became of it, in words."),
  },
  edges: {
    about: one("ABOUT", "Deployment", "ModelVersion", "DatasetVersion", "Run", "UseCase"),
    evidence: many("TRIGGERED_BY", "Report"),
    attributedTo,
  },
  parent: "about",
  indexed: ["severity", "attributedTo"],
});
