/**
 * A process that hosts a job of serve-models as a runner does, without a server: it tells the job what it is told over IPC, and stores what the
 * job predicts in a stream of NATS, where it is given one. It says where the job listens, and how many predictions it has stored or lost.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostMessage, Predictions } from "@clew/schema";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { type JobSpec, loadManifest, runJob } from "../../plugins/sdk/src/host/index.ts";

const PLUGIN_DIR = fileURLToPath(new URL("../../plugins/serve-models", import.meta.url));
const SUBJECT = "bench.predictions";

export interface HostedService {
  readonly natsUrl: string | null;
  readonly parameters: JobSpec["parameters"];
  readonly deployment: HostMessage;
}

export interface StoredPredictions {
  readonly stored: number;
  readonly left: number;
}

const started = process.argv[2];
if (started === undefined) throw new Error("no service was given");
await host(JSON.parse(started) as HostedService);

async function host({ natsUrl, parameters, deployment }: HostedService): Promise<void> {
  const store = natsUrl === null ? null : await streamAt(natsUrl);
  const work = await mkdtemp(join(tmpdir(), "clew-bench-serving-"));
  const stop = new AbortController();
  process.once("message", () => stop.abort(new Error("the bench is over")));
  const counts = { stored: 0, left: 0 };
  await runJob({
    pluginDir: PLUGIN_DIR,
    manifest: await loadManifest(PLUGIN_DIR),
    inputDir: join(PLUGIN_DIR, "test"),
    outputDir: join(work, "out"),
    parameters,
    inputs: {},
    seed: 1,
    runId: "Run:bench",
    attempt: 1,
    signal: stop.signal,
    onReady: (tell) => tell(deployment),
    onMessage: async (message) => {
      if (message.type === "listening") process.send?.({ url: message.url });
      else if (message.type === "log") process.stderr.write(`${message.message}\n`);
      else if (message.type === "predictions") {
        await store?.put(message);
        counts.stored += message.records.length;
        counts.left += message.dropped + message.sampledOut;
      }
    },
  });
  process.send?.(counts satisfies StoredPredictions);
  await store?.close();
  await rm(work, { recursive: true, force: true });
  process.disconnect();
}

async function streamAt(url: string) {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "BENCH", subjects: [SUBJECT] }).catch(() => {});
  const client = jetstream(connection);
  return {
    put: async (batch: Predictions) => void (await client.publish(SUBJECT, JSON.stringify(batch))),
    close: async () => await connection.close(),
  };
}
