import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { idToken, REPLY_HEADER, subjects } from "@clew/schema";
import {
  EnrolRunnerDocument,
  RevokeTokenDocument,
  RunDocument,
  RunMetricsDocument,
  RunnersDocument,
  StartRunDocument,
  TokensDocument,
} from "@clew/schema/graphql";
import { jetstream } from "@nats-io/jetstream";
import { connect, credsAuthenticator, headers, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createLogger, startRunner } from "../runners/node/src/index.ts";
import { ensureNatsTrust } from "../server/src/adapters/nats/trust.ts";
import { aDataset, anArtifact, anAttempt, aQueuedRun } from "./support/builders.ts";
import { aGuardedServer, anEnrolment as enrolment, type Enrolment, type Guarded } from "./support/guarded-server.ts";
import { aFolder, eventually, hostConfig } from "./support/runner-host.ts";
import { unique } from "./support/server.ts";

const space = subjects();

let guarded: Guarded;
beforeAll(async () => (guarded = await aGuardedServer()), 120_000);
afterAll(async () => await guarded.stop());

const anEnrolment = (plugins?: string[]) => enrolment(guarded, plugins);

async function connected(credentials: string, inboxPrefix = "_INBOX", url = guarded.url): Promise<NatsConnection> {
  const authenticator = credsAuthenticator(new TextEncoder().encode(credentials));
  const connection = await connect({ servers: url, authenticator, inboxPrefix });
  onTestFinished(async () => await connection.close());
  return connection;
}

const asRunner = ({ id, credentials }: Enrolment, url?: string) => connected(credentials, `_INBOX.${idToken(id)}`, url);
const asServer = () => connected(readFileSync(guarded.trust.serverCredsFile, "utf8"));

/** What NATS refused while the act was done, as it says it. */
async function violations(connection: NatsConnection, act: () => void): Promise<string[]> {
  const said: string[] = [];
  const status = connection.status();
  void (async () => {
    for await (const one of status) if (one.type === "error") said.push(one.error.message);
  })();
  act();
  await connection.flush();
  await connection.flush();
  return said;
}

describe("a runner with credentials of its own", () => {
  test("claims, runs, reports and ends a run", async () => {
    const { server, url } = guarded;
    const enrolled = await anEnrolment(["count-rows"]);
    const natsCredsFile = join(await aFolder("creds"), "runner.creds");
    writeFileSync(natsCredsFile, enrolled.credentials);
    const log: string[] = [];
    const runner = await startRunner({
      log: createLogger("debug", [enrolled.token], { write: (line) => void log.push(line) }),
      config: await hostConfig({
        natsUrl: url,
        natsCredsFile,
        natsPrefix: space.prefix,
        serverUrl: server.url,
        runnerId: enrolled.id,
        runnerToken: enrolled.token,
      }),
    });
    onTestFinished(async () => await runner.stop());
    const files = [await anArtifact(server, Buffer.from("x\n1\n2\n"), "rows.csv")];
    const data = await aDataset(server, { files });
    const id = await aQueuedRun(server, { plugin: "count-rows", inputs: [{ role: "data", node: data.id }] });
    await eventually(async () => {
      const run = (await server.gql(RunDocument, { id })).data.node;
      expect(run).toMatchObject({ state: "SUCCEEDED", attempts: [{ runner: enrolled.id }] });
    }, 40_000);
    const metrics = await server.gql(RunMetricsDocument, { id });
    expect(metrics.data.node).toMatchObject({ metricPoints: [{ name: "rows", value: 2 }] });
    expect(log.join("")).not.toMatch(/permission/i);
  });

  test("is refused by NATS what belongs to others", async () => {
    const other = await anEnrolment();
    const connection = await asRunner(await anEnrolment(["count-rows"]));
    const { streams } = space;
    const run = "Run:0192d7a0-5b1c-7cc3-98c4-dc0c0c07398f";
    const published = [
      space.mutations(other.id),
      space.runner(other.id),
      space.events(run, other.id),
      space.control(run),
      space.job("count-rows", 0, "default"),
      space.ledgerEntries,
      space.deadJob(run),
      space.deadMutation(1),
      space.untakenJobs.replace("*", "mine"),
      `_INBOX.${idToken(other.id)}.replies.x`,
      "$JS.API.STREAM.CREATE.EVIL",
      `$JS.API.STREAM.DELETE.${streams.jobs}`,
      `$JS.API.STREAM.PURGE.${streams.events}`,
      `$JS.API.STREAM.MSG.GET.${streams.mutations}`,
      `$JS.API.DIRECT.GET.${streams.mutations}`,
      `$JS.API.DIRECT.GET.${streams.dead}`,
      `$JS.API.STREAM.MSG.GET.${streams.dead}`,
      `$JS.API.CONSUMER.CREATE.${streams.dead}.mine`,
      `$JS.API.CONSUMER.CREATE.${streams.mutations}.mine`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${streams.jobs}.mine`,
      `$JS.API.CONSUMER.CREATE.${streams.jobs}.mine.${space.job("another", 0, "default")}`,
      `$JS.API.CONSUMER.CREATE.${streams.jobs}.mine.${space.job("count-rows", 0, "gpu")}`,
      `$JS.API.CONSUMER.MSG.NEXT.${streams.mutations}.server`,
      `$JS.ACK.${streams.mutations}.server.1.1.1.1.1`,
    ];
    for (const subject of published) {
      expect(await violations(connection, () => connection.publish(subject, "{}")), subject).toMatchObject([
        expect.stringContaining(`Permissions Violation for Publish to "${subject}"`),
      ]);
    }
    const heard = [
      "_INBOX.>",
      `_INBOX.${idToken(other.id)}.>`,
      space.allMutations,
      space.allRunners,
      space.allEvents,
      space.allDead,
    ];
    for (const subject of heard) {
      const faults: string[] = [];
      connection.subscribe(subject, { callback: (error) => void faults.push(String(error?.message)) });
      await eventually(() =>
        expect(faults, subject).toMatchObject([expect.stringContaining("Permissions Violation for Subscription")]),
      );
    }
  });

  test("cannot report on another's attempt, nor say that another is there, under its own name", async () => {
    const { server } = guarded;
    const [holder, liar] = [await anEnrolment(), await anEnrolment()];
    const run = await aQueuedRun(server);
    await anAttempt(server, run, holder);
    const report = async (by: Enrolment, n: number) => {
      const event = { type: "metric", name: `n${n}`, value: n, step: 1 };
      const at = new Date().toISOString();
      const body = JSON.stringify({ schema: "clew/run-event/1", runId: run, attempt: 1, n, at, event });
      await jetstream(await asRunner(by)).publish(space.events(run, by.id), body);
    };
    await report(liar, 1);
    await report(holder, 2);
    await eventually(async () => {
      const { data } = await server.gql(RunMetricsDocument, { id: run });
      expect(data.node).toMatchObject({ metricPoints: [{ name: "n2", value: 2 }] });
    });
    const connection = await asRunner(liar);
    const beat = { schema: "clew/heartbeat/1", runnerId: holder.id, at: new Date().toISOString(), state: "ready" };
    const whole = { ...beat, pool: "default", slots: 1, plugins: [], leases: [] };
    connection.publish(space.runner(liar.id), JSON.stringify(whole));
    await eventually(() => expect(server.log.join("")).toContain("a heartbeat for another runner"));
    const { runners } = (await server.gql(RunnersDocument, { first: 500 })).data;
    expect(runners.nodes.find(({ id }) => id === holder.id)?.presence).toBeNull();
  });

  test("is answered in its own inbox only", async () => {
    const runner = await anEnrolment();
    const spy = await asServer();
    const heard: string[] = [];
    const elsewhere = "_INBOX.somebody.else";
    const own = `_INBOX.${idToken(runner.id)}.replies.1`;
    for (const subject of [elsewhere, own]) {
      spy.subscribe(subject, { callback: (_error, message) => void heard.push(message.subject) });
    }
    await spy.flush();
    const client = jetstream(await asRunner(runner));
    const request = { schema: "clew/mutation-request/1", operationName: "AttemptState", variables: { run: "Run:x" } };
    for (const inbox of [elsewhere, own]) {
      const named = headers();
      named.set(REPLY_HEADER, inbox);
      await client.publish(space.mutations(runner.id), JSON.stringify({ ...request, token: runner.token }), {
        headers: named,
      });
    }
    await eventually(() => expect(heard).toEqual([own]));
  });
});

test("a runner whose token is revoked is there no more, reports nothing and loses its lease, though NATS lets it in", async () => {
  const impatient = await aGuardedServer({ leaseSeconds: 3 });
  onTestFinished(() => impatient.stop());
  const { server, url } = impatient;
  const revoked = await enrolment(impatient);
  const run = await aQueuedRun(server);
  const { token: attemptToken } = await anAttempt(server, run, revoked);
  const connection = await asRunner(revoked, url);
  const beat = () => {
    const at = new Date().toISOString();
    const said = { schema: "clew/heartbeat/1", runnerId: revoked.id, at, state: "ready", pool: "default", slots: 1 };
    const leases = [{ runId: run, attempt: 1 }];
    connection.publish(space.runner(revoked.id), JSON.stringify({ ...said, plugins: [], leases }));
  };
  const presence = async () => {
    const { runners } = (await server.gql(RunnersDocument, { first: 500 })).data;
    return runners.nodes.find(({ id }) => id === revoked.id)?.presence;
  };
  beat();
  await eventually(async () => expect(await presence()).toMatchObject({ state: "ready" }));
  const input = { run, attempt: 1, environment: {} };
  const start = async () => (await server.gql(StartRunDocument, { input }, attemptToken)).errors?.[0]?.extensions.code;
  expect(await start()).toBeUndefined();

  const { tokens } = (await server.gql(TokensDocument, {})).data;
  const token = tokens.find(({ agent, revokedAt }) => agent?.id === revoked.id && revokedAt == null);
  await server.gql(RevokeTokenDocument, { input: { token: token!.id } });
  const beating = setInterval(beat, 500);
  onTestFinished(() => clearInterval(beating));
  await eventually(async () => expect(await start()).toBe("UNAUTHENTICATED"));
  await eventually(() => expect(server.log.join("")).toContain("whose tokens are revoked"));
  await eventually(async () => {
    const { node } = (await server.gql(RunDocument, { id: run })).data;
    expect(node).toMatchObject({ attempts: [{ attempt: 1, state: "LOST" }] });
  });
  await eventually(async () => expect(await presence()).toBeNull());
  expect(connection.isClosed()).toBe(false);
});

test("credentials are shown once, and kept nowhere", async () => {
  const { server } = guarded;
  const asked = { input: { name: unique("runner") }, idempotencyKey: unique("key") };
  const [first, again] = [await server.gql(EnrolRunnerDocument, asked), await server.gql(EnrolRunnerDocument, asked)];
  const { runner, natsCredentials = "" } = first.data.enrolRunner;
  expect(again.data.enrolRunner).toMatchObject({ runner, secret: null, natsCredentials: null });
  const seed = /\bSU[A-Z2-7]{50,}/.exec(natsCredentials ?? "")?.[0] ?? "no seed";
  expect(seed).not.toBe("no seed");
  expect(server.log.join("")).not.toContain(seed);
  for (const file of ["clew.db", "clew.db-wal"])
    expect(readFileSync(join(server.dataDir, file), "latin1")).not.toContain(seed);
});

test("keys and credentials are readable by their own user only, and are made once", async () => {
  const { trust, dir } = guarded;
  const secrets = [trust.serverCredsFile, trust.signingKeyFile];
  for (const file of secrets) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  const before = secrets.map((file) => readFileSync(file, "utf8"));
  await ensureNatsTrust(join(dir, "trust"));
  expect(secrets.map((file) => readFileSync(file, "utf8"))).toEqual(before);
  const stranger = await ensureNatsTrust(await aFolder("stranger"));
  await expect(connected(readFileSync(stranger.serverCredsFile, "utf8"))).rejects.toThrow(/authorization/i);
});
