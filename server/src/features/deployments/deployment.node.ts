import { DeploymentState, Failure, Name, Namespace } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, one } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

const RevisionNumber = z.number().int().min(1).max(2_000_000_000);

export const Deployment = defineNode("Deployment", {
  description: "A revision of an endpoint: which model versions serve it, with which share of its traffic.",
  kind: "version",
  fields: {
    namespace: Namespace,
    name: Name.describe("The endpoint's."),
    version: RevisionNumber.describe("The revision's number."),
    restores: RevisionNumber.nullable().describe("Of a roll-back: the number of the revision that it serves again."),
    state: DeploymentState,
    failure: Failure.nullable().describe("Why it could not be served."),
    createdAt: Time,
    activatedAt: Time.nullable(),
    endedAt: Time.nullable().describe("Since when it is neither wanted nor served."),
  },
  edges: {
    endpoint: one("REVISION_OF", "Endpoint"),
    serves: many("SERVES", "ModelVersion"),
    attributedTo,
  },
  parent: "endpoint",
  indexed: ["attributedTo"],
});
