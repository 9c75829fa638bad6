import { Name, Namespace, Sha256 } from "@clew/schema";
import { z } from "zod";
import { defineNode, one } from "../../core/define-node.ts";
import { document } from "../../core/document.ts";
import { JsonObject } from "../../core/json-object.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

export const Pipeline = defineNode("Pipeline", {
  description: "A named order of steps whose definition changes from version to version.",
  kind: "asset",
  fields: {
    namespace: Namespace,
    name: Name,
    latestVersion: z.number().int().max(2_000_000_000).describe("The number of the newest version."),
    createdAt: Time,
  },
  edges: {},
});

export const PipelineVersion = defineNode("PipelineVersion", {
  description: "An immutable definition of a pipeline.",
  kind: "version",
  fields: {
    namespace: Namespace,
    name: Name,
    version: z.number().int().min(1).max(2_000_000_000),
    digest: Sha256.describe("SHA-256 of the definition's RFC 8785 canonical JSON, defaults filled in."),
    definition: document(JsonObject).describe("As pipeline-definition.1.schema.json has it, defaults filled in."),
    createdAt: Time,
  },
  edges: { pipeline: one("VERSION_OF", "Pipeline"), attributedTo },
  parent: "pipeline",
  indexed: ["attributedTo"],
});
