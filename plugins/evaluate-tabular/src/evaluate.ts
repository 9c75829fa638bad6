import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadClassifier, ScoredRows, seedFor } from "@clew/plugin-tabular";
import { bootstrap } from "./bootstrap.ts";
import { calibrationOf } from "./calibration.ts";
import { curveOf } from "./curves.ts";
import type { EvaluationJob } from "./job-types.ts";
import { predictionsCsv } from "./predictions-csv.ts";
import { type EvaluationInputs, readInputs } from "./read-inputs.ts";
import { type Evaluated, type EvaluatedSlice, reportFile, reportMetrics, reportSlices } from "./report.ts";
import { type Scores, scoreRows } from "./scorers.ts";
import { sliceRows } from "./slice-rows.ts";

const REPORT_DIR = "report";

/** Scores the rows by the model's own pipeline and writes the report. */
export async function evaluate(job: EvaluationJob): Promise<Record<string, number>> {
  job.progress(0, "reading");
  const pipeline = await loadClassifier((file) => job.inputs.model[0]!.path(file));
  const inputs = await readInputs(job, pipeline);
  job.progress(0.2, "scoring");
  const scores = await scoreRows(job, pipeline, inputs.table);
  const threshold = job.parameters.threshold ?? pipeline.threshold;
  const evaluated = await evaluateAll(job, inputs, scores, threshold);
  const dir = join(job.outputDir, REPORT_DIR);
  await mkdir(dir);
  await writeFile(join(dir, "report.json"), reportFile(evaluated));
  if (job.parameters.predictions) await writeFile(join(dir, "predictions.csv"), predictionsCsv(job, inputs, scores));
  const metrics = reportMetrics(evaluated);
  job.output("report", {
    reportType: "EVALUATION",
    about: ["model", "data"],
    verdict: null,
    metrics,
    slices: reportSlices(evaluated),
    dir: REPORT_DIR,
  });
  return { rows: inputs.labels.length };
}

async function evaluateAll(
  job: EvaluationJob,
  { table, labels }: EvaluationInputs,
  scores: Scores,
  threshold: number,
): Promise<Evaluated> {
  const { resamples } = job.parameters;
  const { seed, signal } = job;
  const model = new ScoredRows(labels, scores.model, threshold);
  const others = scores.baselines.map((baseline) => new ScoredRows(labels, baseline.scores, threshold));
  job.progress(0.3, "resampling");
  const { intervals, gains } = await bootstrap({ model, baselines: others, resamples, seed: seedFor(seed, 0), signal });
  const cut = sliceRows(table, job.parameters);
  for (const [name, count] of Object.entries(cut.leftOut)) job.log.info(`${count} values of ${name} got no slice`);
  const slices: EvaluatedSlice[] = [];
  for (const [index, { name, value, rows }] of cut.slices.entries()) {
    const part = takeScored(model, rows);
    const task = { model: part, baselines: [], resamples, seed: seedFor(seed, index + 1), signal };
    slices.push({ name, value, ...measured(part), intervals: (await bootstrap(task)).intervals });
    job.progress(0.5 + (0.5 * (index + 1)) / cut.slices.length, `slice ${name} = ${value}`.slice(0, 200));
  }
  return {
    threshold,
    ...measured(model),
    intervals,
    confusion: model.confusion(),
    calibration: calibrationOf(labels, scores.model),
    curve: curveOf(labels, scores.model),
    baselines: scores.baselines.map(({ name }, index) => {
      return { name, metrics: others[index]!.measure(), gains: gains[index]! };
    }),
    slices,
    slicesLeftOut: cut.leftOut,
  };
}

function measured(rows: ScoredRows): Pick<EvaluatedSlice, "rows" | "positives" | "metrics"> {
  const positives = rows.labels.reduce((sum, label) => sum + label, 0);
  return { rows: rows.size, positives, metrics: rows.measure() };
}

function takeScored({ labels, scores, threshold }: ScoredRows, rows: Int32Array): ScoredRows {
  const partLabels = Uint8Array.from(rows, (row) => labels[row]!);
  return new ScoredRows(
    partLabels,
    Float64Array.from(rows, (row) => scores[row]!),
    threshold,
  );
}
