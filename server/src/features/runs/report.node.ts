import { MetricValue, Name, Namespace, REPORT_PARTS, ReportType, Sha256, SliceValue, Verdict } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, one } from "../../core/define-node.ts";
import { document } from "../../core/document.ts";
import { Metric } from "../../core/metric.ts";
import { metricsOf, namesOf } from "../../core/stated-value.ts";
import { Time } from "../../core/time.ts";

export const MetricInterval = z
  .strictObject({ name: z.string().min(1).max(200), low: MetricValue, high: MetricValue })
  .meta({ id: "MetricInterval" });

/** Metrics of the rows where these columns have these values. */
export const Slice = z
  .strictObject({
    where: z.array(SliceValue).min(1).max(10),
    count: z.number().int().nonnegative(),
    metrics: z.array(Metric).max(100),
    intervals: z.array(MetricInterval).max(100),
  })
  .meta({ id: "Slice" });

/** The value by which an evaluation report names the versions that it evaluates. */
export const EVALUATES = "evaluates";

export const Report = defineNode("Report", {
  description: "What a run found out about a version.",
  fields: {
    namespace: Namespace,
    name: Name,
    reportType: ReportType,
    verdict: Verdict.nullable(),
    metrics: z.array(Metric).max(500),
    slices: document(z.array(Slice).max(500)),
    anomalies: document(REPORT_PARTS.anomalies),
    drift: document(REPORT_PARTS.drift),
    rules: document(REPORT_PARTS.rules),
    digest: Sha256.nullable().describe("SHA-256 of the manifest of the report's own files, if it has any."),
    fileCount: z.number().int().nonnegative(),
    sizeBytes: z.number().int().nonnegative(),
    createdAt: Time,
  },
  edges: {
    run: one("GENERATED_BY", "Run"),
    about: many("ABOUT", "DatasetVersion", "ModelVersion", "Deployment"),
  },
  parent: "run",
  indexed: ["reportType", "verdict", "about"],
  values: ({ metrics, reportType, about }) => [
    ...metricsOf(metrics),
    ...(reportType === "EVALUATION" ? namesOf(EVALUATES, about) : []),
  ],
});
