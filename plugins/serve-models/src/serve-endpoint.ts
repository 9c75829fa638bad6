import { isIPv6 } from "node:net";
import type { AddressInfo } from "node:net";
import { type Job, type LocalDeployment, type LocalServedModel, PluginFailure } from "@clew/plugin-sdk";
import { loadBackend, loadDataSchema, type Tensorflow } from "@clew/plugin-tabular";
import type { FastifyInstance } from "fastify";
import { AnswerInference } from "./answer-inference.ts";
import { createHttpServer } from "./http-server.ts";
import { doubtsAbout, loadModel } from "@clew/plugin-models";
import type { Parameters } from "./parameters.ts";
import { PredictionLog } from "./prediction-log.ts";
import { compileRequestCheck } from "./request-check.ts";
import { type Loaded, Revisions } from "./revision.ts";
import { Shadows } from "./shadows.ts";

export const VERSION = "0.1.0";

/** How long clients have to end what they have begun to send: a host sends SIGTERM 5 s after it has told a job to end. */
const LAST_REQUESTS_MS = 3_000;

type ServingJob = Job<typeof Parameters>;

/** Serves what the endpoint shall serve until the job is cancelled; requests that have begun by then are answered. */
export async function serveEndpoint(job: ServingJob): Promise<void> {
  const { stickyHeader, maxBodyMiB, logFraction, logBuffer, backend } = job.parameters;
  const { tf } = await loadBackend(backend);
  const revisions = new Revisions((served) => loaded(job, tf, served));
  const log = new PredictionLog({ job, fraction: logFraction, waitingMax: logBuffer });
  const shadows = new Shadows(log);
  const inference = new AnswerInference({ revisions, log, shadows });
  const http = createHttpServer({ revisions, inference, version: VERSION, stickyHeader, maxBodyMiB });
  const url = await listen(http, job.parameters);
  log.start();
  try {
    await followDeployments(job, revisions, url);
  } finally {
    await close(http);
    await shadows.stop();
    await log.stop();
  }
}

/** @throws {PluginFailure} BAD_INPUT where the model's files are not what they should be */
async function loaded({ parameters, log }: ServingJob, tf: Tensorflow, served: LocalServedModel): Promise<Loaded> {
  const schema = parameters.schema ?? (await loadDataSchema(served.model));
  const model = await loadModel(tf, served);
  if (schema === null) return { model, check: null };
  for (const doubt of doubtsAbout(schema, model.inputs)) log.warn(`${served.model.key} ${doubt}`);
  return { model, check: compileRequestCheck(schema, model.inputs, parameters.onAnomaly) };
}

/** @throws {PluginFailure} UNAVAILABLE, retryable, where the address is taken or is not this machine's. */
async function listen(http: FastifyInstance, { host, port, publicUrl }: Parameters): Promise<string> {
  try {
    await http.listen({ host, port });
  } catch (cause) {
    throw new PluginFailure("UNAVAILABLE", `cannot listen on ${host}:${port}: ${(cause as Error).message}`, true, {
      cause,
    });
  }
  const { port: taken } = http.server.address() as AddressInfo;
  return publicUrl ?? `http://${isIPv6(host) ? `[${host}]` : host}:${taken}`;
}

/** Answers what has begun, and waits for no client for ever: what was predicted is still to be passed on. */
async function close(http: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => http.server.closeAllConnections(), LAST_REQUESTS_MS);
  await http.close();
  clearTimeout(cut);
}

async function followDeployments(job: ServingJob, revisions: Revisions, url: string): Promise<void> {
  for await (const deployment of job.deployments()) {
    const failure = await taken(job, revisions, deployment);
    // Nobody is sent to a server that cannot answer yet.
    if (failure === null && !job.signal.aborted) job.listening(url);
    if (failure === null) job.deployed(deployment);
    else job.deployed(deployment, failure);
  }
}

async function taken(
  job: ServingJob,
  revisions: Revisions,
  deployment: LocalDeployment,
): Promise<PluginFailure | null> {
  try {
    const { entries } = await revisions.take(deployment);
    const served = entries.map(({ key, weight, mode, isSuspended }) => {
      return `${key} ${weight} %${mode === "SHADOW" ? " as a shadow" : ""}${isSuspended ? ", suspended" : ""}`;
    });
    job.log.info(`${deployment.key} is served: ${served.join("; ")}`);
    return null;
  } catch (error) {
    if (error instanceof PluginFailure) return error;
    throw error;
  }
}
