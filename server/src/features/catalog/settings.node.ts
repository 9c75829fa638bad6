import { ParameterValue, Sha256 } from "@clew/schema";
import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";

export const HyperparameterSet = defineNode("HyperparameterSet", {
  description: "Hyperparameters by content: the same values are the same node.",
  kind: "version",
  fields: {
    digest: Sha256.describe("SHA-256 of the parameters' RFC 8785 canonical JSON."),
    parameters: z.record(z.string().min(1).max(200), ParameterValue),
    createdAt: Time,
  },
  edges: {},
});

export const Environment = defineNode("Environment", {
  description: "What a run ran in: runtime, packages, hardware.",
  kind: "version",
  fields: {
    digest: Sha256.describe("SHA-256 of the values' canonical JSON."),
    values: z.record(z.string().min(1).max(200), z.string().max(2000)),
    createdAt: Time,
  },
  edges: {},
});
