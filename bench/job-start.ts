/**
 * How long it takes from asking for a run until the plugin's code runs, in a runner that is there and idle. The plugin is a shell
 * script whose first act is to write down the time, so that what is measured is Clew's and not an interpreter's start.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SubmitRunDocument } from "@clew/schema/graphql";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { ClewClient } from "../cli/src/client.ts";
import { enrolledRunner, startRunnerProcess } from "../cli/src/up/runner-process.ts";
import type { BenchOptions, Measured } from "./support/figures.ts";
import { type Latencies, latencies, round } from "./support/load.ts";
import { shellPlugin } from "./support/plugin.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, withNats } from "./support/services.ts";

const WARM_UP = 3;
const PLUGIN = "says-when";
const HELLO = JSON.stringify({
  type: "hello",
  protocol: "clew-job/1",
  plugin: PLUGIN,
  version: "1.0.0",
  environment: { backend: "sh" },
});
/** Nanoseconds since 1970 to a file that is there at once or not at all. */
const NOTE_TIME = (file: string) => `date +%s%N > "${file}.new" && mv "${file}.new" "${file}"`;

interface Submitted {
  readonly submitRun: { readonly run: { readonly id: string } | null; readonly userErrors: readonly unknown[] };
}

export async function benchJobStart({ quick }: BenchOptions): Promise<Measured> {
  const jobs = quick ? 3 : 40;
  return withNats((url) =>
    inFolder("job", async (dir) => {
      const bareMessage = await repeated(jobs, await carrier(url));
      const bareProcess = await repeated(jobs, (n) => startProcess(join(dir, `bare-${n}`)));
      const started = await withServer(dir, { CLEW_NATS_URL: url }, (server) => startJobs(dir, url, server, jobs));
      return report(bareMessage, bareProcess, started);
    }),
  );
}

/** Milliseconds that `work` answers, after a few that do not count. */
async function repeated(count: number, work: (n: number) => Promise<number>): Promise<Latencies> {
  const took: number[] = [];
  for (let n = 0; n < WARM_UP + count; n++) {
    const ms = await work(n);
    if (n >= WARM_UP) took.push(ms);
  }
  return latencies(took);
}

/** A bare message through a work queue: from its publication until a consumer has it. */
async function carrier(url: string): Promise<() => Promise<number>> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "BARE", subjects: ["bare"], retention: "workqueue" });
  await manager.consumers.add("BARE", { durable_name: "bare", ack_policy: AckPolicy.Explicit });
  const messages = await (await jetstream(connection).consumers.get("BARE", "bare")).consume();
  const arrivals = messages[Symbol.asyncIterator]();
  return async () => {
    const startedAt = performance.now();
    await jetstream(connection).publish("bare", "job");
    const { value: message } = await arrivals.next();
    const took = performance.now() - startedAt;
    message?.ack();
    return took;
  };
}

/** From the start of a shell until its script has run to the time that it notes. */
async function startProcess(file: string): Promise<number> {
  const startedAt = now();
  spawn("sh", ["-c", NOTE_TIME(file)], { stdio: "ignore" });
  return (await timeIn(file)) - startedAt;
}

async function startJobs(dir: string, natsUrl: string, server: BenchServer, jobs: number): Promise<Latencies> {
  const admin = new ClewClient({ url: server.url, token: server.token });
  const runner = await startRunnerProcess({
    dataDir: dir,
    admin,
    identity: await enrolledRunner(admin, dir, { CLEW_NATS_URL: natsUrl }),
    pluginDirs: await aPlugin(dir),
    onLog: () => {},
    logPath: "",
  });
  try {
    return await repeated(jobs, (n) => startJob(server, join(dir, `job-${n}`)));
  } finally {
    await runner.stop();
  }
}

async function startJob({ client }: BenchServer, file: string): Promise<number> {
  const startedAt = now();
  const input = { namespace: "bench", plugin: PLUGIN, parameters: { file } };
  const { submitRun } = await client.data<Submitted>(String(SubmitRunDocument), { input });
  if (submitRun.run === null) throw new Error(JSON.stringify(submitRun.userErrors));
  const begunAt = await timeIn(file);
  // The runner reports the last one before it is idle again.
  await sleep(300);
  return begunAt - startedAt;
}

/** A folder that holds the plugin's folder. */
async function aPlugin(dir: string): Promise<string> {
  const folder = join(dir, "plugins", PLUGIN);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "plugin.json"), JSON.stringify(shellPlugin(PLUGIN)));
  const script = [NOTE_TIME("$CLEW_PARAMETER_file"), `echo '${HELLO}'`, `echo '{"type":"result"}'`];
  await writeFile(join(folder, "run.sh"), `${script.join("\n")}\n`);
  return join(dir, "plugins");
}

/** Milliseconds since 1970, with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Waits for the file, and answers the time in it as milliseconds since 1970. */
async function timeIn(file: string): Promise<number> {
  const until = performance.now() + 30_000;
  while (!existsSync(file)) {
    if (performance.now() > until) throw new Error(`nothing wrote ${file}`);
    await sleep(1);
  }
  const at = Number(await readFile(file, "utf8")) / 1e6;
  await rm(file);
  return at;
}

function report(bareMessage: Latencies, bareProcess: Latencies, started: Latencies): Measured {
  const what = `bare publish and consume (${bareMessage.p50} ms) and a process start (${bareProcess.p50} ms)`;
  const limit = { what, value: round(bareMessage.p50 + bareProcess.p50) };
  return {
    figures: [
      {
        work: "from submit to plugin code in a warm runner, p50",
        value: started.p50,
        unit: "ms",
        limit,
        mark: { atMost: 3, times: true },
      },
    ],
    detail: { bareMessage, bareProcess, started },
  };
}
