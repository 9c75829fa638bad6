import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PluginFailure } from "@clew/plugin-sdk";
import { loadPipeline, ScoredRows, seedFor, type TabularPipeline } from "@clew/plugin-tabular";
import {
  checkGates,
  CLASS_SLICE,
  evaluateRows,
  type GateAnswer,
  type MeasuredRows,
  reportedRules,
  reportMetrics,
  reportSlices,
  type RowSlice,
  type RowSlices,
  runGates,
  sliceRows,
  verdictOf,
} from "@clew/plugin-tabular/evaluation";
import { loadChampion } from "./champion.ts";
import { curveOf } from "./curves.ts";
import type { EvaluationJob } from "./job-types.ts";
import { predictionsCsv } from "./predictions-csv.ts";
import { readInputs } from "./read-inputs.ts";
import { type EvaluationFile, reportFile } from "./report.ts";
import { measuredRows, scoreRows } from "./scorers.ts";

const REPORT_DIR = "report";
/** Of the streams of random numbers that no slice has. */
const GATE_STREAM = 1_000_000;

/** The rows with the answers of the model and of what it is compared with. */
interface Compared {
  model: MeasuredRows;
  baselines: { name: string; rows: MeasuredRows }[];
  cut: RowSlices;
}

/** Scores the rows by the model's own pipeline and writes the report. */
export async function evaluate(job: EvaluationJob): Promise<Record<string, number | string>> {
  checkGates(job.parameters.gates, job.parameters);
  job.progress(0, "reading");
  const pipeline = await loadPipeline((file) => job.inputs.model[0]!.path(file));
  refuseClassSlice(job, pipeline);
  const champion = await loadChampion(job, pipeline);
  const inputs = await readInputs(job, pipeline, champion?.pipeline ?? null);
  job.progress(0.2, "scoring");
  const scores = await scoreRows(job, pipeline, champion, inputs.table);
  const compared = {
    model: measuredRows(inputs, scores.model),
    baselines: scores.baselines.map((one) => ({ name: one.name, rows: measuredRows(inputs, one) })),
    cut: sliceRows(inputs.table, job.parameters),
  };
  if (job.parameters.gates.length > 0) job.progress(null, "deciding the gates");
  const gates = await runGates({
    ...job.parameters,
    ...compared,
    slices: compared.cut.slices,
    seed: seedFor(job.seed, GATE_STREAM),
    signal: job.signal,
  });
  const evaluated = {
    ...(pipeline.classes && { classes: pipeline.classes }),
    ...(await evaluateAll(job, compared, gates)),
  };
  const verdict = verdictOf(gates);
  const dir = join(job.outputDir, REPORT_DIR);
  await mkdir(dir);
  await writeFile(join(dir, "report.json"), reportFile(evaluated));
  if (job.parameters.predictions) {
    await writeFile(join(dir, "predictions.csv"), predictionsCsv(job, inputs, scores, pipeline.classes));
  }
  job.output("report", {
    reportType: "EVALUATION",
    about: ["model", "data"],
    verdict,
    metrics: reportMetrics(evaluated),
    slices: reportSlices(evaluated, pipeline.classes),
    rules: reportedRules(gates),
    dir: REPORT_DIR,
  });
  return { rows: inputs.labels.length, ...(verdict !== null && { verdict }) };
}

function refuseClassSlice({ parameters: { slices, crosses } }: EvaluationJob, { classes }: TabularPipeline): void {
  if (classes === undefined || ![...slices, ...crosses].some(({ name }) => name === CLASS_SLICE)) return;
  const why = `${CLASS_SLICE} is what the report calls the classes themselves`;
  throw new PluginFailure("BAD_PARAMETERS", `slices: ${why}; give the slice another name and an expression`);
}

async function evaluateAll(
  job: EvaluationJob,
  { model, baselines, cut }: Compared,
  gates: GateAnswer[],
): Promise<EvaluationFile> {
  const { resamples } = job.parameters;
  const { seed, signal } = job;
  job.progress(0.3, "resampling");
  for (const [name, count] of Object.entries(cut.leftOut)) job.log.info(`${count} values of ${name} got no slice`);
  const onSlice = (done: number, { name, value }: RowSlice) =>
    job.progress(0.5 + (0.5 * done) / cut.slices.length, `slice ${name} = ${value}`.slice(0, 200));
  const task = { model, baselines, slices: cut.slices, resamples, seed, signal, onSlice };
  return {
    ...(await evaluateRows(task)),
    ...(model instanceof ScoredRows && { curve: curveOf(model.labels, model.scores) }),
    slicesLeftOut: cut.leftOut,
    ...(gates.length > 0 && { gates }),
  };
}
