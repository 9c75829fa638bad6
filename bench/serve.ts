/**
 * Serving one row a request over 16 connections: a dense net of train-tfjs, with and without passing on to NATS what it predicted, with a data schema
 * that each request is held to, and with a shadow. The limit is a fastify in a process of its own that reads the same request and answers a constant. All take turns, each time in
 * the other order, so that what the machine does besides hits each alike.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import type { HostMessage } from "@clew/schema";
import { type BenchOptions, type Figure, type Measured, median } from "./support/figures.ts";
import { closedLoop, type Load, round } from "./support/load.ts";
import { withNats } from "./support/services.ts";
import type { HostedService, StoredPredictions } from "./support/serving-host.ts";

const CONNECTIONS = 16;
const PATH = "/v2/models/live/infer";
const MODES = ["constant", "quiet", "checked", "logging", "shadow"] as const;
type Mode = (typeof MODES)[number];

/** As the model that the plugin's tests serve takes it. */
const BODY = JSON.stringify({
  inputs: [
    { name: "port", datatype: "BYTES", shape: [1], data: ["B"] },
    { name: "hour", datatype: "INT64", shape: [1], data: [17] },
    { name: "load", datatype: "FP64", shape: [1], data: [61.5] },
    { name: "holiday", datatype: "BOOL", shape: [1], data: [false] },
    { name: "gates", datatype: "INT64", shape: [1], data: [8] },
  ],
});
/** Such as validate-tabular infers it; the request keeps it. */
const SCHEMA = {
  columns: [
    { name: "port", type: "STRING", presence: { minFraction: 1 }, domain: { values: ["A", "B", "C"] } },
    { name: "hour", type: "INT", presence: { minFraction: 1 }, domain: { min: 0, max: 23 } },
    { name: "load", type: "FLOAT", domain: { min: 0, disallowNan: true, disallowInf: true } },
    { name: "holiday", type: "BOOL", presence: { minFraction: 1 } },
    { name: "gates", type: "INT", presence: { minFraction: 1 }, domain: { min: 0 } },
  ],
  defaultEnvironment: ["TRAINING", "SERVING"],
};
const SQL_TYPES = { BYTES: "VARCHAR", INT64: "BIGINT", FP64: "DOUBLE", BOOL: "BOOLEAN" } as const;

export async function benchServe({ quick }: BenchOptions): Promise<Measured> {
  const rounds = quick ? 1 : 9;
  const count = quick ? 200 : 10_000;
  return withNats(async (natsUrl) => {
    const servers = await startAll(natsUrl);
    const loads = Object.fromEntries(MODES.map((mode) => [mode, [] as Load[]])) as Record<Mode, Load[]>;
    for (let n = 0; n < rounds; n++) {
      for (const mode of n % 2 === 0 ? MODES : MODES.toReversed()) {
        loads[mode].push(await load(servers[mode].url, count));
      }
    }
    const stored: Partial<Record<Mode, StoredPredictions | null>> = {};
    for (const mode of MODES) stored[mode] = await servers[mode].stop();
    return { figures: figuresOf(loads), detail: { loads, stored } };
  });
}

async function startAll(natsUrl: string) {
  const constant = await startChild("constant-server.ts", []);
  const quiet = await startService({ natsUrl: null, parameters: { logFraction: 0 }, deployment: deployment(false) });
  const checking = { logFraction: 0, schema: SCHEMA, onAnomaly: "reject" };
  const checked = await startService({ natsUrl: null, parameters: checking, deployment: deployment(false) });
  const logging = await startService({ natsUrl, parameters: {}, deployment: deployment(false) });
  const shadow = await startService({ natsUrl, parameters: {}, deployment: deployment(true) });
  return { constant, quiet, checked, logging, shadow };
}

const startService = (service: HostedService) => startChild("serving-host.ts", [JSON.stringify(service)]);

async function startChild(file: string, args: string[]) {
  const child = fork(fileURLToPath(new URL(`./support/${file}`, import.meta.url)), args, {
    execArgv: ["--conditions=clew-src"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const { url } = await said<{ url: string }>(child);
  return { url, stop: () => stopped(child) };
}

/** What the child says next. */
async function said<T>(child: ChildProcess): Promise<T> {
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the process ended with ${code}`);
    }),
  ])) as [T];
  return message;
}

async function stopped(child: ChildProcess): Promise<StoredPredictions | null> {
  const last = said<StoredPredictions>(child).catch(() => null);
  const ended = once(child, "exit");
  child.send("stop");
  await ended;
  return await last;
}

function deployment(hasShadow: boolean): HostMessage {
  const files = ["model.json", "pipeline.json", "weights.bin"];
  const digest = `sha256:${"0".repeat(64)}`;
  const { inputs } = JSON.parse(BODY) as { inputs: { name: string; datatype: keyof typeof SQL_TYPES }[] };
  const signature = {
    inputs: inputs.map(({ name, datatype }) => ({ name, type: SQL_TYPES[datatype] })),
    outputs: [{ name: "probability", type: "DOUBLE" }],
  };
  const served = (version: number, mode: "LIVE" | "SHADOW") => ({
    model: {
      id: `ModelVersion:${version}`,
      key: `bench/model@${version}`,
      type: "ModelVersion" as const,
      digest,
      dir: "model",
      files: files.map((path) => ({ path, sizeBytes: 1, digest })),
      schema: [],
      signature,
    },
    format: "tfjs-layers",
    weight: 100,
    mode,
    isSuspended: false,
  });
  const serves = hasShadow ? [served(1, "LIVE"), served(2, "SHADOW")] : [served(1, "LIVE")];
  return { type: "deployment", id: "Deployment:bench", key: "bench/live@1", serves };
}

async function load(url: string, count: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    return await closedLoop({ clients: CONNECTIONS, count, warmUp: count / 4 }, () => post(url, agent));
  } finally {
    agent.destroy();
  }
}

/** @throws {Error} with the answer where that is none. */
function post(url: string, agent: Agent): Promise<void> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(BODY) };
  return new Promise((resolve, reject) => {
    const sent = request(url + PATH, { method: "POST", agent, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(text))));
    });
    sent.on("error", reject);
    sent.end(BODY);
  });
}

function figuresOf(loads: Record<Mode, Load[]>): Figure[] {
  const rate = (mode: Mode) => median(loads[mode].map(({ perSecond }) => perSecond));
  const p99 = (mode: Mode) => round(median(loads[mode].map((one) => one.p99)));
  return [
    {
      work: "one row a request, 16 connections",
      value: rate("quiet"),
      unit: "/s",
      limit: { what: "fastify answering a constant", value: rate("constant") },
      mark: { atLeast: 0.5, times: true },
    },
    {
      work: "the same, each request held to a data schema",
      value: rate("checked"),
      unit: "/s",
      limit: { what: "without", value: rate("quiet") },
      mark: { atLeast: 0.9, times: true },
    },
    {
      work: "the same, predictions to NATS",
      value: rate("logging"),
      unit: "/s",
      limit: { what: "without", value: rate("quiet") },
      mark: { atLeast: 0.7, times: true },
    },
    {
      work: "p99 with a shadow",
      value: p99("shadow"),
      unit: "ms",
      limit: { what: "p99 without, predictions to NATS", value: p99("logging") },
      mark: { atMost: 1.1, times: true },
    },
  ];
}
