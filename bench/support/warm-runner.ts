import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { ClewClient } from "../../cli/src/client.ts";
import { enrolledRunner, startRunnerProcess } from "../../cli/src/up/runner-process.ts";
import { type Latencies, latencies } from "./load.ts";
import type { BenchServer } from "./server.ts";

const WARM_UP = 3;

/** Milliseconds that `work` answers, after a few that do not count. */
export async function repeated(count: number, work: (n: number) => Promise<number>): Promise<Latencies> {
  const took: number[] = [];
  for (let n = 0; n < WARM_UP + count; n++) {
    const ms = await work(n);
    if (n >= WARM_UP) took.push(ms);
  }
  return latencies(took);
}

/** A bare message through a work queue: from its publication until a consumer has it. */
export async function carrier(url: string): Promise<() => Promise<number>> {
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

/** With a runner that hosts the plugins in a folder. */
export async function withRunner<T>(
  dir: string,
  natsUrl: string,
  server: BenchServer,
  pluginDirs: string,
  work: () => Promise<T>,
): Promise<T> {
  const admin = new ClewClient({ url: server.url, token: server.token });
  const runner = await startRunnerProcess({
    dataDir: dir,
    admin,
    identity: await enrolledRunner(admin, dir, { CLEW_NATS_URL: natsUrl }),
    pluginDirs,
    onLog: () => {},
    logPath: "",
  });
  try {
    return await work();
  } finally {
    await runner.stop();
  }
}
