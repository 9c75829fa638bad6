import {
  Columns,
  LineageOfColumns,
  ModelSignature,
  REPORT_PARTS,
  ReportType,
  StatisticsOfColumns,
  Verdict,
} from "@clew/schema";
import { z } from "zod";
import { firstRepeated } from "../../core/first-repeated.ts";
import { Metric } from "../../core/metric.ts";
import { Files } from "../catalog/index.ts";
import { Slice } from "./report.node.ts";

/** What a run made under a role: exactly one of the three. */
export const FinishedOutput = z
  .strictObject({
    role: z.string().min(1).max(64),
    modelVersion: z
      .strictObject({
        files: Files.min(1),
        format: z.string().min(1).max(50),
        signature: ModelSignature,
        columnLineage: LineageOfColumns.default([]),
        metrics: z.array(Metric).max(500).default([]),
      })
      .meta({ id: "FinishedModelVersion" })
      .nullable()
      .default(null),
    datasetVersion: z
      .strictObject({
        files: Files.min(1),
        schema: Columns,
        rows: z.number().int().nonnegative().nullable(),
        statistics: StatisticsOfColumns.default([]),
        columnLineage: LineageOfColumns.default([]),
      })
      .meta({ id: "FinishedDatasetVersion" })
      .nullable()
      .default(null),
    report: z
      .strictObject({
        reportType: ReportType,
        about: z.array(z.string()).min(1).max(20).describe("Roles of the inputs that the report is about."),
        verdict: Verdict.nullable().default(null),
        metrics: z.array(Metric).max(500),
        slices: z.array(Slice).max(500).default([]),
        ...REPORT_PARTS,
        files: Files.default([]),
      })
      .meta({ id: "FinishedReport" })
      .nullable()
      .default(null),
  })
  .refine((output) => [output.modelVersion, output.datasetVersion, output.report].filter(Boolean).length === 1, {
    message: "give exactly one of modelVersion, datasetVersion and report",
  })
  .meta({ id: "FinishedOutput" });
export type FinishedOutput = z.infer<typeof FinishedOutput>;

/** A run's outputs: each role once, since it names the output's place. */
export const FinishedOutputs = z
  .array(FinishedOutput)
  .max(100)
  .superRefine((outputs, context) => {
    const again = firstRepeated(outputs.map(({ role }) => role));
    if (again >= 0)
      context.addIssue({ code: "custom", path: [again, "role"], message: "two outputs have the same role" });
  });
