import { DecisionType, Namespace } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, one } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

export const Decision = defineNode("Decision", {
  description: "What a person, or a policy, has decided of a version or a deployment.",
  fields: {
    namespace: Namespace,
    decisionType: DecisionType,
    reason: z.string().max(2000),
    policy: z.string().min(1).max(200).nullable().describe("The rule that decided; null where a person did."),
    decidedAt: Time,
    expiresAt: Time.nullable().describe("Of an exemption: until when it holds."),
  },
  edges: {
    about: one("ABOUT", "ModelVersion", "DatasetVersion", "Deployment"),
    basis: many("TRIGGERED_BY", "Report", "Alert", "Decision"),
    attributedTo,
  },
  parent: "about",
  indexed: ["decisionType", "attributedTo"],
});
