import type { Job } from "@clew/plugin-sdk";
import type { Parameters } from "./parameters.ts";

export const INPUTS = {
  data: { type: "DatasetVersion", description: "The rows to validate: all versions are one table", many: true },
  reference: {
    type: "DatasetVersion",
    description: "Earlier rows: a schema is inferred from them, and statistics are compared with theirs",
    many: true,
    required: false,
  },
  join: {
    type: "DatasetVersion",
    description: "Tables that the data are to be joined with",
    many: true,
    required: false,
  },
} as const;

export const OUTPUTS = {
  report: { type: "Report", description: "Verdict, anomalies and statistics" },
  accepted: {
    type: "DatasetVersion",
    description: "With setAside: the rows that break no rule, as Parquet",
    required: false,
  },
  rejected: {
    type: "DatasetVersion",
    description: "With setAside: the rows that break a rule, and why, as Parquet; none where there are none",
    required: false,
  },
} as const;

export type ValidationJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
