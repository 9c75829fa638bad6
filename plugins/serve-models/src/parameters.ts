import { z } from "zod";
import { BackendChoice, DataSchema } from "@clew/plugin-tabular";

export const Parameters = z.strictObject({
  host: z.string().min(1).max(255).default("127.0.0.1").describe("Address to listen on; 0.0.0.0 is every one"),
  port: z.number().int().min(0).max(65_535).default(0).describe("0: any that is free"),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where clients reach it, when that is another address: a proxy's, or of another network"),
  stickyHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .default("X-Sticky-Key")
    .describe(
      "Requests with the same value of this header are answered by the same model, as long as the weights stay",
    ),
  maxBodyMiB: z.number().int().min(1).max(1024).default(64).describe("Of a request, also once it is unpacked"),
  logFraction: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("Share of the answered requests that are passed on to who watches the endpoint; failed ones all are"),
  logBuffer: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe("Inferences that may wait to be passed on; what comes then is dropped, and counted"),
  schema: DataSchema.optional().describe(
    "The data schema that requests are held to, as validate-tabular has it; without it, the one that a model has in data-schema.json",
  ),
  onAnomaly: z
    .enum(["flag", "reject"])
    .default("flag")
    .describe(
      "A request that the data schema does not allow: flag answers it, and what is passed on says what is wrong; reject answers 422",
    ),
  backend: BackendChoice.default("auto").describe("For models of TensorFlow.js"),
});
export type Parameters = z.output<typeof Parameters>;
