import type { Job } from "@clew/plugin-sdk";
import { z } from "zod";

export const INPUTS = {
  model: { type: "ModelVersion", description: "What is exported: tfjs-layers or onnx" },
} as const;

export const OUTPUTS = {
  export: { type: "ModelVersion", description: "The same model with its lineage id inside: tfjs-web or onnx" },
} as const;

export const Parameters = z.strictObject({});
export type ExportJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
