import { LineageOfColumns, ModelSignature, ModelVersionState, Name, Namespace, Sha256 } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, maybe, one } from "../../core/define-node.ts";
import { document } from "../../core/document.ts";
import { Metric } from "../../core/metric.ts";
import { metricsOf } from "../../core/stated-value.ts";
import { Time } from "../../core/time.ts";

export const ModelVersion = defineNode("ModelVersion", {
  description: "An immutable state of a model: its artifact, and the run that made it.",
  kind: "version",
  fields: {
    namespace: Namespace,
    name: Name,
    version: z.number().int().min(1).max(2_000_000_000),
    state: ModelVersionState.describe("Whether it may go live; a decision changes it."),
    digest: Sha256.describe("SHA-256 of the artifact's manifest."),
    format: z.string().min(1).max(50).describe("tfjs-layers, onnx, xgboost-json, …"),
    signature: document(ModelSignature),
    columnLineage: document(LineageOfColumns).describe("Which input columns each feature comes from."),
    metrics: z.array(Metric).max(500).describe("What training itself measured."),
    fileCount: z.number().int().nonnegative(),
    sizeBytes: z.number().int().nonnegative(),
    createdAt: Time,
  },
  edges: {
    model: one("VERSION_OF", "Model"),
    generatedBy: maybe("GENERATED_BY", "Run"),
    derivedFrom: many("DERIVED_FROM", "ModelVersion"),
  },
  parent: "model",
  values: ({ metrics }) => metricsOf(metrics),
});
