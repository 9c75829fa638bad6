import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  EndpointDocument,
  InferenceDocument,
  ResumeDeploymentDocument,
  RollBackDocument,
  RunDocument,
  SuspendDeploymentDocument,
} from "@clew/schema/graphql";
import { type Prediction, PredictionBatch, subjects } from "@clew/schema";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { run as runProgram } from "../cli/src/services/commands.ts";
import { descendantsOf, signal } from "../cli/src/services/processes.ts";
import { aRequest, SIGNATURE } from "../plugins/serve-models/test/service.ts";
import { aModel, anArtifact, aQueuedRun } from "./support/builders.ts";
import { aClew, aHost, type Clew, endLeases } from "./support/clew-on-nats.ts";
import { pythonPackages } from "./support/python-packages.ts";
import { eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { unique } from "./support/server.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const SERVE_MODELS = path("../plugins/serve-models");
const MODEL_FILES = ["model.json", "pipeline.json", "weights.bin"];
const REASON = "for a test";

/** An endpoint with a service that waits for what it shall serve, and models that it can serve. */
async function anEndpoint(clew: Clew) {
  const { server } = clew;
  const namespace = unique("serving");
  const endpoint = `${namespace}/delay`;
  await server.gql(CreateEndpointDocument, { input: { namespace, name: "delay" } });
  const files = await Promise.all(
    MODEL_FILES.map(
      async (name) => await anArtifact(server, await readFile(`${SERVE_MODELS}/test/model/${name}`), name),
    ),
  );
  const newModel = async (name: string) => {
    const model = await aModel(server, { namespace, name, format: "tfjs-layers", signature: SIGNATURE, files });
    await server.gql(DecideDocument, { input: { about: model.id, decisionType: "APPROVAL", reason: REASON } });
    return model;
  };
  const serve = async () => {
    return await aQueuedRun(server, { namespace, plugin: "serve-models", endpoint, parameters: { backend: "wasm" } });
  };
  const state = async () => (await server.gql(EndpointDocument, { key: endpoint })).data!.endpoint!;
  const isActive = async (id: string) =>
    await eventually(async () => expect((await state()).activeDeployment?.id).toBe(id), 30_000);
  return {
    endpoint,
    newModel,
    serve,
    state,
    /** Resolves when it is served. */
    async deploy(...models: string[]) {
      const serves = models.map((modelVersion) => ({ modelVersion, weight: 100 / models.length }));
      const { data, text } = await server.gql(DeployDocument, { input: { endpoint, serves, reason: REASON } });
      const { deployment } = data!.deploy;
      expect(deployment, text).not.toBeNull();
      await isActive(deployment!.id);
      return deployment!;
    },
    isActive,
    async address() {
      await eventually(async () => expect((await state()).listensAt).toHaveLength(1), 30_000);
      return (await state()).listensAt[0]!;
    },
  };
}

async function infer(url: string) {
  const response = await fetch(`${url}/v2/models/delay/infer`, { method: "POST", body: JSON.stringify(aRequest(1)) });
  const answer = (await response.json()) as { error?: string; parameters?: { inference_id: string; model: string } };
  return { status: response.status, ...answer };
}

async function predictionsOf({ natsUrl, natsPrefix }: Clew): Promise<Prediction[]> {
  const connection = await connect({ servers: natsUrl });
  onTestFinished(async () => await connection.close());
  const said: Prediction[] = [];
  const callback = (_: unknown, message: { json(): unknown }) =>
    void said.push(...PredictionBatch.parse(message.json()).records);
  connection.subscribe(subjects(natsPrefix).allPredictions, { callback });
  await connection.flush();
  return said;
}

test("an endpoint is served from its first deployment to its roll-back, and each answer leads to what stood behind it", async () => {
  const clew = await aClew();
  const { server } = clew;
  await aHost(clew, [SERVE_MODELS]);
  const predictions = await predictionsOf(clew);
  const { endpoint, newModel, serve, state, deploy, address, isActive } = await anEndpoint(clew);
  const [first, second] = [await newModel("a"), await newModel("b")];
  await serve();
  const deployed = await deploy(first.id);
  const url = await address();
  const answer = await infer(url);
  expect(answer).toMatchObject({ status: 200, parameters: { deployment: deployed.key, model: first.key } });
  const { data } = await server.gql(InferenceDocument, { id: answer.parameters!.inference_id });
  expect(data?.inference).toMatchObject({ deployment: { id: deployed.id }, model: { id: first.id } });
  await eventually(() => expect(predictions).toMatchObject([{ id: answer.parameters!.inference_id, model: first.id }]));

  const over = new AbortController();
  const answers: Awaited<ReturnType<typeof infer>>[] = [];
  const client = (async () => {
    while (!over.signal.aborted) answers.push(await infer(url));
  })();
  await deploy(second.id);
  await eventually(() => expect(answers.at(-1)?.parameters?.model).toBe(second.key));
  over.abort();
  await client;
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);

  await server.gql(SuspendDeploymentDocument, { input: { endpoint, reason: REASON } });
  await eventually(async () => expect(await infer(url)).toMatchObject({ status: 503 }));
  await server.gql(ResumeDeploymentDocument, { input: { endpoint, reason: REASON } });
  await eventually(async () => expect(await infer(url)).toMatchObject({ status: 200 }));
  // A model that a person suspends is heard of at once, as is what is decided on the deployment.
  const decide = async (decisionType: "SUSPENSION" | "RESUMPTION") =>
    await server.gql(DecideDocument, { input: { about: second.id, decisionType, reason: REASON } });
  await decide("SUSPENSION");
  await eventually(async () => expect(await infer(url)).toMatchObject({ status: 503 }));
  await decide("RESUMPTION");
  await eventually(async () => expect(await infer(url)).toMatchObject({ status: 200 }));
  const back = await server.gql(RollBackDocument, { input: { endpoint, reason: REASON } });
  await isActive(back.data!.rollBack.deployment!.id);
  await eventually(async () => expect(await infer(url)).toMatchObject({ parameters: { model: first.key } }));
  expect((await state()).latestVersion).toBe(3);
});

test("a killed runner's service is taken over by another, which serves what is active", async () => {
  const clew = await aClew();
  const { newModel, serve, deploy, address, state } = await anEndpoint(clew);
  const dying = await startRunnerProcess(clew.server, { ...clew, pluginDir: SERVE_MODELS, slots: 1 });
  onTestFinished(async () => await dying.kill());
  const run = await serve();
  const model = await newModel("m");
  await deploy(model.id);
  const before = await address();
  expect((await infer(before)).status).toBe(200);
  await dying.kill();
  await endLeases(clew, dying.id, run);
  await aHost(clew, [SERVE_MODELS]);
  await eventually(async () => {
    const [url] = (await state()).listensAt;
    expect(url).not.toBe(before);
    expect(await infer(url!)).toMatchObject({ status: 200, parameters: { model: model.key } });
  }, 40_000);
  const { data } = await clew.server.gql(RunDocument, { id: run });
  expect(data?.node).toMatchObject({ attempts: [{ state: "LOST" }, { state: "RUNNING" }] });
});

test("a runner that is killed while it deploys a revision leaves it to another, which serves it; until then the one before stands", async () => {
  const clew = await aClew();
  const { endpoint, newModel, serve, deploy, isActive, address, state } = await anEndpoint(clew);
  const dying = await startRunnerProcess(clew.server, { ...clew, pluginDir: SERVE_MODELS, slots: 1 });
  onTestFinished(async () => await dying.kill());
  const run = await serve();
  const first = await deploy((await newModel("a")).id);
  const before = await address();
  const next = await newModel("b");
  // The job hears of the revision, and is stopped before it can answer.
  const jobs = descendantsOf(dying.pid);
  for (const pid of jobs) signal(pid, "SIGSTOP");
  onTestFinished(() => jobs.forEach((pid) => signal(pid, "SIGKILL")));
  const input = { endpoint, serves: [{ modelVersion: next.id }], reason: REASON };
  const wanted = (await clew.server.gql(DeployDocument, { input })).data!.deploy.deployment!;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await dying.kill();
  for (const pid of jobs) signal(pid, "SIGKILL");
  expect(await state()).toMatchObject({ activeDeployment: { id: first.id }, wantedDeployment: { id: wanted.id } });
  await endLeases(clew, dying.id, run);
  await aHost(clew, [SERVE_MODELS]);
  await isActive(wanted.id);
  await eventually(async () => {
    const [url] = (await state()).listensAt;
    expect(url).not.toBe(before);
    expect(await infer(url!)).toMatchObject({ status: 200, parameters: { model: next.key, deployment: wanted.key } });
  }, 40_000);
  expect((await state()).latestVersion).toBe(2);
  const { data } = await clew.server.gql(RunDocument, { id: run });
  expect(data?.node).toMatchObject({ attempts: [{ state: "LOST" }, { state: "RUNNING" }] });
});

interface Said {
  readonly answers: { readonly id: string; readonly probability: number[] }[];
}

/** What a service answers a client that is written in Python. */
async function askedBy(program: string, addressOf: (url: URL) => string): Promise<Said> {
  const clew = await aClew();
  await aHost(clew, [SERVE_MODELS]);
  const { newModel, serve, deploy, address } = await anEndpoint(clew);
  await serve();
  await deploy((await newModel("m")).id);
  const where = addressOf(new URL(await address()));
  const packages = await pythonPackages(path("support/serving/requirements.txt"));
  const args = [path(`support/serving/${program}`), where, "delay"];
  return JSON.parse(await runProgram("python3", args, { env: { PYTHONPATH: packages } })) as Said;
}

/** JSON and binary data, packed or not, are one answer. */
function expectSameAnswers({ answers }: Said, count: number): void {
  expect(answers).toHaveLength(count);
  for (const { id, probability } of answers) {
    expect(id).toBe("mine");
    expect(probability).toHaveLength(2);
    expect(probability[0]).toBeCloseTo(answers[0]!.probability[0]!, 6);
  }
}

test("Triton's own client is answered, in JSON and in binary data", async () => {
  const said = await askedBy("triton_client.py", ({ host }) => host);
  expect(said).toMatchObject({
    live: true,
    ready: true,
    modelReady: true,
    server: { extensions: ["binary_tensor_data"] },
    model: { name: "delay", versions: ["m@1"] },
    refusal: expect.stringContaining("input port of BYTES is missing") as unknown,
  });
  expectSameAnswers(said, 6);
});

test("KServe's own client is answered, in JSON and in binary data", async () => {
  const said = await askedBy("kserve_client.py", ({ origin }) => origin);
  const refusal = expect.stringContaining("input port of BYTES is missing") as unknown;
  expect(said).toMatchObject({ live: true, ready: true, modelReady: true, refusal });
  expectSameAnswers(said, 2);
}, 240_000);
