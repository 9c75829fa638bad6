import { Sha256 } from "@clew/schema";
import { defineNode } from "../../core/define-node.ts";
import { JsonObject, TextObject } from "../../core/json-object.ts";
import { parametersOf } from "../../core/stated-value.ts";
import { Time } from "../../core/time.ts";

export const HyperparameterSet = defineNode("HyperparameterSet", {
  description: "Hyperparameters by content: the same values are the same node.",
  kind: "version",
  fields: {
    digest: Sha256.describe("SHA-256 of the parameters' RFC 8785 canonical JSON."),
    parameters: JsonObject,
    createdAt: Time,
  },
  edges: {},
  values: ({ parameters }) => parametersOf(parameters),
});

export const Environment = defineNode("Environment", {
  description: "What a run ran in: runtime, packages, hardware.",
  kind: "version",
  fields: {
    digest: Sha256.describe("SHA-256 of the values' canonical JSON."),
    values: TextObject,
    createdAt: Time,
  },
  edges: {},
});
