import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Heartbeat, type PredictionBatch, type RunEventBatch, idToken, inboxOf, subjects } from "@clew/schema";
import { JobGuard, secretsFault } from "@clew/plugin-sdk/host";
import type { Logger } from "pino";
import { Claimer } from "./claim.ts";
import type { RunnerConfig } from "./config.ts";
import { ContentCache } from "./content-cache.ts";
import { GraphqlLink } from "./graphql-link.ts";
import { Heartbeats } from "./heartbeat.ts";
import { HealthFile } from "./health-file.ts";
import { HeldLeases } from "./held-leases.ts";
import { type HostedPlugin, findPlugins, pluginKey } from "./hosted-plugins.ts";
import { JobQueue, jobConsumers } from "./job-queue.ts";
import { NatsLink } from "./nats-link.ts";
import { PluginCode } from "./plugin-code.ts";
import { Prestarted } from "./prestarted.ts";
import { registerPlugins } from "./register-plugins.ts";
import { Runner, type RunningRunner } from "./runner.ts";

const FLUSH_MS = 2_000;
const CLOSE_MS = 5_000;

export interface StartRunnerOptions {
  readonly config: RunnerConfig;
  readonly log: Logger;
  /** Ends a start that still waits for NATS or the server. */
  readonly signal?: AbortSignal;
  /** How long an answer may take before a request is sent again; 5,000 unless given. */
  readonly firstAnswerMs?: number;
}

/** There is nothing that the runner could host. */
export class NoPlugins extends Error {
  override readonly name = "NoPlugins";
}

/**
 * Starts a runner; resolves when it takes jobs, and waits until then for NATS and the server to be there.
 * @throws {NatsUnfit} {NoPlugins}, or the signal's reason.
 */
export async function startRunner(options: StartRunnerOptions): Promise<RunningRunner> {
  const { config, log, signal = new AbortController().signal } = options;
  const plugins = await findPlugins(config.pluginDirs, log);
  const nats = await NatsLink.open({
    url: config.natsUrl,
    token: config.natsToken,
    credentials: config.natsCredsFile === null ? null : await readFile(config.natsCredsFile, "utf8"),
    runnerId: config.runnerId,
    log,
    signal,
  });
  try {
    return await started(options, nats, plugins, signal);
  } catch (error) {
    await nats.connection.close();
    throw error;
  }
}

async function started(
  { config, log, firstAnswerMs }: StartRunnerOptions,
  nats: NatsLink,
  found: readonly HostedPlugin[],
  signal: AbortSignal,
): Promise<RunningRunner> {
  const { runnerId, runnerToken: token, pool, slots, drainMs } = config;
  const { connection, client, manager } = nats;
  const space = subjects(config.natsPrefix);
  const subject = space.mutations(runnerId);
  const wait = firstAnswerMs === undefined ? {} : { firstAnswerMs };
  const { serverUrl } = config;
  const link = new GraphqlLink({ connection, client, subject, serverUrl, log, ...wait }, inboxOf(runnerId));
  const hosted = await registerPlugins(found, link, token, log, signal);
  if (hosted.length === 0) throw new NoPlugins(`no plugin to host in ${config.pluginDirs.join(", ")}`);
  warnOfMissingSecrets(hosted, config.secrets, log);
  const plugins = new Map(hosted.map((plugin) => [pluginKey(plugin.manifest), plugin]));

  const taking = new AbortController();
  const consumers = jobConsumers(hosted, pool, space);
  const closing = new AbortController();
  const { jobs: stream } = space.streams;
  const queue = new JobQueue({ connection, manager, stream, consumers, log, signal: taking.signal });
  await queue.open(signal);

  const health = config.healthFile === null ? null : new HealthFile(config.healthFile, log);
  const leases = new HeldLeases(() => heartbeats.beat());
  const heartbeats = new Heartbeats({
    runnerId,
    pool,
    slots,
    plugins: hosted.map(({ manifest: { name, version } }) => ({ name, version })),
    leases,
    log,
    send: async (beat) => {
      await sendBeat(nats, space.runner(runnerId), beat);
      await health?.write(beat);
    },
  });
  const isHosted = (plugin: string) => plugins.has(plugin);
  const claimer = new Claimer({ link, leases, runnerId, token, isHosted, log, signal: closing.signal });
  const attemptsDir = join(config.workDir, "attempts", idToken(runnerId));
  await rm(attemptsDir, { recursive: true, force: true });
  const compileCacheDir = join(config.workDir, "compile-cache");
  const { secrets, prestartMs: keepMs } = config;
  const guard = new JobGuard();
  const prestarted = new Prestarted({ guard, secrets, compileCacheDir, keepMs });
  taking.signal.addEventListener("abort", () => prestarted.close(), { once: true });
  const attempt = {
    nats,
    link,
    space,
    leases,
    publishEvents: (batch: RunEventBatch) => publishNumbered(nats, space.events(batch.runId, runnerId), batch),
    publishPredictions: (batch: PredictionBatch) =>
      publishNumbered(nats, space.predictions(batch.endpoint, runnerId), batch),
    cache: new ContentCache(join(config.workDir, "cache"), config.cacheMaxBytes),
    serverUrl: config.serverUrl,
    attemptsDir,
    code: new PluginCode(),
    compileCacheDir,
    guard,
    prestarted,
    secrets,
    runnerVersion: await ownVersion(),
    log,
  };
  const close = async () => {
    guard.close();
    await closeAll(nats, link);
    await health?.remove();
  };
  const parts = { slots, drainMs, plugins, leases, heartbeats, queue, claimer, attempt, taking, closing, log, close };
  const runner = new Runner(parts);
  runner.start();
  log.info({ runnerId, pool, slots, plugins: [...plugins.keys()] }, "the runner takes jobs");
  return runner;
}

/** Their jobs fail one by one, each with the same words. */
function warnOfMissingSecrets(hosted: readonly HostedPlugin[], secrets: RunnerConfig["secrets"], log: Logger): void {
  for (const { manifest } of hosted) {
    const reason = secretsFault(manifest, secrets);
    if (reason !== null) log.warn({ plugin: pluginKey(manifest), reason }, "jobs of a plugin will fail");
  }
}

async function sendBeat(nats: NatsLink, subject: string, beat: Heartbeat): Promise<void> {
  // What is published now would wait in the client and tell the server of leases that are long over.
  if (!nats.isConnected) throw new Error("NATS is not reachable");
  nats.connection.publish(subject, JSON.stringify(beat));
  const flushed = nats.connection.flush().then(() => true);
  const isSent = await Promise.race([flushed, sleep(FLUSH_MS, false, { ref: false })]);
  if (!isSent) throw new Error("NATS does not answer");
}

/** Both streams store the same number of an attempt once. */
async function publishNumbered(
  { client }: NatsLink,
  subject: string,
  batch: RunEventBatch | PredictionBatch,
): Promise<void> {
  const msgID = `${batch.runId}:${batch.attempt}:${batch.n}`;
  await client.publish(subject, JSON.stringify(batch), { msgID });
}

async function closeAll({ connection }: NatsLink, link: GraphqlLink): Promise<void> {
  link.close();
  await Promise.race([connection.drain(), sleep(CLOSE_MS, undefined, { ref: false })]).catch(() => {});
  await connection.close();
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
