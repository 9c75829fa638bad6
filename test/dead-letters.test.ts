import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { idToken, jsonIn, LETTER_HEADER, PluginManifest, REPLY_HEADER, ROUND_HEADER, subjects } from "@clew/schema";
import {
  CancelRunDocument,
  DeadLettersDocument,
  type DeadLettersQuery,
  ResendDeadLetterDocument,
  RunDocument,
  type RunQuery,
} from "@clew/schema/graphql";
import { startNats } from "@clew/cli/services";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import pino from "pino";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runCli } from "../cli/src/program.ts";
import { plain } from "../cli/src/terminal/paint.ts";
import { createLogger, startRunner } from "../runners/node/src/index.ts";
import { Config, startServer } from "../server/src/app/index.ts";
import { post } from "./support/answer.ts";
import { aPlugin, aQueuedRun, aRunner } from "./support/builders.ts";
import { aShellPlugin, eventually, hostConfig } from "./support/runner-host.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";

const MAX_DELIVER = 2;

let nats: Awaited<ReturnType<typeof startNats>>;
let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "clew-dead-"));
  nats = await startNats({ dir: join(dir, "nats"), own: true });
}, 120_000);
afterAll(async () => {
  await nats.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A server with NATS subjects of its own, and a plugin whose invitations are given up after few deliveries. */
async function aClew() {
  const natsPrefix = unique("dead");
  const space = subjects(natsPrefix);
  const server = await startTestServer({ natsUrl: nats.url, natsPrefix });
  const stop = { server: () => server.stop() };
  onTestFinished(() => stop.server());
  const connection = await connect({ servers: nats.url });
  onTestFinished(() => connection.close());
  const manager = await jetstreamManager(connection);
  const pluginDir = await aShellPlugin(unique("ends"), `echo '{"type":"result"}'`);
  const manifest = PluginManifest.parse(JSON.parse(await readFile(join(pluginDir, "plugin.json"), "utf8")));
  await aPlugin(server, manifest);
  const consumer = `${manifest.name}_1_default`;
  await manager.consumers.add(space.streams.jobs, {
    durable_name: consumer,
    filter_subject: space.job(manifest.name, 1, "default"),
    ack_policy: AckPolicy.Explicit,
    max_deliver: MAX_DELIVER,
  });
  const queued = async () => (await manager.streams.info(space.streams.jobs)).state.messages;
  /** Gives every invitation back until NATS delivers none any more. */
  const refuseAll = async () => {
    const jobs = await jetstream(connection).consumers.get(space.streams.jobs, consumer);
    for (let refused = 0, waiting = 1; refused < MAX_DELIVER || waiting > 0; ) {
      for await (const message of await jobs.fetch({ max_messages: 10, expires: 1_000 })) {
        message.nak();
        refused += 1;
      }
      const { num_pending, num_ack_pending } = await jobs.info();
      waiting = num_pending + num_ack_pending;
    }
  };
  const plugin = manifest.name;
  return { server, stop, natsPrefix, space, connection, manager, plugin, pluginDir, consumer, queued, refuseAll };
}
type Clew = Awaited<ReturnType<typeof aClew>>;

async function aHost({ server, natsPrefix, pluginDir }: Clew) {
  const { id: runnerId, token: runnerToken } = await aRunner(server);
  const runner = await startRunner({
    log: createLogger("debug", [runnerToken], { write: () => {} }),
    config: await hostConfig({
      natsUrl: nats.url,
      natsPrefix,
      serverUrl: server.url,
      runnerId,
      runnerToken,
      slots: 2,
      pluginDirs: [pluginDir],
    }),
  });
  onTestFinished(() => runner.stop());
}

/** The server stops and starts on the same folder, as after a crash or an upgrade; `meanwhile` happens in between. */
async function restart({ server, stop, natsPrefix }: Clew, meanwhile: () => Promise<void> = async () => {}) {
  await server.running.stop();
  await meanwhile();
  const config = Config.parse({ dataDir: server.dataDir, port: 0, natsUrl: nats.url, natsPrefix });
  const running = await startServer(config, pino({ level: "silent" }));
  stop.server = async () => {
    await running.stop();
    await rm(server.dataDir, { recursive: true, force: true });
  };
  return async (document: unknown, variables: object = {}) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- as TestServer.gql of a document that is not typed
    (await post<any>(running.url, { query: String(document), variables }, server.adminToken)).data;
}

const lettersOf = async (server: TestServer) => (await server.gql(DeadLettersDocument, {})).data.deadLetters.nodes;

async function runOf(server: TestServer, id: string) {
  const { node } = (await server.gql(RunDocument, { id })).data;
  return node as Extract<RunQuery["node"], { state: unknown }>;
}

async function aDeadJob(clew: Clew) {
  const run = await aQueuedRun(clew.server, { plugin: clew.plugin });
  await clew.refuseAll();
  await eventually(async () => expect(await lettersOf(clew.server)).toHaveLength(1));
  return { run, letter: `jobs.${idToken(run)}` };
}

async function cli({ server }: Clew, ...args: string[]) {
  const out: string[] = [];
  const say = (line: string) => void out.push(line);
  const io = { out: say, err: say, paint: plain, terminal: null };
  const status = await runCli(["--url", server.url, "--token", server.adminToken, ...args], io);
  return { status, out: out.join("\n") };
}

const dead = async ({ manager, space }: Clew) => (await manager.streams.info(space.streams.dead)).state.messages;

test("a job that nobody takes ends in the dead letters, and once it was resent it succeeds exactly once", async () => {
  const clew = await aClew();
  const { server, plugin, manager, space, consumer } = clew;
  const { run, letter } = await aDeadJob(clew);
  expect(await lettersOf(server)).toEqual([
    {
      id: letter,
      kind: "JOB",
      subject: space.job(plugin, 1, "default"),
      reason: `no runner took it in ${MAX_DELIVER} deliveries`,
      at: expect.stringMatching(/^20.*Z$/),
      deliveries: MAX_DELIVER,
      run: { id: run },
    },
  ]);
  await eventually(async () => expect(await clew.queued()).toBe(0));
  expect((await runOf(server, run)).whyWaiting).toContain(`"clew dead resend ${letter}"`);
  expect((await cli(clew, "dead", "ls")).out).toContain(letter);

  await manager.consumers.delete(space.streams.jobs, consumer);
  await aHost(clew);
  expect(await cli(clew, "dead", "resend", "--all")).toEqual({ status: 0, out: `resent ${letter}` });
  await eventually(async () => expect((await runOf(server, run)).state).toBe("SUCCEEDED"));
  expect((await runOf(server, run)).attempts).toMatchObject([{ attempt: 1, state: "SUCCEEDED" }]);
  expect(await lettersOf(server)).toEqual([]);
  await eventually(async () => expect([await clew.queued(), await dead(clew)]).toEqual([0, 0]));
});

test("a dead job is offered to nobody until it is resent, whatever the sweeper's memory; cancelling drops it", async () => {
  const clew = await aClew();
  const { run, letter } = await aDeadJob(clew);
  // A run that was resent is one that the sweeper of a new server would invite at once.
  await clew.server.gql(ResendDeadLetterDocument, { input: { id: letter } });
  await eventually(async () => expect(await clew.queued()).toBeGreaterThan(0));
  await clew.refuseAll();
  await eventually(async () => expect(await dead(clew)).toBe(1));
  await eventually(async () => expect(await clew.queued()).toBe(0));
  const gql = await restart(clew);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await clew.queued()).toBe(0);
  await gql(CancelRunDocument, { input: { run } });
  expect((await gql(DeadLettersDocument)).deadLetters.nodes).toEqual([]);
  await eventually(async () => expect(await dead(clew)).toBe(0));
});

test("a list of waiting runs asks NATS one question, however many they are", async () => {
  const clew = await aClew();
  const { server, plugin, connection, space } = clew;
  const { run, letter } = await aDeadJob(clew);
  for (let n = 0; n < 6; n++) await aQueuedRun(server, { plugin });
  const asked: string[] = [];
  const subscription = connection.subscribe("$JS.API.>", {
    callback: (_error, { subject }) => {
      if (subject.endsWith(`.${space.streams.dead}`)) asked.push(subject);
    },
  });
  onTestFinished(() => subscription.unsubscribe());
  await connection.flush();
  const query = "{ runs(first: 50, states: [QUEUED]) { nodes { id whyWaiting } } }";
  const { nodes } = (await server.gql<{ runs: { nodes: { id: string; whyWaiting: string }[] } }>(query)).data.runs;
  await connection.flush();
  expect(nodes).toHaveLength(7);
  for (const { id, whyWaiting } of nodes) expect(whyWaiting.includes(`resend ${letter}`)).toBe(id === run);
  expect(asked).toEqual([`$JS.API.DIRECT.GET.${space.streams.dead}`]);
});

test("what NATS gives up while no server runs is a dead letter when one runs again", async () => {
  const clew = await aClew();
  const run = await aQueuedRun(clew.server, { plugin: clew.plugin });
  await eventually(async () => expect(await clew.queued()).toBe(1));
  const gql = await restart(clew, clew.refuseAll);
  await eventually(async () =>
    expect((await gql(DeadLettersDocument)).deadLetters.nodes).toMatchObject([{ run: { id: run } }]),
  );
});

test("an advisory whose letter is written and whose invitation is still queued is worked off to its end, without a second letter", async () => {
  const clew = await aClew();
  const { connection, manager, space } = clew;
  const run = await aQueuedRun(clew.server, { plugin: clew.plugin });
  await eventually(async () => expect(await clew.queued()).toBe(1));
  const seq = (await manager.streams.info(space.streams.jobs)).state.first_seq;
  const invitation = (await manager.streams.getMessage(space.streams.jobs, { seq }))!;
  // As a server leaves it that died between the two.
  const letter = headers();
  const invited = { runId: run, attempt: 1, round: Number(invitation.header.get(ROUND_HEADER)) };
  letter.set(LETTER_HEADER, JSON.stringify({ subject: invitation.subject, reason: "", deliveries: 20, invited }));
  const msgID = `${space.streams.jobs}:${seq}`;
  await jetstream(connection).publish(space.deadJob(run), invitation.data, { msgID, headers: letter });
  const advisory = JSON.stringify({ stream_seq: seq, deliveries: 20 });
  for (let n = 0; n < 2; n++) connection.publish(space.untakenJobs.replace("*", clew.consumer), advisory);
  await eventually(async () =>
    expect(await lettersOf(clew.server)).toMatchObject([{ run: { id: run }, deliveries: 20 }]),
  );
  await eventually(async () => {
    expect((await manager.streams.info(space.streams.untaken)).state.messages).toBe(0);
  });
  expect(await clew.queued()).toBe(0);
  const { messages, last_seq } = (await manager.streams.info(space.streams.dead)).state;
  expect([messages, last_seq]).toEqual([1, 1]);
});

test("a request that nobody can read is kept with why, blocks none behind it, and comes back when it is resent in vain", async () => {
  const clew = await aClew();
  const { server, connection, space } = clew;
  const { id: runner, token } = await aRunner(server);
  const inbox = `_INBOX.${idToken(runner)}.replies`;
  const heard: unknown[] = [];
  connection.subscribe(inbox, { callback: (_error, { data }) => void heard.push(jsonIn(data)) });
  const named = headers();
  named.set(REPLY_HEADER, inbox);
  const request = { schema: "clew/mutation-request/1", variables: { run: `Run:${"0".repeat(32)}` }, token };
  const sent = [
    "{not json",
    JSON.stringify({ ...request, operationName: "Drop\r\nTables" }),
    JSON.stringify({ ...request, operationName: "AttemptState" }),
  ];
  for (const body of sent) await jetstream(connection).publish(space.mutations(runner), body, { headers: named });
  await eventually(() => expect(heard).toContainEqual({ schema: "clew/mutation-reply/1", data: { node: null } }));
  const letters = await lettersOf(server);
  expect(letters).toMatchObject([
    { kind: "MUTATION", subject: space.mutations(runner), deliveries: 1, run: null },
    { kind: "MUTATION", subject: space.mutations(runner), deliveries: 1, run: null },
  ]);
  const reasons = letters.map(({ reason }) => reason).toSorted();
  expect(reasons).toEqual([
    "Drop\r\nTables is none of the operations that may be sent over NATS",
    expect.stringContaining("not a clew/mutation-request/1"),
  ]);

  const asked = { input: { id: letters[0]!.id }, idempotencyKey: "again" };
  const { resendDeadLetter: first } = (await server.gql(ResendDeadLetterDocument, asked)).data;
  expect(first).toMatchObject({ id: letters[0]!.id, userErrors: [] });
  await eventually(async () => {
    const now = await lettersOf(server);
    expect(now.map(({ reason }) => reason).toSorted()).toEqual(reasons);
    expect(now.map(({ id }) => id)).not.toContain(letters[0]!.id);
  });
  expect((await server.gql(ResendDeadLetterDocument, asked)).data.resendDeadLetter).toEqual(first);
  const { resendDeadLetter } = (await server.gql(ResendDeadLetterDocument, { input: asked.input })).data;
  expect(resendDeadLetter).toMatchObject({ id: null, userErrors: [{ code: "UNKNOWN_NODE", path: ["id"] }] });
});

test("dead letters are for administrators of every namespace, page by page", async () => {
  const clew = await aClew();
  const { server, connection, space } = clew;
  for (let n = 0; n < 3; n++) await jetstream(connection).publish(space.allMutations.replace(">", "x"), `{${n}`);
  await eventually(async () => expect(await lettersOf(server)).toHaveLength(3));
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const page: DeadLettersQuery["deadLetters"] = (await server.gql(DeadLettersDocument, { first: 2, after })).data
      .deadLetters;
    seen.push(...page.nodes.map(({ id }) => id));
    ({ endCursor: after, hasNextPage: more } = page.pageInfo);
  }
  expect(seen).toEqual((await lettersOf(server)).map(({ id }) => id));
  const other = await server.tokenFor({ tests: ["ADMIN"] });
  const id = seen[0]!;
  for (const answer of [
    await server.gql(DeadLettersDocument, {}, other),
    await server.gql(ResendDeadLetterDocument, { input: { id } }, other),
  ])
    expect(answer.errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
});
