import type { Failure } from "@clew/schema";
import {
  ClaimRunDocument,
  FinishRunDocument,
  type FinishedOutputInput,
  PipelineRunDocument,
  type PipelineRunQuery,
  PublishPipelineVersionDocument,
  RunsDocument,
  StartPipelineDocument,
  type StartPipelineInput,
} from "@clew/schema/graphql";
import { vi } from "vitest";
import type { ReachableServer } from "./answer.ts";
import { aDataset, anArtifact, anAttempt, aPlugin, type BuiltRunner } from "./builders.ts";
import { unique } from "./server.ts";

/** A definition as a client writes it: defaults left out. */
export type WrittenDefinition = Readonly<Record<string, unknown>>;
export type PipelineRunAnswer = NonNullable<Extract<PipelineRunQuery["node"], { steps?: unknown }>>;
export type StepAnswer = NonNullable<PipelineRunAnswer["steps"]>[number];

/** Publishes a definition; answers the version's key. */
export async function aPipeline(
  server: ReachableServer,
  definition: WrittenDefinition,
  { namespace = "tests", name = unique("pipeline") } = {},
): Promise<string> {
  const input = { namespace, name, definition: definition as never };
  const { data, text } = await server.gql(PublishPipelineVersionDocument, { input });
  const version = data?.publishPipelineVersion.pipelineVersion;
  if (!version) throw new Error(`no pipeline version: ${text}`);
  return version.key;
}

export async function aPipelineRun(server: ReachableServer, input: StartPipelineInput): Promise<string> {
  const { data, text } = await server.gql(StartPipelineDocument, { input });
  if (!data?.startPipeline.run) throw new Error(`no pipeline run: ${text}`);
  return data.startPipeline.run.id;
}

/** A run of a pipeline of its own. */
export async function aStartedPipeline(
  server: ReachableServer,
  definition: WrittenDefinition,
  namespace: string,
): Promise<string> {
  const pipeline = await aPipeline(server, definition, { namespace });
  return aPipelineRun(server, { pipeline });
}

export async function pipelineRun(server: ReachableServer, id: string): Promise<PipelineRunAnswer> {
  const { data, text } = await server.gql(PipelineRunDocument, { id });
  if (!data?.node) throw new Error(`no such run: ${text}`);
  return data.node as PipelineRunAnswer;
}

export async function stepOf(server: ReachableServer, run: string, name: string): Promise<StepAnswer> {
  return (await pipelineRun(server, run)).steps!.find((step) => step.name === name)!;
}

/** The states of a pipeline run's steps, as `train RUNNING`, once they are these. */
export async function stepsBecome(server: ReachableServer, run: string, wanted: Readonly<Record<string, string>>) {
  await vi.waitFor(
    async () => {
      const { steps } = await pipelineRun(server, run);
      const states = Object.fromEntries(steps!.map(({ name, state }) => [name, state]));
      const relevant = Object.fromEntries(Object.keys(wanted).map((name) => [name, states[name]]));
      if (JSON.stringify(relevant) !== JSON.stringify(wanted))
        throw new Error(`the steps are ${JSON.stringify(states)}`);
    },
    { timeout: 15_000, interval: 20 },
  );
}

/** The pipeline run once it has ended. */
export async function endOf(server: ReachableServer, run: string, timeout = 15_000): Promise<PipelineRunAnswer> {
  return vi.waitFor(
    async () => {
      const found = await pipelineRun(server, run);
      if (found.state === "RUNNING")
        throw new Error(`it runs: ${found.steps?.map(({ name, state }) => `${name} ${state}`).join(", ")}`);
      return found;
    },
    { timeout, interval: 20 },
  );
}

/** Does the work of a step's run as a runner would: claims it, and says that it has made this, or why not. */
export async function workOn(
  server: ReachableServer,
  run: string,
  step: string,
  made: { outputs?: FinishedOutputInput[]; failure?: Failure } = {},
  runner?: BuiltRunner,
): Promise<string> {
  await stepsBecome(server, run, { [step]: "RUNNING" });
  const child = (await stepOf(server, run, step)).run!.id;
  const attempt = await anAttempt(server, child, runner);
  const input = { run: child, attempt: 1, outputs: made.outputs ?? [], failure: made.failure as never };
  const { data, text } = await server.gql(FinishRunDocument, { input }, attempt.token);
  if (!data?.finishRun.run) throw new Error(`${step} was not finished: ${text}`);
  return child;
}

/** Does the work of every run that is queued in a namespace, as far as nobody else does; answers how many those were. */
export async function workOnAll(server: ReachableServer, namespace: string, runner: BuiltRunner): Promise<number> {
  const { data } = await server.gql(RunsDocument, { namespace, states: ["QUEUED", "LEASED"], first: 500 });
  const done = await Promise.all(data.runs.nodes.map(({ id }) => finishOne(server, id, runner)));
  return done.filter(Boolean).length;
}

/** The same keys again where an answer was lost: the claim then tells its token once more. */
async function finishOne(server: ReachableServer, run: string, { id, token }: BuiltRunner): Promise<boolean> {
  const claim = { input: { run, attempt: 1, runner: id }, idempotencyKey: `claim ${run}` };
  const claimed = await server.gql(ClaimRunDocument, claim, token);
  const attempt = claimed.data?.claimRun.token;
  if (!attempt) return false;
  const finish = { input: { run, attempt: 1 }, idempotencyKey: `finish ${run}` };
  const finished = await server.gql(FinishRunDocument, finish, attempt);
  return finished.data?.finishRun.run?.state === "SUCCEEDED";
}

const SIGNATURE = {
  inputs: [{ name: "x", type: "DOUBLE" as const }],
  outputs: [{ name: "y", type: "DOUBLE" as const }],
};

/** A model of random bytes, as a run's output. */
export async function aModelOutput(server: ReachableServer, role = "model"): Promise<FinishedOutputInput> {
  const files = [await anArtifact(server, undefined, "model.json")];
  return { role, modelVersion: { files, format: "onnx", signature: SIGNATURE } };
}

export function aReportOutput(verdict: "PASS" | "FAIL", about = ["train"]): FinishedOutputInput {
  return { role: "report", report: { reportType: "EVALUATION", verdict, about, metrics: [] } };
}

/** A namespace with a dataset, and two plugins: one trains on rows, the other says of a model and rows whether they pass. */
export async function aProject(server: ReachableServer) {
  const namespace = unique("project");
  const rows = await aDataset(server, { namespace, name: "rows" });
  const trains = await aPlugin(server);
  const evaluates = await aPlugin(server, {
    runType: "EVALUATION",
    inputs: {
      train: { type: "DatasetVersion", description: "Rows.", required: true, many: false },
      model: { type: "ModelVersion", description: "The model.", required: true, many: false },
    },
  });
  const train = {
    type: "run",
    plugin: trains.name,
    inputs: { train: [{ input: "rows" }] },
    outputs: { model: `${namespace}/model` },
  };
  const evaluate = {
    type: "run",
    plugin: evaluates.name,
    inputs: { train: [{ input: "rows" }], model: [{ step: "train", output: "model" }] },
  };
  const model = { step: "train", output: "model" };
  const requires = [{ step: "evaluate", output: "report" }];
  const inputs = { rows: { type: "DatasetVersion", default: rows.key } };
  return { namespace, rows, trains, evaluates, train, evaluate, model, requires, inputs };
}
