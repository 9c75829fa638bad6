import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { idToken, subjects } from "@clew/schema";
import {
  CancelRunDocument,
  OpenObservationsDocument,
  RunDocument,
  SettleObservationsDocument,
} from "@clew/schema/graphql";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createLogger, startRunner } from "../runners/node/src/index.ts";
import { credentialsIssuer } from "../server/src/adapters/nats/credentials.ts";
import { anAttempt, aPlugin, aQueuedRun } from "./support/builders.ts";
import { aGuardedServer, anEnrolment, type Enrolment, type Guarded } from "./support/guarded-server.ts";
import { aFolder, eventually, hostConfig } from "./support/runner-host.ts";
import { aDeployedEndpoint, aWatcher } from "./support/watcher.ts";

const space = subjects();
const { predictions } = space.streams;
const SOON_MS = 40_000;

let guarded: Guarded;
beforeAll(async () => (guarded = await aGuardedServer()), 120_000);
afterAll(async () => await guarded.stop());

async function connected(credentials: string, inboxPrefix?: string) {
  const authenticator = credsAuthenticator(new TextEncoder().encode(credentials));
  const prefix = inboxPrefix === undefined ? {} : { inboxPrefix };
  const connection = await connect({ servers: guarded.url, authenticator, ...prefix });
  onTestFinished(() => connection.close());
  return connection;
}

/** An endpoint of which one prediction is stored, and a run that waits to watch it. */
async function aWatched() {
  const { server, trust } = guarded;
  const endpoint = await aDeployedEndpoint(server);
  const watcher = await aWatcher();
  await aPlugin(server, watcher.manifest);
  const asServer = await connected(readFileSync(trust.serverCredsFile, "utf8"));
  const batch = { schema: "clew/prediction-batch/1", endpoint: endpoint.id, runId: "Run:x", attempt: 1, n: 1 };
  const say = async (dropped: number) => {
    const text = JSON.stringify({ ...batch, records: [], dropped });
    return await jetstream(asServer).publish(space.predictions(endpoint.id, "Runner:x"), text);
  };
  await say(7);
  const run = await aQueuedRun(server, {
    namespace: endpoint.namespace,
    plugin: "watcher",
    endpoint: endpoint.key,
    parameters: { file: watcher.file },
  });
  return { server, endpoint, watcher, run, say, asServer };
}

async function aHost({ id, token }: Enrolment, credentials: string, pluginDir: string) {
  const natsCredsFile = join(await aFolder("creds"), "runner.creds");
  writeFileSync(natsCredsFile, credentials);
  const log: string[] = [];
  const config = await hostConfig({
    natsUrl: guarded.url,
    natsCredsFile,
    natsPrefix: space.prefix,
    serverUrl: guarded.server.url,
    runnerId: id,
    runnerToken: token,
    pluginDirs: [pluginDir],
  });
  const runner = await startRunner({
    log: createLogger("debug", [], { write: (line) => void log.push(line) }),
    config,
  });
  onTestFinished(() => runner.stop());
  return log;
}

test("a runner's credentials let its run watch", async () => {
  const { watcher } = await aWatched();
  const enrolled = await anEnrolment(guarded, ["watcher"]);
  const log = await aHost(enrolled, enrolled.credentials, watcher.dir);
  await eventually(async () => expect((await watcher.watched())[0]).toMatchObject({ dropped: 7 }), SOON_MS);
  // The word that nothing waits needs the stream's own word.
  await eventually(async () => expect((await watcher.watched())[1]).toMatchObject({ isCaughtUp: true }), SOON_MS);
  expect(log.join("")).not.toMatch(/permission/i);
});

test("a runner with credentials from before is told what to do, and its run is tried again", async () => {
  const { server, watcher, run } = await aWatched();
  const { trust } = guarded;
  const enrolled = await anEnrolment(guarded, ["watcher"]);
  const issue = await credentialsIssuer(
    readFileSync(trust.signingKeyFile, "utf8"),
    readFileSync(trust.serverCredsFile, "utf8"),
    { ...space, streams: { ...space.streams, predictions: "ANOTHER" } } as unknown as typeof space,
  );
  const credentials = await issue({ id: enrolled.id, name: "old", plugins: ["watcher"], pools: ["default"] });
  await aHost(enrolled, credentials, watcher.dir);
  await eventually(async () => {
    const { data } = await server.gql(RunDocument, { id: run });
    const failure = { type: "UNAVAILABLE", message: expect.stringContaining("enrol it again") as string };
    expect((data.node as { attempts: object[] }).attempts[0]).toMatchObject({ state: "FAILED", failure });
  }, SOON_MS);
  expect(await watcher.watched()).toEqual([]);
});

test("a runner reads no endpoint's predictions but by a consumer that the server has made for its attempt", async () => {
  const { server, run, endpoint, asServer } = await aWatched();
  const holder = await anEnrolment(guarded);
  const connection = await connected(holder.credentials, `_INBOX.${idToken(holder.id)}`);
  const refused: string[] = [];
  void (async () => {
    for await (const one of connection.status()) if (one.type === "error") refused.push(one.error.message);
  })();
  const denied = [
    `$JS.API.CONSUMER.CREATE.${predictions}.mine.${space.observed(endpoint.id)}`,
    `$JS.API.CONSUMER.CREATE.${predictions}`,
    `$JS.API.CONSUMER.CREATE.${predictions}.mine`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${predictions}.mine`,
    `$JS.API.CONSUMER.NAMES.${predictions}`,
    `$JS.API.CONSUMER.LIST.${predictions}`,
    `$JS.API.CONSUMER.INFO.${predictions}.mine`,
    `$JS.API.STREAM.MSG.GET.${predictions}`,
    `$JS.API.DIRECT.GET.${predictions}`,
    `$JS.API.STREAM.PURGE.${predictions}`,
    space.labels(endpoint.id, holder.id),
  ];
  for (const subject of denied) connection.publish(subject, "{}");
  await eventually(() => expect(refused).toHaveLength(denied.length));
  for (const subject of [space.allPredictions, space.observed(endpoint.id)]) {
    const faults: string[] = [];
    connection.subscribe(subject, { callback: (error) => void faults.push(String(error?.message)) });
    await eventually(() => expect(faults[0]).toContain("Permissions Violation for Subscription"));
  }

  const { token } = await anAttempt(server, run, holder);
  const { data } = await server.gql(OpenObservationsDocument, { input: { run, attempt: 1, after: null } }, token);
  const { consumer } = data!.openObservations;
  const next = `$JS.API.CONSUMER.MSG.NEXT.${predictions}.${consumer}`;
  const message = await connection.request(next, `{"batch":1,"no_wait":true}`, { timeout: 5_000, noMux: true });
  expect(message.json()).toMatchObject({ endpoint: endpoint.id, dropped: 7 });
  const made = await (await jetstreamManager(asServer)).consumers.info(predictions, consumer!);
  expect(made.config).toMatchObject({ filter_subject: space.observed(endpoint.id), ack_policy: "none" });
});

test("only the attempt that holds a run of a plugin that watches opens and settles, and never backwards", async () => {
  const { server, run, endpoint, say } = await aWatched();
  const { seq: last } = await say(8);
  const { token } = await anAttempt(server, run);
  const open = async (given: { run: string; attempt: number }, by?: string) =>
    await server.gql(OpenObservationsDocument, { input: { ...given, after: null } }, by);
  const settle = async (stream: string, seq: number, attempt = 1, by = token) =>
    await server.gql(SettleObservationsDocument, { input: { run, attempt, stream, seq } }, by);

  const first = (await open({ run, attempt: 1 }, token)).data!.openObservations;
  expect(first).toMatchObject({ endpoint: endpoint.id, after: 0, userErrors: [] });
  for (const seq of [last, 1])
    expect((await settle(first.stream!, seq)).data?.settleObservations.userErrors).toEqual([]);
  const second = (await open({ run, attempt: 1 }, token)).data!.openObservations;
  expect(second.after).toBe(last);
  expect(second.consumer).not.toBe(first.consumer);

  // An administrator's token is not the attempt's.
  expect((await open({ run, attempt: 1 })).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  expect((await settle(first.stream!, 3, 2)).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  expect((await settle("not one", 3)).data?.settleObservations.userErrors).toMatchObject([{ code: "INVALID_INPUT" }]);

  await server.gql(CancelRunDocument, { input: { run } });
  expect((await open({ run, attempt: 1 }, token)).data?.openObservations.userErrors).toMatchObject([
    { code: "LEASE_LOST" },
  ]);
  expect((await settle(first.stream!, last + 1)).data?.settleObservations.userErrors).toMatchObject([
    { code: "LEASE_LOST" },
  ]);

  const { name } = await aPlugin(server, { kind: "service", runType: "MONITORING", inputs: {}, outputs: {} });
  const blind = await aQueuedRun(server, { namespace: endpoint.namespace, plugin: name, endpoint: endpoint.key });
  const attempt = await anAttempt(server, blind);
  expect((await open({ run: blind, attempt: 1 }, attempt.token)).data?.openObservations).toMatchObject({
    consumer: null,
    userErrors: [{ code: "STATE_CONFLICT", path: ["run"] }],
  });
});
