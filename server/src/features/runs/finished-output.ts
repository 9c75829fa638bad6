import { LineageOfColumns, ModelSignature, REPORT_PARTS, ReportType, Verdict } from "@clew/schema";
import { z } from "zod";
import { eachOnce, firstRepeated } from "../../core/first-repeated.ts";
import { Metric } from "../../core/metric.ts";
import { Files, statisticsOfColumns, UniqueColumns, UniqueStatistics } from "../catalog/index.ts";
import { Slice } from "./report.node.ts";

const Metrics = z.array(Metric).max(500).superRefine(eachOnce("name", "two metrics have the same name"));

/** Of each slice too: the facts of earlier reports are read by the slice's own schema, which says nothing of it. */
function metricsOnce(slices: readonly z.infer<typeof Slice>[], context: z.RefinementCtx): void {
  for (const [index, slice] of slices.entries()) {
    for (const part of ["metrics", "intervals"] as const) {
      const again = firstRepeated(slice[part].map(({ name }) => name));
      const path = [index, part, again, "name"];
      if (again >= 0) context.addIssue({ code: "custom", path, message: `two ${part} have the same name` });
    }
  }
}

/** All that a report says, besides what it is about. */
export const reportSaid = {
  reportType: ReportType,
  verdict: Verdict.nullable().default(null),
  metrics: Metrics,
  slices: z.array(Slice).max(500).default([]).superRefine(metricsOnce),
  ...REPORT_PARTS,
  files: Files.default([]),
};

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
        metrics: Metrics.default([]),
      })
      .meta({ id: "FinishedModelVersion" })
      .nullable()
      .default(null),
    datasetVersion: z
      .strictObject({
        files: Files.min(1),
        schema: UniqueColumns,
        rows: z.number().int().nonnegative().nullable(),
        statistics: UniqueStatistics.default([]),
        columnLineage: LineageOfColumns.default([]),
      })
      .superRefine(statisticsOfColumns)
      .meta({ id: "FinishedDatasetVersion" })
      .nullable()
      .default(null),
    report: z
      .strictObject({
        ...reportSaid,
        about: z.array(z.string()).min(1).max(20).describe("Roles of the inputs that the report is about."),
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
  .superRefine(eachOnce("role", "two outputs have the same role"));
