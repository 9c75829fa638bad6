import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsService, startNats } from "@clew/cli/services";
import { subjects } from "@clew/schema";
import { RecordLabelsDocument } from "@clew/schema/graphql";
import { expect, onTestFinished, test } from "vitest";
import { aPlugin, aQueuedRun } from "./support/builders.ts";
import { aFolder, eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { startServerProcess } from "./support/server-process.ts";
import { aDeployedEndpoint, aServingRunner, aWatcher } from "./support/watcher.ts";

const PREFIX = "crash";
const SOON_MS = 60_000;
const space = subjects(PREFIX);

/** A NATS that can be killed, and a server in a process of its own on it. */
async function aClew() {
  const dir = await aFolder("nats");
  let nats: NatsService = await startNats({ dir, own: true });
  onTestFinished(() => nats.stop());
  const dataDir = await aFolder("server");
  const environment = { CLEW_NATS_URL: nats.url, CLEW_NATS_PREFIX: PREFIX };
  const start = () => startServerProcess(dataDir, environment);
  let server = await start();
  onTestFinished(() => server.kill());
  return {
    nats,
    server: () => server,
    async restartServer() {
      await server.kill();
      server = await start();
    },
    async restartNats(downMs: number) {
      await nats.kill();
      await sleep(downMs);
      nats = await startNats({ dir, port: nats.port, own: true });
    },
  };
}

test("labels that were answered outlive a server and a NATS that are killed, and what is sent again is stored once", async () => {
  const clew = await aClew();
  const endpoint = await aDeployedEndpoint(clew.server());
  const at = "2026-11-24T09:12:00.000Z";
  const inference = endpoint.inference();
  const answered = new Set<number>();
  const unanswered = new Set<number>();
  const record = async (row: number) => {
    const input = { endpoint: endpoint.key, labels: [{ inference, row, value: true, at }] };
    const { data } = await clew.server().gql(RecordLabelsDocument, { input, idempotencyKey: `row ${row}` });
    if (data?.recordLabels.stored !== 1) throw new Error("not stored");
  };
  const tried = async (row: number) => {
    unanswered.add(row);
    await record(row);
    unanswered.delete(row);
    answered.add(row);
  };
  let row = 0;
  const load = async () => {
    for (let isRunning = true; isRunning; )
      isRunning = await tried(row++).then(
        () => true,
        () => false,
      );
  };
  const clients = [load(), load(), load(), load()];
  await eventually(() => expect(answered.size).toBeGreaterThan(40), SOON_MS);
  await clew.restartServer();
  await Promise.all(clients);
  expect(unanswered.size).toBeGreaterThan(0);
  await clew.restartNats(100);
  for (const one of unanswered) await eventually(() => record(one), SOON_MS);
  const { labelsStored } = await aServingRunner(clew.nats.url, space, endpoint.id);
  const rows = (await labelsStored()).map(({ row: stored }) => stored);
  expect(rows.toSorted((a, b) => a - b)).toEqual([...answered, ...unanswered].toSorted((a, b) => a - b));
});

test("a NATS that is killed under a run that watches loses it nothing and gives it nothing twice", async () => {
  const clew = await aClew();
  const server = clew.server();
  const endpoint = await aDeployedEndpoint(server);
  const watcher = await aWatcher();
  await aPlugin(server, watcher.manifest);
  const { url: natsUrl } = clew.nats;
  const runner = await startRunnerProcess(server, { natsUrl, natsPrefix: PREFIX, pluginDir: watcher.dir, slots: 1 });
  onTestFinished(() => runner.kill());
  const parameters = { file: watcher.file, delayMs: 20 };
  await aQueuedRun(server, { namespace: endpoint.namespace, plugin: "watcher", endpoint: endpoint.key, parameters });
  const before = await aServingRunner(natsUrl, space, endpoint.id);
  for (let n = 1; n <= 100; n++) await before.predict([`p${n}`]);
  const taken = async () => (await watcher.watched()).flatMap(({ ids }) => ids);
  await eventually(async () => expect((await taken()).length).toBeGreaterThan(10), SOON_MS);
  await clew.restartNats(3_000);
  const after = await aServingRunner(natsUrl, space, endpoint.id);
  for (let n = 101; n <= 120; n++) await after.predict([`p${n}`]);
  await eventually(async () => expect(await taken()).toHaveLength(120), SOON_MS);
  expect(await taken()).toEqual(Array.from({ length: 120 }, (_, i) => `p${i + 1}`));
  expect((await watcher.watched()).every(({ attempt, missed }) => attempt === 1 && missed === 0)).toBe(true);
});

test("a job that takes nothing does not make its runner grow, however much is stored", async () => {
  const clew = await aClew();
  const server = clew.server();
  const endpoint = await aDeployedEndpoint(server);
  const watcher = await aWatcher();
  await aPlugin(server, watcher.manifest);
  const { url: natsUrl } = clew.nats;
  const serving = await aServingRunner(natsUrl, space, endpoint.id);
  const text = "x".repeat(900_000);
  for (let n = 0; n < 200; n++) await serving.predict([`p${n}`], {}, { inputs: { x: [text] } });
  const runner = await startRunnerProcess(server, { natsUrl, natsPrefix: PREFIX, pluginDir: watcher.dir, slots: 1 });
  onTestFinished(() => runner.kill());
  const residentMiB = async () => {
    const status = await readFile(`/proc/${runner.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  const idleMiB = await residentMiB();
  const parameters = { file: watcher.file, delayMs: 60_000 };
  await aQueuedRun(server, { namespace: endpoint.namespace, plugin: "watcher", endpoint: endpoint.key, parameters });
  await eventually(async () => expect(await watcher.watched()).toHaveLength(1), SOON_MS);
  await sleep(3_000);
  expect(await watcher.watched()).toHaveLength(1);
  // 172 MiB are stored; what is held is one pull, and what the job has asked for until it is read.
  expect((await residentMiB()) - idleMiB).toBeLessThan(90);
});
