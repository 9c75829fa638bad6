/**
 * How long a pipeline takes from the end of a step until a runner that is there and idle has claimed the next one: from the entry that ends
 * the step's run to the claim, both by the server's clock, in whole milliseconds. Beside it the same runner's claim of a run that is queued by
 * itself. The limit is a bare message through a queue.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  PipelineRunDocument,
  type PipelineRunQuery,
  PublishPipelineVersionDocument,
  type PublishPipelineVersionMutation,
  RunDocument,
  type RunQuery,
  StartPipelineDocument,
  type StartPipelineMutation,
  SubmitRunDocument,
  type SubmitRunMutation,
} from "@clew/schema/graphql";
import type { BenchOptions, Measured } from "./support/figures.ts";
import { type Latencies, latencies } from "./support/load.ts";
import { shellPlugin } from "./support/plugin.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, withNats } from "./support/services.ts";
import { carrier, repeated, withRunner } from "./support/warm-runner.ts";

const PLUGIN = "does-nothing";
const HELLO = `{"type":"hello","protocol":"clew-job/1","plugin":"${PLUGIN}","version":"1.0.0","environment":{"backend":"sh"}}`;
const POLL_MS = 100;

interface Claimed {
  readonly queued: Latencies;
  readonly step: Latencies;
}

export async function benchPipelineSteps({ quick }: BenchOptions): Promise<Measured> {
  const [steps, rounds] = quick ? [3, 1] : [20, 4];
  return withNats((url) =>
    inFolder("pipeline", async (dir) => {
      const message = await repeated(steps * rounds, await carrier(url));
      const claimed = await withServer(dir, { CLEW_NATS_URL: url }, async (server) =>
        withRunner(dir, url, server, await thePlugin(dir), () => measure(server, steps, rounds)),
      );
      return report(message, claimed);
    }),
  );
}

async function measure(server: BenchServer, steps: number, rounds: number): Promise<Claimed> {
  const queued: number[] = [];
  for (let n = 0; n < steps * rounds; n++) queued.push(await claimOfRun(server));
  const pipeline = await publish(server, steps);
  const step: number[] = [];
  for (let n = 0; n < rounds; n++) step.push(...(await claimsOfSteps(server, pipeline)));
  return { queued: latencies(queued), step: latencies(step) };
}

/** From a run's queueing to its claim. */
async function claimOfRun(server: BenchServer): Promise<number> {
  const input = { namespace: "bench", plugin: PLUGIN };
  const { submitRun } = await server.client.data<SubmitRunMutation>(String(SubmitRunDocument), { input });
  if (submitRun.run === null) throw new Error(JSON.stringify(submitRun.userErrors));
  const { queuedAt, claimedAt } = await ended(server, submitRun.run.id);
  return claimedAt - queuedAt;
}

/** From each step's end to the claim of the one behind it. */
async function claimsOfSteps(server: BenchServer, pipeline: string): Promise<number[]> {
  const { startPipeline } = await server.client.data<StartPipelineMutation>(String(StartPipelineDocument), {
    input: { pipeline },
  });
  if (startPipeline.run === null) throw new Error(JSON.stringify(startPipeline.userErrors));
  const steps = await stepsOnceEnded(server, startPipeline.run.id);
  const runs: Awaited<ReturnType<typeof ended>>[] = [];
  for (const { run } of steps) runs.push(await ended(server, run!.id));
  return runs.slice(1).map(({ claimedAt }, index) => claimedAt - runs[index]!.endedAt);
}

type PipelineRun = Extract<NonNullable<PipelineRunQuery["node"]>, { steps?: unknown }>;

async function stepsOnceEnded(server: BenchServer, id: string): Promise<NonNullable<PipelineRun["steps"]>> {
  for (;;) {
    const { node } = await server.client.data<PipelineRunQuery>(String(PipelineRunDocument), { id });
    const { state, steps, failure } = node as PipelineRun;
    if (state === "SUCCEEDED") return steps!;
    if (state !== "RUNNING") throw new Error(`the pipeline ${state}: ${failure?.message}`);
    await sleep(POLL_MS);
  }
}

type Run = Extract<NonNullable<RunQuery["node"]>, { queuedAt: string }>;

/** When a run that ends soon was queued, claimed and ended, in ms since 1970. */
async function ended(server: BenchServer, id: string) {
  for (;;) {
    const { node } = await server.client.data<RunQuery>(String(RunDocument), { id });
    const { state, queuedAt, endedAt, attempts, failure } = node as Run;
    if (failure) throw new Error(`${id} ${state}: ${failure.message}`);
    const at = (time: string) => Date.parse(time);
    if (endedAt !== null)
      return { queuedAt: at(queuedAt), claimedAt: at(attempts[0]!.claimedAt), endedAt: at(endedAt) };
    await sleep(POLL_MS);
  }
}

async function publish(server: BenchServer, count: number): Promise<string> {
  const names = Array.from({ length: count }, (_, n) => `step-${n}`);
  const steps = names.map((name, n) => {
    return [name, { type: "run", plugin: PLUGIN, after: n === 0 ? [] : [names[n - 1]], cache: false }] as const;
  });
  const input = { namespace: "bench", name: "chain", definition: { steps: Object.fromEntries(steps) } };
  const document = String(PublishPipelineVersionDocument);
  const { publishPipelineVersion } = await server.client.data<PublishPipelineVersionMutation>(document, { input });
  const { pipelineVersion, userErrors } = publishPipelineVersion;
  if (pipelineVersion === null) throw new Error(JSON.stringify(userErrors));
  return pipelineVersion.key;
}

/** A folder that holds the plugin's. */
async function thePlugin(dir: string): Promise<string> {
  const folder = join(dir, "plugins");
  await mkdir(join(folder, PLUGIN), { recursive: true });
  await writeFile(join(folder, PLUGIN, "plugin.json"), JSON.stringify(shellPlugin(PLUGIN)));
  await writeFile(join(folder, PLUGIN, "run.sh"), `echo '${HELLO}'\necho '{"type":"result"}'\n`);
  return folder;
}

function report(message: Latencies, { queued, step }: Claimed): Measured {
  const limit = { what: "bare publish and consume", value: message.p50 };
  const figures = [
    { work: "from a step's end to the claim of the next, warm runner, p50", value: step.p50, mark: { atMost: 50 } },
    { work: "from the queueing of a run by itself to its claim, p50", value: queued.p50 },
  ].map((figure) => ({ ...figure, unit: "ms" as const, limit }));
  return { figures, detail: { message, queued, step } };
}
