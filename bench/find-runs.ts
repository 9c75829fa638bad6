/**
 * How fast runs, reports and model versions are found by parameters and metrics: the first 50 over HTTP, one client. One in four runs has a
 * report with ten metrics; each has 20 parameters of its own.
 */
import { join } from "node:path";
import { contentId, digestOf, sha256 } from "@clew/schema";
import { openPostgres, openSqlite, type SqlDatabase } from "../server/src/adapters/mikro-orm/index.ts";
import type { Fact, FactContext } from "../server/src/core/define-fact.ts";
import { recordSystemAgent, SYSTEM_AGENT } from "../server/src/features/access/index.ts";
import { modelVersionRegistered } from "../server/src/features/catalog/model-version.registered.fact.ts";
import { hyperparameterSetFact } from "../server/src/features/catalog/record-settings.ts";
import { hyperparameterSetId } from "../server/src/features/catalog/index.ts";
import { externalRun, RecordRun } from "../server/src/features/runs/record-run.ts";
import { reportMade, runRecorded } from "../server/src/features/runs/run.facts.ts";
import { HYPERPARAMETERS } from "../server/src/features/runs/run.node.ts";
import type { Command } from "../server/src/ledger/command.ts";
import { Recorder } from "../server/src/ledger/recorder.ts";
import type { BenchOptions, Figure, Measured } from "./support/figures.ts";
import { closedLoop, type Load } from "./support/load.ts";
import { withServer } from "./support/server.ts";
import { inFolder, withServices } from "./support/services.ts";

const REPORT_EVERY = 4;
const VERSIONS = 50;
const MODELS = 100;
const BATCH = 500;

const OPTIMIZERS = ["adam", "sgd", "rmsprop", "adagrad", "lamb"];
const share = (n: number, prime: number) => ((n * prime) % 100_003) / 100_003;

const parametersOf = (n: number) => ({
  optimizer: { name: OPTIMIZERS[n % OPTIMIZERS.length]!, learning_rate: share(n, 7_919) },
  ...Object.fromEntries(Array.from({ length: 18 }, (_, i) => [`parameter_${i}`, (n % 10) * i])),
});

const versionId = (model: number, version: number) => contentId("ModelVersion", model, version);

/** Versions of models, and then runs that evaluate them. */
async function fill({ ledger }: SqlDatabase, runs: number): Promise<void> {
  const recorder = new Recorder(ledger);
  await recorder.record(recordSystemAgent());
  const versions = Array.from({ length: MODELS * VERSIONS }, (_, n) => n);
  for (let from = 0; from < versions.length; from += BATCH)
    await record(recorder, `versions ${from}`, (context) =>
      versions.slice(from, from + BATCH).map((n) => versionFact(n, context)),
    );
  for (let from = 0; from < runs; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, runs - from) }, (_, n) => from + n);
    await record(recorder, `runs ${from}`, (context) => numbers.flatMap((n) => runFacts(n, context)));
  }
}

async function record(recorder: Recorder, name: string, factsOf: (context: FactContext) => Fact[]): Promise<void> {
  const command: Command<null> = {
    principal: SYSTEM_AGENT,
    mutation: "bench",
    idempotencyKey: name,
    inputDigest: sha256(name),
    heads: [],
    decide: (_, context) => ({ facts: factsOf(context), answer: null }),
  };
  const recorded = await recorder.record(command);
  if (!recorded.ok) throw new Error(JSON.stringify(recorded.errors));
}

function versionFact(n: number, { at }: FactContext): Fact {
  const [model, version] = [n % MODELS, Math.floor(n / MODELS) + 1];
  const name = `model-${model}`;
  const id = contentId("Model", model);
  return modelVersionRegistered.of({
    model: { id, namespace: "bench", name, latestVersion: version, createdAt: at },
    version: {
      id: versionId(model, version),
      namespace: "bench",
      name,
      version,
      state: "REGISTERED",
      digest: sha256(String(n)),
      format: "onnx",
      signature: { inputs: [], outputs: [] },
      columnLineage: [],
      metrics: [],
      fileCount: 0,
      sizeBytes: 0,
      createdAt: at,
      model: id,
      generatedBy: null,
      derivedFrom: [],
    },
  });
}

function runFacts(n: number, context: FactContext): Fact[] {
  const parameters = parametersOf(n);
  const run = contentId("Run", n);
  const inputs = [{ id: hyperparameterSetId(digestOf(parameters)), role: HYPERPARAMETERS }];
  const told = RecordRun.parse({ namespace: "bench", name: `run ${n}`, inputs: [] });
  const { type: _, ...payload } = externalRun(run, told, inputs, context);
  const report = n % REPORT_EVERY === 0 ? [reportFact(n, run, context)] : [];
  return [hyperparameterSetFact(parameters, context), runRecorded.of(payload), ...report];
}

function reportFact(n: number, run: string, { at }: FactContext): Fact {
  const metrics = Array.from({ length: 10 }, (_, i) => ({ name: `metric_${i}`, value: share(n, 104_729 + 2 * i) }));
  const evaluated = (n / REPORT_EVERY) % (MODELS * VERSIONS);
  return reportMade.of({
    id: contentId("Report", n),
    namespace: "bench",
    name: "report",
    reportType: "EVALUATION",
    verdict: null,
    metrics,
    slices: [],
    anomalies: [],
    drift: [],
    rules: [],
    digest: null,
    fileCount: 0,
    sizeBytes: 0,
    createdAt: at,
    run,
    about: [{ id: versionId(evaluated % MODELS, Math.floor(evaluated / MODELS) + 1), role: "model" }],
  });
}

const RUNS = `query ($parameters: [ParameterFilterInput!], $metrics: [MetricFilterInput!]) {
  runs(first: 50, parameters: $parameters, metrics: $metrics) { nodes { id } }
}`;
const RATE = "optimizer.learning_rate";

/** What is asked, with the numbers of each time. */
const QUESTIONS: Readonly<Record<string, (share: number) => readonly [query: string, variables: object]>> = {
  "runs by a parameter and a metric": (from) => [
    RUNS,
    {
      parameters: [{ name: RATE, atLeast: from * 0.9, lessThan: from * 0.9 + 0.01 }],
      metrics: [{ name: "metric_0", greaterThan: 0.5 }],
    },
  ],
  "runs by one parameter of a thousand": (from) => [
    RUNS,
    { parameters: [{ name: RATE, atLeast: from * 0.9, lessThan: from * 0.9 + 0.001 }] },
  ],
  "runs by a parameter that a fifth has": (from) => [
    RUNS,
    { parameters: [{ name: "optimizer.name", equals: OPTIMIZERS[Math.floor(from * OPTIMIZERS.length)] }] },
  ],
  "reports in the order of a metric": (from) => [
    `query ($order: MetricOrderInput!) { reports(first: 50, orderByMetric: $order) { nodes { id } } }`,
    { order: { name: `metric_${Math.floor(from * 10)}` } },
  ],
  "the best versions of a model": (from) => [
    `query ($key: String!) { model(key: $key) { best(first: 50, metric: { name: "metric_3" }) { edges { value } } } }`,
    { key: `bench/model-${Math.floor(from * MODELS)}` },
  ],
};

type Found = Readonly<Record<string, Load>>;

async function find(
  dir: string,
  environment: Record<string, string>,
  { runs, count }: { runs: number; count: number },
  open: () => Promise<SqlDatabase>,
): Promise<Found> {
  const database = await open();
  await fill(database, runs);
  await database.ledger.close();
  await database.close();
  return withServer(dir, environment, async (server) => {
    await server.untilProjected();
    const found: Record<string, Load> = {};
    const ask = (question: (share: number) => readonly [string, object]) =>
      closedLoop({ clients: 1, count, warmUp: Math.ceil(count / 5) }, async (n) => {
        await server.client.data(...question(share(n + 1, 7_919)));
      });
    found["one row"] = await ask(() => [`{ model(key: "bench/model-1") { id } }`, {}]);
    for (const [what, question] of Object.entries(QUESTIONS)) found[what] = await ask(question);
    return found;
  });
}

export async function benchFindRuns({ quick }: BenchOptions): Promise<Measured> {
  const size = quick ? { runs: 500, count: 5 } : { runs: 100_000, count: 60 };
  const sqlite = await inFolder("find", (dir) => find(dir, {}, size, () => openSqlite(join(dir, "clew.db"))));
  const postgres = await withServices((services) =>
    inFolder("find", async (dir) => {
      const { CLEW_POSTGRES_URL: url = "" } = await services.freshStores();
      return find(dir, { CLEW_POSTGRES_URL: url }, size, () => openPostgres(url));
    }),
  );
  return {
    figures: [...figuresOf("SQLite", sqlite), ...figuresOf("PostgreSQL", postgres)],
    detail: { sqlite, postgres },
  };
}

function figuresOf(store: string, found: Found): Figure[] {
  const limit = { what: "one node by its key", value: found["one row"]!.p50 };
  return Object.keys(QUESTIONS).map((what) => ({
    work: `${what}, ${store}, p50`,
    value: found[what]!.p50,
    unit: "ms",
    limit,
  }));
}
