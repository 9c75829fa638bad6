import { randomBytes } from "node:crypto";
import { type ManifestFile, type PluginManifest, sha256 } from "@clew/schema";
import {
  ClaimRunDocument,
  EnrolRunnerDocument,
  type FinishedModelVersionInput,
  PublishDatasetVersionDocument,
  type PublishDatasetVersionInput,
  RecordHyperparameterSetDocument,
  RecordRunDocument,
  type RecordRunInput,
  RegisterPluginDocument,
  RevokeTokenDocument,
  SubmitRunDocument,
  type SubmitRunInput,
  TokensDocument,
} from "@clew/schema/graphql";
import { bearer } from "./answer.ts";
import { type ReachableServer } from "./answer.ts";
import { unique } from "./server.ts";

/** Puts bytes (32 random ones unless given) into the artifact store. Answers the file as a version names it. */
export async function anArtifact(
  server: ReachableServer,
  bytes: Uint8Array = randomBytes(32),
  path = "data.bin",
): Promise<ManifestFile> {
  const digest = sha256(bytes);
  const headers = { ...bearer(server.adminToken), "content-type": "application/octet-stream" };
  const response = await fetch(`${server.url}/artifacts/${digest}`, {
    method: "PUT",
    headers,
    body: Buffer.from(bytes),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return { path, digest, sizeBytes: bytes.length };
}

export interface BuiltVersion {
  readonly id: string;
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
}

/** Publishes a dataset version, of random bytes in a dataset of its own unless the input says otherwise. */
export async function aDataset(
  server: ReachableServer,
  input: Partial<PublishDatasetVersionInput> = {},
): Promise<BuiltVersion> {
  const files = input.files ?? (input.source ? [] : [await anArtifact(server)]);
  const { namespace = "tests", name = unique("dataset") } = input;
  const { data, text } = await server.gql(PublishDatasetVersionDocument, {
    input: { ...input, namespace, name, files },
  });
  const version = data?.publishDatasetVersion.datasetVersion;
  if (!version) throw new Error(`no dataset version: ${text}`);
  return { id: version.id, key: version.key, namespace, name };
}

/** An entry of about 45 kB, whose payload stands in the ledger itself. */
export async function aLargeEntry(server: ReachableServer): Promise<void> {
  const parameters = { of: unique("run"), text: "x".repeat(45_000) };
  const { data, text } = await server.gql(RecordHyperparameterSetDocument, { input: { parameters } });
  if (!data?.recordHyperparameterSet.hyperparameterSet) throw new Error(`no large entry: ${text}`);
}

export interface BuiltRun {
  readonly id: string;
  /** The ids of its outputs by role. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Tells of a run that happened outside Clew. */
export async function aRun(server: ReachableServer, input: Partial<RecordRunInput> = {}): Promise<BuiltRun> {
  const { data, text } = await server.gql(RecordRunDocument, { input: { namespace: "tests", inputs: [], ...input } });
  const run = data?.recordRun.run;
  if (!run) throw new Error(`no run: ${text}`);
  return { id: run.id, outputs: Object.fromEntries(run.outputs.map(({ role, node }) => [role ?? "", node.id])) };
}

export interface BuiltModel extends BuiltVersion {
  readonly run: string;
}

/** Records a run that made a model version out of `from`. */
export async function aModel(
  server: ReachableServer,
  model: Partial<FinishedModelVersionInput> & { namespace?: string; name?: string; from?: readonly string[] } = {},
): Promise<BuiltModel> {
  const { namespace = "tests", name = unique("model"), from = [], ...given } = model;
  const files = given.files ?? [await anArtifact(server, undefined, "model.json")];
  const signature = { inputs: [{ name: "x", type: "DOUBLE" }], outputs: [{ name: "y", type: "DOUBLE" }] };
  const run = await aRun(server, {
    namespace,
    inputs: from.map((node) => ({ role: "train", node })),
    targets: [{ role: "model", namespace, name }],
    outputs: [{ role: "model", modelVersion: { format: "onnx", signature, ...given, files } }],
  });
  return { id: run.outputs["model"] ?? "", key: `${namespace}/${name}@1`, namespace, name, run: run.id };
}

/** A manifest of a plugin that nothing hosts; its one parameter is a whole number from 1 to 100. */
export function aManifest(change: Partial<PluginManifest> = {}): PluginManifest {
  return {
    name: unique("plugin"),
    version: "1.0.0",
    description: "Made by a test.",
    hostApi: 1,
    runType: "TRAINING",
    kind: "task",
    inputs: { train: { type: "DatasetVersion", description: "Rows.", required: false, many: true } },
    outputs: {
      model: { type: "ModelVersion", description: "The model.", required: false },
      data: { type: "DatasetVersion", description: "Rows.", required: false },
      report: { type: "Report", description: "What it found.", required: false },
    },
    parameters: {
      type: "object",
      properties: { epochs: { type: "integer", minimum: 1, maximum: 100 } },
      additionalProperties: false,
    },
    resources: { memoryMiB: 512, timeoutSeconds: 60, gpu: false },
    runtime: { type: "node", entry: "main.js" },
    ...change,
  };
}

export async function aPlugin(server: ReachableServer, change: Partial<PluginManifest> = {}): Promise<PluginManifest> {
  const manifest = aManifest(change);
  const { data, text } = await server.gql(RegisterPluginDocument, { input: { manifest: manifest } });
  if (!data?.registerPlugin.plugin) throw new Error(`no plugin: ${text}`);
  return manifest;
}

/** Queues a run, of a plugin of its own unless the input names one. */
export async function aQueuedRun(server: ReachableServer, input: Partial<SubmitRunInput> = {}): Promise<string> {
  const plugin = input.plugin ?? (await aPlugin(server)).name;
  const { data, text } = await server.gql(SubmitRunDocument, { input: { namespace: "tests", ...input, plugin } });
  if (!data?.submitRun.run) throw new Error(`no run was queued: ${text}`);
  return data.submitRun.run.id;
}

export interface BuiltRunner {
  readonly id: string;
  readonly token: string;
}

export async function aRunner(
  server: ReachableServer,
  scope: { namespaces?: string[]; plugins?: string[]; pools?: string[] } = {},
): Promise<BuiltRunner> {
  const { data, text } = await server.gql(EnrolRunnerDocument, { input: { name: unique("runner"), ...scope } });
  const { runner, secret } = data?.enrolRunner ?? {};
  if (!runner || !secret) throw new Error(`no runner: ${text}`);
  return { id: runner.id, token: secret };
}

export interface BuiltAttempt {
  readonly run: string;
  readonly attempt: number;
  readonly token: string;
}

/** A runner's claim on a queued run. */
export async function anAttempt(
  server: ReachableServer,
  run: string,
  runner?: BuiltRunner,
  attempt = 1,
): Promise<BuiltAttempt> {
  const { id, token } = runner ?? (await aRunner(server));
  const { data, text } = await server.gql(ClaimRunDocument, { input: { run, attempt, runner: id } }, token);
  if (!data?.claimRun.token) throw new Error(`no claim: ${text}`);
  return { run, attempt, token: data.claimRun.token };
}

/** Revokes the token that was made last. */
export async function revokeNewestToken(server: ReachableServer): Promise<void> {
  const { data } = await server.gql(TokensDocument, {});
  const newest = data?.tokens
    .map(({ id }) => id)
    .toSorted()
    .at(-1);
  await server.gql(RevokeTokenDocument, { input: { token: newest ?? "" } });
}
