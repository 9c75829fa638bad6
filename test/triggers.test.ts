import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AlertsDocument, RunsDocument, SetTriggerStateDocument } from "@clew/schema/graphql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPostgres } from "../server/src/adapters/mikro-orm/index.ts";
import { aPlugin } from "./support/builders.ts";
import { aPipeline } from "./support/pipelines.ts";
import { freshDatabase, postgresForTests, type TestPostgres } from "./support/postgres.ts";
import { unique } from "./support/server.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";
import { aServedEndpoint, aTrigger, firings, firingsOf, raise, soon } from "./support/triggers.ts";

let dir: string;
let undo: (() => Promise<unknown>)[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-triggers-"));
  undo = [];
});
afterEach(async () => {
  for (const one of undo.toReversed()) await one();
  rmSync(dir, { recursive: true, force: true });
});

async function aServer(environment: Record<string, string>, folder = "data"): Promise<ServerProcess> {
  const server = await startServerProcess(join(dir, folder), environment);
  undo.push(() => server.kill());
  return server;
}

async function onPostgres(): Promise<Record<string, string>> {
  const postgres: TestPostgres = await postgresForTests();
  const { url, drop } = await freshDatabase(postgres);
  undo.push(() => postgres.stop(), drop);
  return { CLEW_POSTGRES_URL: url };
}

const setState = (server: ServerProcess, trigger: string, state: "ENABLED" | "DISABLED") =>
  server.gql(SetTriggerStateDocument, { input: { trigger, state } });

const ROUNDS = 2;
const ALERTS = 12;

/** Alerts that each start a run, and servers that are killed while they do; at the end each alert has one firing and one run. */
async function expectEachOnce(environment: Record<string, string>): Promise<void> {
  let server = await aServer(environment);
  const namespace = unique("triggers");
  const plugin = (await aPlugin(server)).name;
  const { endpoint, deployment } = await aServedEndpoint(server, namespace);
  const run = { namespace, plugin };
  const reactions = [{ run }, { run }, { ask: {} }];
  const definition = { on: { alert: { about: endpoint } }, do: reactions, concurrency: "ALLOW", limit: null };
  const { key } = await aTrigger(server, namespace, definition);
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: ALERTS }, (_, n) => raise(server, deployment, { cause: `r${round} c${n}` })),
    );
    // In the middle of what they lead to.
    await soon(async () => {
      const found = await firingsOf(server, key);
      expect(found.length).toBeGreaterThan(round * ALERTS + 2);
    });
    await server.kill();
    server = await aServer(environment);
  }
  const all = await firings(server, key, ROUNDS * ALERTS);
  expect(all.map(({ state }) => state)).toEqual(Array.from({ length: ROUNDS * ALERTS }, () => "FIRED"));
  const { nodes } = (await server.gql(RunsDocument, { namespace, first: 500 })).data!.runs;
  const external = nodes.filter(({ runType }) => runType === "EXTERNAL").length;
  expect(nodes.length - external).toBe(2 * ROUNDS * ALERTS);
  const alerts = (await server.gql(AlertsDocument, { about: deployment, first: 500 })).data!.alerts.nodes;
  expect(alerts.find(({ name }) => name === `trigger:${key}`)?.occurrences).toBe(ROUNDS * ALERTS);
}

describe("a server that is killed while triggers fire", () => {
  it("leaves none out and does none twice: SQLite", () => expectEachOnce({}), 180_000);
  it("leaves none out and does none twice: PostgreSQL", async () => expectEachOnce(await onPostgres()), 180_000);
});

it("a server that is killed between an alert and its firing fires when it is back, once for each trigger", async () => {
  const environment = await onPostgres();
  const killed = await aServer(environment);
  const namespace = unique("triggers");
  const plugin = (await aPlugin(killed)).name;
  const { endpoint, deployment } = await aServedEndpoint(killed, namespace);
  const definition = { on: { alert: { about: endpoint } }, do: [{ run: { namespace, plugin } }], concurrency: "ALLOW" };
  const triggers = [await aTrigger(killed, namespace, definition), await aTrigger(killed, namespace, definition)];
  // Another hears nothing while the alert comes, and a third is made after it.
  const deaf = await aTrigger(killed, namespace, definition);
  await setState(killed, deaf.id, "DISABLED");
  await killed.kill();
  // While another holds it, no server follows the ledger for triggers.
  const database = await openPostgres(environment["CLEW_POSTGRES_URL"]!, 2);
  const lock = await database.ledger.lock("triggers", new AbortController().signal);
  const before = await aServer(environment);
  await raise(before, deployment);
  await setState(before, deaf.id, "ENABLED");
  const late = await aTrigger(before, namespace, definition);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await Promise.all(triggers.map(({ key }) => firingsOf(before, key)))).flat()).toEqual([]);
  await before.kill();
  await lock.release();
  await database.ledger.close();
  await database.close();
  const after = await aServer(environment);
  const fired = await Promise.all(triggers.map(async ({ key }) => await firings(after, key, 1)));
  const led = fired.flat().map(({ reactions }) => reactions[0]!.led!);
  const { nodes } = (await after.gql(RunsDocument, { namespace, runTypes: ["TRAINING"] })).data!.runs;
  expect(nodes.map(({ id }) => id).toSorted()).toEqual(led.toSorted());
  expect(led).toHaveLength(2);
  expect((await Promise.all([deaf, late].map(({ key }) => firingsOf(after, key)))).flat()).toEqual([]);
}, 180_000);

describe("two servers on one database", () => {
  it("fire a schedule and an alert once, and the other goes on when one is killed", async () => {
    const environment = await onPostgres();
    const one = await aServer(environment);
    // With the same secrets, and a graph in memory of its own.
    cpSync(join(dir, "data"), join(dir, "other"), { recursive: true });
    const other = await aServer(environment, "other");
    const namespace = unique("triggers");
    const plugin = (await aPlugin(one)).name;
    const { endpoint, deployment } = await aServedEndpoint(one, namespace);
    const reactions = [{ run: { namespace, plugin } }];
    const everyMinute = { on: { cron: { expression: "* * * * *" } }, do: reactions, concurrency: "ALLOW" };
    const cron = await aTrigger(one, namespace, everyMinute);
    const onAlert = { on: { alert: { about: endpoint } }, do: reactions, concurrency: "ALLOW", limit: null };
    const alert = await aTrigger(one, namespace, onAlert);
    const pipeline = await aPipeline(one, { steps: { only: { type: "run", plugin, cache: false } } }, { namespace });
    const toPipeline = { ...onAlert, do: [{ pipeline: { start: pipeline } }] };
    const second = await aTrigger(other, namespace, toPipeline);
    for (let n = 0; n < 10; n++) await raise(n % 2 === 0 ? one : other, deployment, { cause: `c${n}` });
    await firings(one, alert.key, 10);
    await firings(one, second.key, 10);
    // Whichever minute comes next, both clocks see it.
    await expect.poll(async () => (await firingsOf(other, cron.key)).length, { timeout: 70_000 }).toBeGreaterThan(0);
    await one.kill();
    await raise(other, deployment, { cause: "after" });
    expect(await firings(other, alert.key, 11)).toHaveLength(11);
    const started = await firings(other, second.key, 11);
    expect(started.map(({ reactions }) => reactions.map(({ error }) => error))).toEqual(started.map(() => [null]));
    const occasions = started.map(({ occasion }) => occasion);
    expect(new Set(occasions).size).toBe(11);
    const pipelines = (await other.gql(RunsDocument, { namespace, first: 500, runTypes: ["PIPELINE"] })).data!.runs;
    expect(pipelines.nodes.map(({ id }) => id).toSorted()).toEqual(
      started.map(({ reactions }) => reactions[0]!.led).toSorted(),
    );
    const fired = await firingsOf(other, cron.key);
    expect(new Set(fired.map(({ occasion }) => occasion)).size).toBe(fired.length);
    await soon(async () => {
      const { nodes } = (await other.gql(RunsDocument, { namespace, first: 500, runTypes: ["TRAINING"] })).data!.runs;
      // Each pipeline has one run of its step.
      expect(nodes).toHaveLength(22 + (await firingsOf(other, cron.key)).length);
    });
  }, 180_000);
});
