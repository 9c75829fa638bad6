import { resolve } from "node:path";
import { type PluginManifest, toMetricValue } from "@clew/schema";
import type { HostMessage, JobMessageInput } from "@clew/schema";
import { inputFault } from "./input-fault.ts";
import type { DeploymentMessage, JobStart } from "./host-reader.ts";
import { type Job, type LocalDeployment, type LocalInput, localInput } from "./job.ts";
import { type JobChannel, logTo } from "./job-channel.ts";
import type { Observations } from "./observations.ts";
import { PluginFailure } from "./plugin-failure.ts";

type OutputMessage = Extract<JobMessageInput, { type: "output" }>;
type Inputs = Extract<HostMessage, { type: "inputs" }>["inputs"];

/** What a job is made from. */
export interface JobParts {
  manifest: PluginManifest;
  start: JobStart;
  parameters: Record<string, unknown>;
  channel: JobChannel;
  wanted: AsyncIterable<DeploymentMessage>;
  observations: Observations;
  signal: AbortSignal;
}

/** The job as the plugin sees it, its inputs checked against the manifest. */
export function createJob({ manifest, start, parameters, channel, wanted, observations, signal }: JobParts): Job {
  const { runId, attempt, seed, inputDir, outputDir } = start.hello;
  return {
    runId,
    attempt,
    seed,
    parameters,
    inputs: localInputs(manifest, start.inputs, resolve(inputDir)),
    outputDir: resolve(outputDir),
    signal,
    log: logTo(channel),
    progress: (fraction, message = "") => channel.send({ type: "progress", fraction, message: message.slice(0, 500) }),
    metric: (name, value, step) => channel.send(metricMessage({ name, value, step })),
    metrics: (points) => channel.send(...points.map(metricMessage)),
    output: outputSender(manifest, channel),
    deployments: () => localDeployments(wanted, resolve(inputDir)),
    deployed: ({ id: deployment }, failure) =>
      channel.send({ type: "deployed", deployment, failure: failure?.toFailure() ?? null }),
    listening: (url) => channel.send({ type: "listening", url }),
    predictions: (records, left) => channel.send({ type: "predictions", records: [...records], ...left }),
    observations: () => observations.all(),
    seen: (seq, kept) => observations.seen(seq, kept),
    report: (name, report) => channel.send({ type: "report", name, report }),
    alert: (alert) => channel.send({ type: "alert", ...alert }),
    drained: () => channel.drained(),
  };
}

async function* localDeployments(
  wanted: AsyncIterable<DeploymentMessage>,
  inputDir: string,
): AsyncGenerator<LocalDeployment> {
  for await (const { id, key, serves } of wanted) {
    yield { id, key, serves: serves.map((served) => ({ ...served, model: localInput(inputDir, served.model) })) };
  }
}

function metricMessage({ name, value, step = 0 }: { name: string; value: number; step?: number | undefined }) {
  return { type: "metric" as const, name, value: toMetricValue(value), step };
}

function localInputs(manifest: PluginManifest, inputs: Inputs, inputDir: string): Record<string, LocalInput[]> {
  const fault = inputFault(manifest, inputs);
  if (fault !== null) throw new PluginFailure("BAD_INPUT", fault);
  const roles = Object.keys(manifest.inputs);
  return Object.fromEntries(
    roles.map((role) => [role, (inputs[role] ?? []).map((input) => localInput(inputDir, input))]),
  );
}

function outputSender(manifest: PluginManifest, channel: JobChannel): Job["output"] {
  const said = new Set<string>();
  return (role, output) => {
    const declared = manifest.outputs[role];
    if (!Object.hasOwn(manifest.outputs, role) || declared === undefined)
      throw violation(`${manifest.name} has no output role ${role}`);
    if (said.has(role)) throw violation(`output ${role} was stated twice`);
    said.add(role);
    const whole = { nodeType: declared.type, ...output } as OutputMessage["output"];
    channel.send({ type: "output", role, output: whole });
  };
}

function violation(message: string): PluginFailure {
  return new PluginFailure("PROTOCOL_VIOLATION", message);
}
