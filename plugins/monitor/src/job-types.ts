import type { Job } from "@clew/plugin-sdk";
import type { Parameters } from "./parameters.ts";

export const INPUTS = {
  reference: {
    type: "DatasetVersion",
    description: "The rows that drift is measured from, such as those that the model was trained on: the SQL view data",
    many: true,
  },
  champion: {
    type: "ModelVersion",
    description:
      "Of abTest: what the other live model is held against; where it is none of the two, that which has more traffic is",
    required: false,
  },
} as const;

export type MonitoringJob = Job<typeof Parameters, typeof INPUTS>;
