import { mkdtemp, rm } from "node:fs/promises";
import { cp } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Prediction } from "@clew/plugin-sdk";
import { type JobOutcome, type JobSpec, loadManifest, runJob } from "@clew/plugin-sdk/host";
import { expect, onTestFinished, vi } from "vitest";
import { NET_SIGNATURE } from "../../models/test/signatures.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const SEVERAL_CLASSES = fileURLToPath(new URL("../../tabular/test/several-classes", import.meta.url));
const MODEL_FILES = ["model.json", "pipeline.json", "weights.bin"];
const DIGEST = `sha256:${"0".repeat(64)}`;

export { NET_SIGNATURE as SIGNATURE };

type Tell = Parameters<NonNullable<JobSpec["onReady"]>>[0];
type Message = Parameters<Tell>[0];
type Served = Extract<Message, { type: "deployment" }>["serves"][number];

export interface Wanted {
  /** `namespace/name@3`. */
  key: string;
  weight?: number;
  mode?: Served["mode"];
  isSuspended?: boolean;
  format?: string;
  signature?: Served["model"]["signature"];
  /** The folder of its files, and their paths in it. */
  dir?: string;
  files?: readonly string[];
}

function served({ key, weight = 100, mode = "LIVE", isSuspended = false, ...given }: Wanted): Served {
  const { format = "tfjs-layers", signature = NET_SIGNATURE, dir = "model" } = given;
  const files = (given.files ?? MODEL_FILES).map((path) => ({ path, sizeBytes: 1, digest: DIGEST }));
  const model = {
    id: `ModelVersion:${key}`,
    key,
    type: "ModelVersion" as const,
    digest: DIGEST,
    dir,
    files,
    schema: [],
    signature,
  };
  return { model, format, weight, mode, isSuspended };
}

/** The plugin's job as a host runs it, with what it says. */
export async function aService(parameters: object = {}) {
  const work = await mkdtemp(join(tmpdir(), "serve-models-"));
  for (const folder of ["model", "onnx", "xgboost"])
    await cp(join(DIR, "test", folder), join(work, "in", folder), { recursive: true });
  for (const folder of ["several-classes", "other-classes"])
    await cp(SEVERAL_CLASSES, join(work, "in", folder), { recursive: true });
  const stop = new AbortController();
  const logs: string[] = [];
  const deployed: { deployment: string; failure: { type: string; message: string } | null }[] = [];
  const predictions: Prediction[] = [];
  const left = { dropped: 0, sampledOut: 0 };
  let url = "";
  let tell: Tell = () => {};
  const outcome: Promise<JobOutcome> = runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: join(work, "in"),
    outputDir: join(work, "out"),
    parameters: { backend: "wasm", ...parameters },
    inputs: {},
    seed: 1,
    runId: "run-1",
    attempt: 1,
    signal: stop.signal,
    onReady: (way) => (tell = way),
    onMessage: (message) => {
      if (message.type === "listening") url = message.url;
      else if (message.type === "log") logs.push(message.message);
      else if (message.type === "deployed") deployed.push(message);
      else if (message.type === "predictions") {
        predictions.push(...message.records);
        left.dropped += message.dropped;
        left.sampledOut += message.sampledOut;
      }
    },
  });
  const end = async () => {
    stop.abort(new Error("enough"));
    return await outcome;
  };
  onTestFinished(async () => {
    await end();
    await rm(work, { recursive: true });
  });
  let revision = 0;
  return {
    logs,
    deployed,
    predictions,
    left,
    work,
    end,
    url: () => url,
    /** Resolves with what the job says of it. */
    async deploy(...wanted: Wanted[]) {
      revision += 1;
      const id = `Deployment:${String(revision).padStart(32, "0")}`;
      const said = deployed.length;
      tell({ type: "deployment", id, key: `tests/delay@${revision}`, serves: wanted.map(served) });
      await vi.waitFor(() => {
        if (deployed.length === said) throw new Error(`nothing was said of ${id}: ${logs.join("\n")}`);
      }, 15_000);
      return deployed.at(-1)!;
    },
    async get(path: string) {
      const response = await fetch(url + path);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async infer(
      body: unknown,
      { path = "/v2/models/delay/infer", headers = {} }: { path?: string; headers?: HeadersInit } = {},
    ) {
      const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
      const response = await fetch(url + path, { method: "POST", body: text as BodyInit, headers });
      const answer = (await response.json()) as InferAnswer;
      return { status: response.status, headers: response.headers, answer };
    },
  };
}

/** An inference as bytes, which `fetch` would unpack; `told` is awaited between its head, once the server has that, and its body. */
export async function inferred(url: string, body: string, headers: Record<string, string>, told = async () => {}) {
  const sent = request(`${url}/v2/models/delay/infer`, {
    method: "POST",
    headers: { Expect: "100-continue", ...headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => sent.on("response", resolve).on("error", reject));
  await new Promise((resolve) => sent.on("continue", resolve).flushHeaders());
  await told();
  sent.end(body);
  const response = await answer;
  return { status: response.statusCode, headers: response.headers, bytes: await buffer(response) };
}

export interface InferAnswer {
  error?: string;
  id?: string;
  model_name: string;
  model_version: string;
  parameters: { inference_id: string; deployment: string; model: string };
  outputs: { name: string; datatype: string; shape: number[]; data: number[] }[];
}

/** A request of so many rows. */
export function aRequest(rows = 1) {
  const all = (values: readonly unknown[]) => Array.from({ length: rows }, (_, row) => values[row % values.length]);
  return {
    id: "mine",
    inputs: [
      { name: "port", datatype: "BYTES", shape: [rows], data: all(["A", "B", "C"]) },
      { name: "hour", datatype: "INT64", shape: [rows], data: all([7, 17]) },
      { name: "load", datatype: "FP64", shape: [rows], data: all([50.5, null, 70]) },
      { name: "holiday", datatype: "BOOL", shape: [rows], data: all([false, true]) },
      { name: "gates", datatype: "INT64", shape: [rows], data: all([4, 8]) },
    ],
  };
}

/** One that serves a model. */
export async function aServingService(parameters: object = {}) {
  const service = await aService(parameters);
  expect(await service.deploy({ key: "tests/arrival@1" })).toMatchObject({ failure: null });
  return service;
}
