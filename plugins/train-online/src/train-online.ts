import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type ColumnLineage,
  type LocalInput,
  type ModelSignature,
  PluginFailure,
  toMetricValues,
} from "@clew/plugin-sdk";
import {
  answerFields,
  type Backend,
  buildNetwork,
  type DenseWeights,
  encodeFeatures,
  inScratchDatabase,
  labelsOf,
  lineageOf,
  loadBackend,
  type Matrix,
  type NetObjective,
  numberBy,
  numbersOf,
  PROBABILITY,
  requireDefinition,
  saveDataSchema,
  saveModel,
  SeenRows,
  signatureOf,
  streamTables,
  type Table,
  TabularDatabase,
  targetsOf,
  unscaled,
  viewsOf,
  widenSchema,
  type Wanted,
  wantedFor,
} from "@clew/plugin-tabular";
import type { OnlineJob } from "./job-types.ts";
import { answersOf, learn, weightsOf } from "./online-net.ts";
import { measureBatch, RunningMeans } from "./prequential.ts";
import { loadStart, type StartModel } from "./start-model.ts";
import { saveState } from "./state-files.ts";

const MODEL_DIR = "model";
/** Of DuckDB, which sorts a version's rows on disk where they do not fit. */
const MEMORY_MIB = 512;
/** Rows that are decoded at a time, about. */
const TABLE_ROWS = 8192;
const BATCHES_A_TURN = 8;

/** What goes on while rows come. */
interface Stream {
  job: OnlineJob;
  tf: Backend["tf"];
  start: StartModel;
  /** The weights that it began with. */
  before: DenseWeights[][];
  objective: NetObjective;
  seen: SeenRows;
  /** Since the last point. */
  block: { learning: RunningMeans; start: RunningMeans };
  whole: { learning: RunningMeans; start: RunningMeans };
}

/** Scores and learns each version's rows, batch by batch, and writes the net after the last. */
export async function trainOnline(job: OnlineJob): Promise<Record<string, number | string>> {
  const { parameters, inputs } = job;
  const backend = await loadBackend(parameters.backend);
  for (const reason of backend.passedOver) job.log.info(`backend ${reason}`);
  const start = await loadStart(backend.tf, inputs.model[0]!);
  await requireDefinition(start.pipeline.definition, inputs.data, (message) => job.log.warn(message));
  const { lineage, signature } = await describe(job, start);
  const stream = streamOf(job, backend, start, new SeenRows(signature.inputs));
  for (const [index, version] of inputs.data.entries()) {
    job.progress(index / inputs.data.length, version.key);
    await learnVersion(stream, version);
  }
  report(stream, stream.block);
  const metrics = { ...measured(stream.whole), rows: stream.whole.learning.rows, rows_in_life: start.state.rows };
  await save(stream);
  job.output("model", {
    dir: MODEL_DIR,
    format: "tfjs-layers",
    signature,
    columnLineage: lineage,
    metrics: toMetricValues(metrics),
  });
  return { backend: backend.name, rows: stream.whole.learning.rows };
}

async function describe(
  { inputs, parameters }: OnlineJob,
  { pipeline }: StartModel,
): Promise<{ lineage: ColumnLineage[]; signature: ModelSignature }> {
  const { sql, target, features, output } = pipeline;
  const answers = answerFields(output === "number" ? "regression" : "binary");
  const database = await TabularDatabase.open(viewsOf(inputs.data, inputs.join));
  try {
    const columns = [...new Set([...features.map(({ column }) => column), target])];
    await database.describeQuery(sql, "BAD_INPUT");
    const lineage = await lineageOf(database, { ...parameters, sql, target }, columns, "features");
    return {
      lineage,
      signature: inputs.model[0]!.signature ?? (await signatureOf(database, { sql, features }, answers)),
    };
  } finally {
    database[Symbol.dispose]();
  }
}

function streamOf(job: OnlineJob, { tf }: Backend, start: StartModel, seen: SeenRows): Stream {
  const { scale } = start.pipeline;
  const objective = scale === undefined ? PROBABILITY : numberBy(job.parameters, scale.std);
  const before = weightsOf(start.state).map((layers) => layers.map(copyOf));
  return { job, tf, start, before, objective, seen, block: both(), whole: both() };
}

function copyOf(layer: DenseWeights): DenseWeights {
  return { ...layer, kernel: layer.kernel.slice(), bias: layer.bias.slice() };
}

function both() {
  return { learning: new RunningMeans(), start: new RunningMeans() };
}

async function learnVersion(stream: Stream, version: LocalInput): Promise<void> {
  const { job, start } = stream;
  const { timeColumn, batchSize } = job.parameters;
  const { sql, target, features, output } = start.pipeline;
  const wanted: Wanted[] = [
    { column: target, as: output === "number" ? "number" : "boolean" },
    ...features.map(wantedFor),
  ];
  const rowsPerTable = batchSize * Math.max(1, Math.floor(TABLE_ROWS / batchSize));
  const before = stream.whole.learning.rows;
  await inScratchDatabase(job, viewsOf([version], job.inputs.join), { memoryMiB: MEMORY_MIB }, async (database) => {
    for await (const table of streamTables(database, sql, wanted, { timeColumn, rowsPerTable })) {
      refuseTimeless(table, timeColumn);
      stream.seen.add(table);
      await learnTable(stream, table);
    }
  });
  if (stream.whole.learning.rows === before)
    throw new PluginFailure("BAD_INPUT", `${version.key}: the query's answer has no rows`);
}

function refuseTimeless(table: Table, timeColumn: string | undefined): void {
  if (timeColumn === undefined || !numbersOf(table, timeColumn).some(Number.isNaN)) return;
  throw new PluginFailure("BAD_INPUT", `time column ${timeColumn} has rows without a time`);
}

async function learnTable(stream: Stream, table: Table): Promise<void> {
  const { job, start } = stream;
  const { features, target, output } = start.pipeline;
  const matrix = encodeFeatures(features, table);
  const targets = output === "number" ? targetsOf(table, target) : labelsOf(table, target);
  const { batchSize, reportRows } = job.parameters;
  for (let at = 0, batches = 0; at < table.rows; at += batchSize, batches++) {
    const rows = Math.min(batchSize, table.rows - at);
    const values = matrix.values.subarray(at * matrix.width, (at + rows) * matrix.width);
    learnBatch(stream, { rows, width: matrix.width, values }, targets.slice(at, at + rows));
    if (stream.block.learning.rows >= reportRows) {
      report(stream, stream.block);
      stream.block = both();
    }
    if (batches % BATCHES_A_TURN !== 0) continue;
    await setImmediate();
    job.signal.throwIfAborted();
  }
}

/** Scores the batch by what was known before it, and then learns it. */
function learnBatch(stream: Stream, matrix: Matrix, targets: Uint8Array | Float64Array): void {
  const { tf, start, before, objective, block, whole, job } = stream;
  const { pipeline, state } = start;
  const scale = pipeline.scale ?? { mean: 0, std: 1 };
  const measure = (members: DenseWeights[][]) => {
    const answers = answersOf(tf, members, objective, matrix).map((answer) => answer * scale.std + scale.mean);
    if (!answers.every(Number.isFinite)) throw diverged(state.rows);
    return measureBatch(targets, answers, pipeline.threshold);
  };
  const [learning, first] = [measure(weightsOf(state)), measure(before)];
  for (const sums of [block, whole]) {
    sums.learning.add(matrix.rows, learning);
    sums.start.add(matrix.rows, first);
  }
  const wanted = pipeline.scale === undefined ? targets : targets.map((value) => (value - scale.mean) / scale.std);
  learn(tf, state, objective, { matrix, targets: wanted }, job.parameters.learningRate);
}

function diverged(rows: number): PluginFailure {
  return new PluginFailure("BAD_PARAMETERS", `learningRate: after ${rows} rows the net answers what is no number`);
}

function measured({ learning, start }: Stream["block"]): Record<string, number> {
  const named = (prefix: string, means: Record<string, number>) =>
    Object.entries(means).map(([name, mean]) => [`${prefix}_${name}`, mean] as const);
  return Object.fromEntries([...named("prequential", learning.means()), ...named("start", start.means())]);
}

/** A point of each metric, at the rows that the net has learnt in its life. */
function report({ job, start }: Stream, block: Stream["block"]): void {
  if (block.learning.rows === 0) return;
  for (const [name, value] of Object.entries(measured(block))) job.metric(name, value, start.state.rows);
}

async function save({ job, tf, start, seen }: Stream): Promise<void> {
  const { pipeline, state, schema } = start;
  const { scale, output } = pipeline;
  const weights = weightsOf(state);
  const members = scale === undefined ? weights : weights.map((layers) => unscaled(layers, scale));
  if (members.flat().some(({ kernel, bias }) => ![...kernel, ...bias].every(Number.isFinite)))
    throw diverged(state.rows);
  const network = buildNetwork(tf, members, output ?? "probability");
  try {
    const dir = join(job.outputDir, MODEL_DIR);
    await saveModel(tf, dir, network, pipeline);
    await saveState(dir, state);
    // Without the schema of the rows that came before, that of these rows would be too narrow.
    if (schema !== null) await saveDataSchema(dir, widenSchema(schema, seen.schema()));
  } finally {
    network.dispose();
  }
}
