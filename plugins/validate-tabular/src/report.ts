import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Anomaly, type MetricValue, toMetricValues, type Verdict } from "@clew/plugin-sdk";
import { type DataProfile, type DataSchema, formatSchema } from "@clew/plugin-tabular";
import type { ColumnShift } from "./compare-columns.ts";
import type { ValidationJob } from "./job-types.ts";

/** An entry of the ledger holds 64 KiB; the file has all anomalies. */
const MAX_REPORTED_BYTES = 32_768;
const REPORT_DIR = "report";

export interface Findings {
  schema: DataSchema;
  schemaFrom: "parameters" | "reference" | "data";
  data: DataProfile;
  badRows: number;
  brokenRows: number;
  reference: DataProfile | null;
  shifts: ColumnShift[];
  matched: Record<string, number>;
  anomalies: Anomaly[];
}

export async function writeReport(job: ValidationJob, findings: Findings): Promise<Verdict> {
  const { schema, schemaFrom, data, reference, shifts, matched } = findings;
  const verdict = verdictOf(findings);
  // A stable sort: errors first, else as they were found.
  const anomalies = findings.anomalies.toSorted(
    (a, b) => Number(a.severity === "WARNING") - Number(b.severity === "WARNING"),
  );
  const dir = join(job.outputDir, REPORT_DIR);
  await mkdir(dir);
  await writeFile(join(dir, "schema.json"), formatSchema(schema));
  await writeJson(dir, "statistics.json", { format: "clew-data-statistics/1", data, reference, shifts, matched });
  await writeJson(dir, "anomalies.json", { format: "clew-data-anomalies/1", verdict, schemaFrom, anomalies });
  const reported = thatFit(anomalies);
  if (reported.length < anomalies.length)
    job.log.warn(`the report shows ${reported.length} of ${anomalies.length} anomalies; anomalies.json has all`);
  job.output("report", {
    reportType: "DATA_VALIDATION",
    about: ["data"],
    verdict,
    metrics: metricsOf(job, findings),
    anomalies: reported,
    dir: REPORT_DIR,
  });
  return verdict;
}

function verdictOf({ data, brokenRows, anomalies }: Findings): Verdict {
  if (data.rows === 0 && brokenRows === 0) return "NOT_ENOUGH_DATA";
  return anomalies.some(({ severity }) => severity === "ERROR") ? "FAIL" : "PASS";
}

function thatFit(anomalies: readonly Anomaly[]): Anomaly[] {
  let bytes = 0;
  return anomalies.filter((anomaly) => (bytes += Buffer.byteLength(JSON.stringify(anomaly)) + 1) <= MAX_REPORTED_BYTES);
}

function metricsOf(job: ValidationJob, findings: Findings): Record<string, MetricValue> {
  const { data, badRows, brokenRows, anomalies, shifts, matched } = findings;
  const files = job.inputs.data.flatMap((input) => input.files);
  const errors = anomalies.filter(({ severity }) => severity === "ERROR").length;
  const flat: Record<string, number> = {
    rows: data.rows,
    columns: data.columns.length,
    bad_rows: badRows,
    broken_rows: brokenRows,
    duplicate_rows: data.duplicates,
    files: files.length,
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    errors,
    warnings: anomalies.length - errors,
  };
  for (const [dataset, share] of Object.entries(matched)) flat[`${dataset}_matched_fraction`] = share;
  for (const measure of ["infinityNorm", "jensenShannonDivergence"] as const) {
    const measured = shifts.flatMap((shift) => shift[measure] ?? []);
    if (measured.length > 0)
      flat[`largest_${measure === "infinityNorm" ? "infinity_norm" : "jensen_shannon_divergence"}`] = Math.max(
        ...measured,
      );
  }
  return toMetricValues(flat);
}

/** What is not finite is null. */
async function writeJson(dir: string, name: string, value: object): Promise<void> {
  await writeFile(join(dir, name), `${JSON.stringify(value, null, 1)}\n`);
}
