import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Label,
  LabelBatch,
  newInferenceId,
  type Observed,
  PluginManifest,
  type Prediction,
  PredictionBatch,
  type Subjects,
  uuidv7,
} from "@clew/schema";
import { CreateEndpointDocument, DeployDocument, DecideDocument } from "@clew/schema/graphql";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";
import type { ReachableServer } from "./answer.ts";
import { aModel } from "./builders.ts";
import { aFolder } from "./runner-host.ts";
import { unique } from "./server.ts";

const MAIN = `
import { appendFileSync } from "node:fs";
import { definePlugin, servePlugin } from "@clew/plugin-sdk";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

await servePlugin(definePlugin({
  name: "watcher", version: "1.0.0", description: "Writes down what it observes.", runType: "MONITORING", kind: "service",
  inputs: {}, outputs: {}, watches: true, entry: "main.ts",
  parameters: z.object({ file: z.string(), delayMs: z.int().default(0), sees: z.int().default(1_000_000), seesLast: z.int().default(0) }),
  run: async (job) => {
    const { file, delayMs, sees, seesLast } = job.parameters;
    for await (const { predictions, ...observed } of job.observations()) {
      const ids = predictions.map(({ id }) => id);
      const deployments = predictions.map(({ deployment }) => deployment);
      appendFileSync(file, JSON.stringify({ attempt: job.attempt, ids, deployments, ...observed }) + "\\n");
      if (observed.seq <= sees) job.seen(observed.seq, "kept at " + observed.seq);
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: job.signal }).catch(() => {});
    }
    if (seesLast > 0) job.seen(seesLast);
  },
}));
`;

/** What the watcher writes down of each batch. */
export type Watched = Omit<Observed, "predictions"> & {
  readonly attempt: number;
  readonly ids: readonly string[];
  readonly deployments: readonly (string | null)[];
};

/** A plugin that writes each batch into the file of its parameter `file`, waits `delayMs`, and sees those up to number `sees`; at its end all up to `seesLast`. */
export async function aWatcher() {
  const dir = join(await aFolder("plugins"), "watcher");
  const file = join(await aFolder("watched"), "batches.jsonl");
  await mkdir(dir, { recursive: true });
  await symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(dir, "node_modules"));
  await writeFile(join(dir, "main.ts"), MAIN);
  const integer = { type: "integer" };
  const manifest = PluginManifest.parse({
    name: "watcher",
    version: "1.0.0",
    description: "Writes down what it observes.",
    hostApi: 1,
    runType: "MONITORING",
    kind: "service",
    inputs: {},
    outputs: {},
    watches: true,
    parameters: {
      type: "object",
      properties: { file: { type: "string" }, delayMs: integer, sees: integer, seesLast: integer },
    },
    runtime: { type: "node", entry: "main.ts" },
  });
  await writeFile(join(dir, "plugin.json"), JSON.stringify(manifest));
  await writeFile(file, "");
  const watched = async (): Promise<Watched[]> => {
    const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Watched);
  };
  return { dir, file, manifest, watched };
}

/** An endpoint with a deployment, so that inferences of it can be named. */
export async function aDeployedEndpoint(server: ReachableServer) {
  const namespace = unique("watched");
  const key = `${namespace}/live`;
  const { data, text } = await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
  const endpoint = data?.createEndpoint.endpoint;
  if (!endpoint) throw new Error(`no endpoint: ${text}`);
  const model = await aModel(server, { namespace });
  await server.gql(DecideDocument, { input: { about: model.id, decisionType: "APPROVAL", reason: "for a test" } });
  const serves = [{ modelVersion: model.id }];
  const deployed = await server.gql(DeployDocument, { input: { endpoint: key, serves, reason: "for a test" } });
  const deployment = deployed.data?.deploy.deployment;
  if (!deployment) throw new Error(`no deployment: ${deployed.text}`);
  const inference = () => newInferenceId({ deployment: deployment.id, place: 0, at: Date.now() });
  return { id: endpoint.id, key, namespace, deployment: deployment.id, model: model.id, inference };
}

/** Publishes predictions as the runner of a serving service does. */
export async function aServingRunner(natsUrl: string, space: Subjects, endpoint: string) {
  const connection = await connect({ servers: natsUrl });
  onTestFinished(() => connection.close());
  const client = jetstream(connection);
  const manager = await jetstreamManager(connection);
  const runId = `Run:${uuidv7()}`;
  const runnerId = `Runner:${uuidv7().replaceAll("-", "")}`;
  let n = 0;
  return {
    client,
    manager,
    /** Resolves with the message's number in the stream. */
    async predict(ids: readonly string[], more: Partial<PredictionBatch> = {}, record: Partial<Prediction> = {}) {
      n += 1;
      const batch = PredictionBatch.parse({
        schema: "clew/prediction-batch/1",
        endpoint,
        runId,
        attempt: 1,
        n,
        records: ids.map((id) => aPrediction(id, record)),
        ...more,
      });
      return (await client.publish(space.predictions(endpoint, runnerId), JSON.stringify(batch))).seq;
    },
    async publish(subject: string, text: string) {
      return (await client.publish(subject, text)).seq;
    },
    async labelsStored(): Promise<Label[]> {
      const stored: Label[] = [];
      const { first_seq: first, last_seq: last } = (await manager.streams.info(space.streams.predictions)).state;
      for (let seq = Math.max(1, first); seq <= last; seq++) {
        const message = await manager.streams.getMessage(space.streams.predictions, { seq });
        if (message?.subject.startsWith(`${space.prefix}.labels.`))
          stored.push(...LabelBatch.parse(message.json()).labels);
      }
      return stored;
    },
  };
}

function aPrediction(id: string, record: Partial<Prediction>): Prediction {
  return {
    id,
    deployment: null,
    model: null,
    mode: "LIVE",
    at: new Date().toISOString(),
    latencyMs: 1,
    rows: 1,
    inputs: { x: [1] },
    outputs: { y: [1] },
    error: null,
    ...record,
  };
}
