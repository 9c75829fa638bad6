import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Heartbeat,
  type JobInvitation,
  type Json,
  MutationRequest,
  PredictionBatch,
  PluginManifest,
  REPLY_HEADER,
  runEventsIn,
  type RunControl,
  type RunEvent,
  sha256,
  subjects,
  uuidv7,
} from "@clew/schema";
import { AckPolicy, type JetStreamManager, type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFinished, vi } from "vitest";
import { ensureStreams } from "../../server/src/adapters/nats/streams.ts";
import { TOKEN, anArtifactServer } from "../../server/src/transports/http/artifact-server.fixture.ts";
import { type RunnerConfig, createLogger, startRunner } from "../../runners/node/src/index.ts";

export const COUNT_ROWS = fileURLToPath(new URL("../../plugins/count-rows", import.meta.url));
export const RUNNER_TOKEN = "the-runners-own-token";
/** What claims answer: the artifact server of the tests takes this one. */
export const ATTEMPT_TOKEN = TOKEN;

type Variables = Record<string, unknown>;
/** What the server answers to an operation; "nothing" for an answer that is lost on its way. */
export type Answer = { data?: unknown; errors?: object[] } | "nothing";
export type Answers = Record<string, (variables: Variables, request: MutationRequest) => Answer>;

export const refusal = (code: string) => [{ code, path: ["run"], message: `refused: ${code}` }];
export const newRunId = () => `Run:${uuidv7()}`;

/** A NATS prefix and a runner's id that no other test has. */
export function newNames() {
  return { prefix: `t${uuidv7().replaceAll("-", "")}`, runnerId: `Runner:${uuidv7().replaceAll("-", "")}` };
}

export async function aFolder(name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `clew-runner-${name}-`));
  onTestFinished(async () => await rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/**
 * The server as a runner sees it, with canned answers: the real streams on the real NATS, GraphQL answers over it, and the real
 * artifact routes. Everything has a prefix of its own, so that tests may share one NATS.
 */
export async function aServer(natsUrl: string, answers: Answers = {}, leaseMs = 30_000, names = newNames()) {
  const { runnerId } = names;
  const space = subjects(names.prefix);
  const connection = await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  onTestFinished(async () => await connection.close());
  const manager = await jetstreamManager(connection);
  await ensureStreams(manager, space);
  onTestFinished(async () => await deleteStreams(manager, space.prefix));
  const store = await anArtifactServer();
  onTestFinished(async () => await store.dispose());
  const artifacts = {
    url: store.url,
    put: async (text: string): Promise<void> => void (await store.put(Buffer.from(text))),
    listed: (): Promise<string[]> => store.listed(),
  };
  const requests: MutationRequest[] = [];
  const beats: Heartbeat[] = [];
  const events: RunEvent[] = [];
  const predictions: PredictionBatch[] = [];
  connection.subscribe(space.runner(runnerId), {
    callback: (_error, message) => void beats.push(Heartbeat.parse(message.json())),
  });
  connection.subscribe(space.allPredictions, {
    callback: (_error, message) => void predictions.push(PredictionBatch.parse(message.json())),
  });
  connection.subscribe(space.allEvents, {
    callback: (_error, message) => void events.push(...(runEventsIn(message.data) ?? [])),
  });

  const withDefaults: Answers = { ...usualAnswers(leaseMs), ...answers };
  const answer = (message: JsMsg) => {
    const request = MutationRequest.parse(message.json());
    requests.push(request);
    const reply = withDefaults[request.operationName]?.(request.variables, request) ?? "nothing";
    message.ack();
    if (reply === "nothing") return;
    const inbox = message.headers?.get(REPLY_HEADER) ?? "";
    connection.publish(inbox, JSON.stringify({ schema: "clew/mutation-reply/1", ...reply }));
  };
  await manager.consumers.add(space.streams.mutations, { durable_name: "server", ack_policy: AckPolicy.Explicit });
  const consumer = await jetstream(connection).consumers.get(space.streams.mutations, "server");
  const messages = await consumer.consume({ callback: answer });
  onTestFinished(async () => void (await messages.close()));

  return {
    space,
    runnerId,
    artifacts,
    requests,
    beats,
    events,
    predictions,
    leaseMs,
    asked: (operation: string) => requests.filter(({ operationName }) => operationName === operation),
    async invite(runId: string, attempt = 1, plugin = "count-rows@0.1.0"): Promise<void> {
      const [name = "", version = ""] = plugin.split("@");
      const invitation: JobInvitation = {
        schema: "clew/job-invitation/1",
        runId,
        attempt,
        plugin,
        queuedAt: new Date().toISOString(),
      };
      const subject = space.job(name, Number.parseInt(version, 10), "default");
      await jetstream(connection).publish(subject, JSON.stringify(invitation));
    },
    control(runId: string, command: RunControl["command"], reason = "not needed"): void {
      const control: RunControl = { schema: "clew/run-control/1", runId, command, reason };
      connection.publish(space.control(runId), JSON.stringify(control));
    },
    /** Invitations that nobody has acknowledged. */
    async waiting(): Promise<number> {
      return (await manager.streams.info(space.streams.jobs)).state.messages;
    },
  };
}

/** NATS reserves the largest size that each stream may reach: left alone, those of a dozen tests fill a disk. */
export async function deleteStreams(manager: JetStreamManager, prefix: string): Promise<void> {
  for (const stream of Object.values(subjects(prefix).streams)) await manager.streams.delete(stream).catch(() => false);
}

export type TestServer = Awaited<ReturnType<typeof aServer>>;

function usualAnswers(leaseMs: number): Answers {
  const ok = { userErrors: [], ledgerSeq: 1 };
  return {
    RegisterPlugin: () => ({ data: { registerPlugin: { ...ok, plugin: { id: "Plugin:1" } } } }),
    ClaimRun: aClaim([], {}, { leaseMs }),
    StartRun: ({ input }) => ({
      data: { startRun: { ...ok, run: { id: (input as { run: string }).run, state: "RUNNING" } } },
    }),
    FinishRun: ({ input }) => {
      const { run, failure } = input as { run: string; failure: unknown };
      const state = failure === null ? "SUCCEEDED" : "FAILED";
      return { data: { finishRun: { ...ok, run: { id: run, state, outputs: [] } } } };
    },
    AttemptState: ({ run }) => held(run, "RUNNING"),
  };
}

export function held(run: unknown, state: string, attempt = 1): Answer {
  return { data: { node: { id: run, state, attempts: [{ attempt, state }] } } };
}

/** Answers claims with a run that has these input nodes (role data) and parameters, all of the plugin's. */
export function aClaim(
  nodes: object[] = [],
  parameters: object = { headerRows: 1, minRows: 1 },
  { plugin = "count-rows@0.1.0", leaseMs = 30_000 } = {},
): (variables: Variables, request: MutationRequest) => Answer {
  const [name, version] = plugin.split("@");
  const inputs = [
    ...nodes.map((node) => ({ role: "data", node })),
    { role: "hyperparameters", node: { id: "HyperparameterSet:1", parameters } },
  ];
  return ({ input }) => {
    const { run: id, attempt } = input as { run: string; attempt: number };
    const run = { id, namespace: "tests", runType: "VALIDATION", seed: 42, plugin: { name, version }, inputs };
    return { data: { claimRun: { run, attempt, token: ATTEMPT_TOKEN, leaseMs, userErrors: [] } } };
  };
}

/** A dataset version as a claim's answer tells it. */
export function aVersion(files: Record<string, string>, endCursor: string | null = null) {
  const nodes = Object.entries(files).map(([path, text]) => ({
    path,
    sizeBytes: Buffer.byteLength(text),
    digest: sha256(text),
  }));
  return {
    id: `DatasetVersion:${"0".repeat(32)}`,
    key: "tests/data@1",
    digest: sha256("manifest"),
    schema: [{ name: "x", type: "BIGINT", nullable: true }],
    files: { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } },
  };
}

/** A runner against this server, killed at the test's end; it asks again for an answer that takes longer than `firstAnswerMs`. */
export async function aRunner(
  server: TestServer,
  natsUrl: string,
  { firstAnswerMs, ...config }: Partial<RunnerConfig> & { firstAnswerMs?: number } = {},
) {
  const log: string[] = [];
  const whole = await runnerConfig(server, natsUrl, config);
  const logger = createLogger("debug", Object.values(whole.secrets), { write: (line) => void log.push(line) });
  const runner = await startRunner({ config: whole, log: logger, ...(firstAnswerMs && { firstAnswerMs }) });
  onTestFinished(async () => await runner.stop());
  return { ...runnerFaces(runner), log, config: whole };
}

function runnerFaces(runner: Awaited<ReturnType<typeof startRunner>>) {
  return { drain: () => runner.drain(), stop: () => runner.stop() };
}

export async function runnerConfig(
  server: TestServer,
  natsUrl: string,
  config: Partial<RunnerConfig> = {},
): Promise<RunnerConfig> {
  return hostConfig({
    natsUrl,
    natsPrefix: server.space.prefix,
    serverUrl: server.artifacts.url,
    runnerId: server.runnerId,
    runnerToken: RUNNER_TOKEN,
    drainMs: 20_000,
    ...config,
  });
}

type Whereabouts = Pick<RunnerConfig, "natsUrl" | "natsPrefix" | "serverUrl" | "runnerId" | "runnerToken">;

/** What a host in a test is configured with, where nothing else is given. */
export async function hostConfig(given: Whereabouts & Partial<RunnerConfig>): Promise<RunnerConfig> {
  return {
    natsToken: null,
    natsCredsFile: null,
    pool: "default",
    slots: 1,
    pluginDirs: [COUNT_ROWS],
    workDir: await aFolder("work"),
    cacheMaxBytes: 1_000_000,
    drainMs: 10_000,
    prestartMs: 0,
    healthFile: null,
    logLevel: "debug",
    secrets: {},
    ...given,
  };
}

/** A command plugin of one shell script, which begins after hello. */
export async function aShellPlugin(
  name: string,
  script: string,
  outputs: Json = {},
  more: Partial<PluginManifest> = {},
): Promise<string> {
  const dir = join(await aFolder("plugins"), name);
  await mkdir(dir, { recursive: true });
  const manifest = PluginManifest.parse({
    name,
    version: "1.0.0",
    description: "For a test.",
    hostApi: 1,
    runType: "VALIDATION",
    kind: "task",
    inputs: { data: { type: "DatasetVersion", description: "Any.", required: false, many: true } },
    outputs,
    parameters: { type: "object" },
    runtime: { type: "command", command: ["sh", "run.sh"] },
    ...more,
  });
  await writeFile(join(dir, "plugin.json"), JSON.stringify(manifest));
  const hello = `{"type":"hello","protocol":"clew-job/1","plugin":"${name}","version":"1.0.0","environment":{"backend":"sh"}}`;
  await writeFile(join(dir, "run.sh"), `echo '${hello}'\n${script}\n`);
  await chmod(join(dir, "run.sh"), 0o755);
  return dir;
}

/** A mutation's input. */
export const inputOf = (request: MutationRequest | undefined) => request?.variables["input"] as Record<string, unknown>;

export const eventually = (check: () => void | Promise<void>, withinMs = 20_000) =>
  vi.waitFor(check, { timeout: withinMs, interval: 25 });

export const once = async (list: () => readonly unknown[], count = 1) =>
  await eventually(() => expect(list().length).toBeGreaterThanOrEqual(count));
