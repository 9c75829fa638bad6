import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BUILT, type ServerProcess, startServerProcess } from "../../test/support/server-process.ts";
import { GraphqlClient, round } from "./load.ts";

/** A built server in a process of its own, and a client of it. */
export interface BenchServer extends ServerProcess {
  readonly token: string;
  readonly client: GraphqlClient;
  /** From the process's start until it said that it is ready. */
  readonly readyMs: number;
  /** What the process has resident now (VmRSS), MiB. */
  residentMiB(): number;
  /** The most that it ever had resident (VmHWM), MiB. */
  peakMiB(): number;
  /** Where ledger and graph end. */
  progress(): Promise<{ readonly ledgerSeq: number; readonly graphSeq: number }>;
  /** Waits until the graph has every entry. Answers how long that took, in ms. */
  untilProjected(): Promise<number>;
}

export async function startBenchServer(
  dir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const startedAt = performance.now();
  // As the image and `clew up` have it.
  const settings = { NODE_ENV: "production", CLEW_LOG_LEVEL: "info", ...environment };
  const server = await startServerProcess(dir, settings, BUILT);
  const readyMs = round(performance.now() - startedAt);
  const token = readFileSync(join(dir, "admin.token"), "utf8").trim();
  const client = new GraphqlClient(server.url, token);
  const progress = () => readProgress(server.url);
  return {
    ...server,
    token,
    client,
    readyMs,
    residentMiB: () => statusMiB(server.pid, "VmRSS"),
    peakMiB: () => statusMiB(server.pid, "VmHWM"),
    progress,
    untilProjected: () => untilProjected(progress),
    stop: () => {
      client.close();
      return server.stop();
    },
  };
}

/** Starts, works, stops. */
export async function withServer<T>(
  dir: string,
  environment: Readonly<Record<string, string>>,
  work: (server: BenchServer) => Promise<T>,
): Promise<T> {
  const server = await startBenchServer(dir, environment);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function readProgress(url: string): Promise<{ ledgerSeq: number; graphSeq: number }> {
  const answer = await fetch(`${url}/health/ready`);
  const ready = (await answer.json()) as { ledgerSeq: number; graphSeq: number; halted?: string };
  if (!answer.ok) throw new Error(`the server is not ready: ${JSON.stringify(ready)}`);
  return ready;
}

async function untilProjected(progress: BenchServer["progress"]): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { ledgerSeq, graphSeq } = await progress();
    if (graphSeq >= ledgerSeq) return performance.now() - startedAt;
    await sleep(20);
  }
}

function statusMiB(pid: number, field: "VmRSS" | "VmHWM"): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1024);
}
