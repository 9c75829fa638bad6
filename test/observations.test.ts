import { type Label, subjects } from "@clew/schema";
import { RecordLabelsDocument, RunDocument, RunLogsDocument } from "@clew/schema/graphql";
import { expect, onTestFinished, test } from "vitest";
import { aPlugin, aQueuedRun } from "./support/builders.ts";
import { aClew, aHost, type Clew, endLeases } from "./support/clew-on-nats.ts";
import { eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { aDeployedEndpoint, aServingRunner, aWatcher } from "./support/watcher.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
/** Starts, claims and a node process, on a machine that has much else to do. */
const SOON_MS = 40_000;

/** An endpoint that is watched by nobody yet, and a plugin that watches. */
async function aWatched() {
  const clew = await aClew();
  const { server } = clew;
  const endpoint = await aDeployedEndpoint(server);
  const watcher = await aWatcher();
  await aPlugin(server, watcher.manifest);
  const space = subjects(clew.natsPrefix);
  const serving = () => aServingRunner(NATS, space, endpoint.id);
  return {
    ...clew,
    clew: clew as Clew,
    endpoint,
    watcher,
    space,
    serving,
    /** The id of a run that watches the endpoint. */
    watch: (parameters: object = {}) =>
      aQueuedRun(server, {
        namespace: endpoint.namespace,
        plugin: "watcher",
        endpoint: endpoint.key,
        parameters: { file: watcher.file, ...parameters },
      }),
    label: async (labels: readonly Label[]) =>
      await server.gql(RecordLabelsDocument, { input: { endpoint: endpoint.key, labels: [...labels] } }),
    /** The batches with something in them. */
    messages: async () =>
      (await watcher.watched()).filter(({ ids, labels, dropped }) => ids.length + labels.length + dropped > 0),
  };
}

test("a run gets what several runners predict, and labels, in the order in which they were stored", async () => {
  const { clew, endpoint, watcher, serving, watch, label, messages } = await aWatched();
  const [one, two] = [await serving(), await serving()];
  const said: string[] = [];
  for (let n = 0; n < 20; n++) {
    said.push(`prediction ${n}`);
    await (n % 2 === 0 ? one : two).predict([`prediction ${n}`], { dropped: n, sampledOut: 1 });
  }
  const told: Label = { inference: endpoint.inference(), row: 0, value: "late", at: "2026-11-24T09:12:00.000Z" };
  await label([told]);
  await watch();
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(21), SOON_MS);
  // What comes while it watches.
  await two.predict(["later"]);
  await label([{ ...told, value: 3 }]);
  await eventually(async () => expect(await messages()).toHaveLength(23), SOON_MS);
  const all = await messages();
  expect(all.flatMap(({ ids }) => ids)).toEqual([...said, "later"]);
  expect(all.map(({ labels }) => labels).filter(({ length }) => length > 0)).toEqual([[told], [{ ...told, value: 3 }]]);
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
  expect(all[3]).toMatchObject({ dropped: 3, sampledOut: 1, missed: 0, isCaughtUp: false, attempt: 1 });
  expect(all.at(-1)).toMatchObject({ isCaughtUp: true });
  const times = all.map(({ storedAt }) => Date.parse(storedAt));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("what other endpoints predict is not given, and nothing that is none of the endpoint's messages", async () => {
  const { clew, server, space, endpoint, watcher, serving, watch, messages } = await aWatched();
  const other = await aDeployedEndpoint(server);
  const [one, elsewhere] = [await serving(), await aServingRunner(NATS, space, other.id)];
  await one.predict(["first"]);
  await elsewhere.predict(["of another"]);
  await one.publish(space.labels(endpoint.id, "Agent:x"), "nonsense");
  await elsewhere.predict(["of another, on this one's subject"], { endpoint: other.id });
  await one.predict(["said of another"], { endpoint: other.id });
  await one.predict(["last"]);
  const id = await watch();
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(2), SOON_MS);
  expect((await messages()).map(({ ids, missed }) => [ids, missed])).toEqual([
    [["first"], 0],
    [["last"], 0],
  ]);
  expect((await watcher.watched()).map(({ seq }) => seq).slice(0, 4)).toEqual([1, 3, 5, 6]);
  expect((await server.gql(RunDocument, { id })).data.node).toMatchObject({ state: "RUNNING" });
});

test("what is stored twice, as where NATS has forgotten it meanwhile, is given once", async () => {
  const { clew, watcher, serving, watch, messages } = await aWatched();
  const [one, two] = [await serving(), await serving()];
  await one.predict(["first"], { dropped: 3 });
  await two.predict(["of another attempt"]);
  await one.predict(["first"], { dropped: 3, n: 1 });
  await one.predict(["third"]);
  await one.predict(["first of the next attempt"], { attempt: 2, n: 1 });
  await watch();
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect((await messages()).at(-1)?.seq).toBe(5), SOON_MS);
  expect((await messages()).map(({ seq, ids, dropped }) => [seq, ids, dropped])).toEqual([
    [1, ["first"], 3],
    [2, ["of another attempt"], 0],
    [4, ["third"], 0],
    [5, ["first of the next attempt"], 0],
  ]);
});

test("a prediction of what is not there, or is another endpoint's, is given without a deployment", async () => {
  const { clew, server, endpoint, watcher, serving, watch, messages } = await aWatched();
  const other = await aDeployedEndpoint(server);
  const one = await serving();
  const { deployment, model } = endpoint;
  const nobody = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
  await one.predict(["own"], {}, { deployment, model });
  await one.predict(["unknown"], {}, { deployment: `Deployment:${nobody}`, model });
  await one.predict(["of no model"], {}, { deployment, model: `ModelVersion:${nobody}` });
  await one.predict(["another's"], {}, { deployment: other.deployment, model: other.model });
  await one.predict(["no id"], {}, { deployment: "prod-1", model });
  await one.predict(["failed", "own again"], {}, { deployment, model: null });
  await watch();
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(6), SOON_MS);
  const given = (await messages()).flatMap(({ ids, deployments }) => ids.map((id, n) => [id, deployments[n]]));
  expect(Object.fromEntries(given)).toEqual({
    own: deployment,
    unknown: null,
    "of no model": null,
    "another's": null,
    "no id": null,
    failed: deployment,
    "own again": deployment,
  });
});

test("a runner that drains hands over to another, which starts after what was seen", async () => {
  const { clew, watcher, serving, watch, messages } = await aWatched();
  const one = await serving();
  for (let n = 1; n <= 10; n++) await one.predict([`p${n}`]);
  await watch({ sees: 6 });
  const first = await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(10), SOON_MS);
  await first.drain();
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(14), SOON_MS);
  expect((await messages()).slice(10)).toMatchObject(
    [7, 8, 9, 10].map((n) => ({ attempt: 2, seq: n, ids: [`p${n}`], missed: 0 })),
  );
  const kept = (await watcher.watched()).filter((batch) => batch.kept !== undefined);
  expect(kept).toMatchObject([{ attempt: 2, seq: 7, kept: "kept at 6" }]);
});

test("what a job has seen as it ends is settled before its attempt is", async () => {
  const { clew, watcher, serving, watch, messages } = await aWatched();
  const one = await serving();
  for (let n = 1; n <= 10; n++) await one.predict([`p${n}`]);
  await watch({ sees: 1, seesLast: 9 });
  const first = await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(10), SOON_MS);
  await first.drain();
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(11), SOON_MS);
  expect((await messages()).at(-1)).toMatchObject({ attempt: 2, ids: ["p10"] });
});

test("a runner that is killed in the middle loses nothing: another starts after what was seen", async () => {
  const { clew, server, natsPrefix, watcher, serving, watch, messages } = await aWatched();
  const one = await serving();
  for (let n = 1; n <= 60; n++) await one.predict([`p${n}`]);
  const run = await watch({ delayMs: 50, sees: 60 });
  const killed = await startRunnerProcess(server, { natsUrl: NATS, natsPrefix, pluginDir: watcher.dir, slots: 1 });
  onTestFinished(() => killed.kill());
  await eventually(async () => expect((await messages()).length).toBeGreaterThan(15), SOON_MS);
  await killed.kill();
  await endLeases(clew, killed.id, run);
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect((await messages()).at(-1)?.seq).toBe(60), SOON_MS);
  const all = await messages();
  const second = all.filter(({ attempt }) => attempt > 1).map(({ seq }) => seq);
  // It was not begun again, and every number was given, if not to the one then to the other.
  expect(second[0]).toBeGreaterThan(1);
  expect(second).toEqual(Array.from({ length: 61 - second[0]! }, (_, i) => second[0]! + i));
  expect(new Set(all.map(({ seq }) => seq)).size).toBe(60);
  // What was kept is of the very place after which the other starts.
  expect(all.find(({ attempt }) => attempt > 1)?.kept).toBe(`kept at ${second[0]! - 1}`);
});

test("what has gone from the stream before it was seen is counted, and told in the run's log", async () => {
  const { clew, server, space, watcher, serving, watch, messages } = await aWatched();
  const one = await serving();
  for (let n = 1; n <= 5; n++) await one.predict([`p${n}`]);
  const id = await watch({ sees: 3 });
  const first = await aHost(clew, [watcher.dir]);
  await eventually(async () => expect(await messages()).toHaveLength(5), SOON_MS);
  await first.drain();
  for (let n = 6; n <= 30; n++) await one.predict([`p${n}`]);
  await one.manager.streams.update(space.streams.predictions, { max_msgs: 10 });
  await aHost(clew, [watcher.dir]);
  await eventually(async () => expect((await messages()).at(-1)?.seq).toBe(30), SOON_MS);
  const second = (await messages()).slice(5);
  expect(second.map(({ seq, missed }) => [seq, missed])).toEqual(
    Array.from({ length: 10 }, (_, i) => [21 + i, i === 0 ? 17 : 0]),
  );
  await eventually(async () => {
    const { data } = await server.gql(RunLogsDocument, { id });
    expect(JSON.stringify(data)).toContain("up to 17 messages of predictions or labels had gone from NATS");
  }, SOON_MS);
});
