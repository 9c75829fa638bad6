import {
  CancelRunDocument,
  CreateWebhookDocument,
  DecideDocument,
  FinishRunDocument,
  FireTriggerDocument,
  LineageDocument,
  RunsDocument,
  SetTriggerStateDocument,
  StartRunDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { aDataset, anArtifact, anAttempt, aPlugin } from "../../../test/support/builders.ts";
import { aPipeline, endOf, stepsBecome, workOn } from "../../../test/support/pipelines.ts";
import { Recorder } from "../ledger/recorder.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import { CronClock } from "../features/triggers/index.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aServedEndpoint, aTrigger, firings, firingsOf, raise, soon } from "../../../test/support/triggers.ts";
import { aReceiver, refusingOnce } from "../../../test/support/webhook-receiver.ts";

let server: TestServer;
let plugin: string;
beforeAll(async () => {
  server = await startTestServer({ webhookAllowPrivate: true });
  plugin = (await aPlugin(server)).name;
});
afterAll(() => server.stop());

const fire = async (trigger: string, token?: string) => {
  const { data, errors } = await server.gql(FireTriggerDocument, { input: { trigger } }, token);
  return data?.fireTrigger.firing?.id ?? data?.fireTrigger.userErrors[0]?.code ?? errors[0]?.extensions.code;
};
const cancel = (run: string) => server.gql(CancelRunDocument, { input: { run } });
const runsOf = async (triggeredBy: string) => (await server.gql(RunsDocument, { triggeredBy })).data!.runs.nodes;
const aRunOf = (namespace: string) => ({ run: { namespace, plugin } });

describe("concurrency", () => {
  test("FORBID skips what recurs while the last of the limit's firings is under way: whether it helps is not known yet", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace);
    const limit = { firings: 1, whenExhausted: [{ ask: { message: "retraining does not help" } }] };
    const definition = { on: { alert: { about: endpoint } }, do: [aRunOf(namespace)], concurrency: "FORBID", limit };
    const { key } = await aTrigger(server, namespace, definition);
    for (let n = 0; n < 2; n++) await raise(server, deployment);
    await firings(server, key, 2);
    await soon(async () => expect((await firingsOf(server, key))[0]!.reactions).toHaveLength(1));
    await cancel((await firingsOf(server, key))[0]!.reactions[0]!.led!);
    await soon(async () => expect((await firingsOf(server, key))[0]!.endedAt).not.toBeNull());
    await raise(server, deployment);
    expect((await firings(server, key, 3)).map(({ state }) => state)).toEqual(["FIRED", "SKIPPED", "EXHAUSTED"]);
  });

  test.each([
    ["ALLOW", ["FIRED", "FIRED"], 2],
    ["FORBID", ["FIRED", "SKIPPED"], 1],
  ])("%s", async (concurrency, states, count) => {
    const namespace = unique("triggers");
    const { key, id } = await aTrigger(server, namespace, { on: { hand: {} }, do: [aRunOf(namespace)], concurrency });
    for (let n = 0; n < 2; n++) await fire(id);
    const found = await firings(server, key, 2);
    expect(found.map(({ state }) => state)).toEqual(states);
    const runs = (await server.gql(RunsDocument, { namespace })).data!.runs.nodes;
    expect(runs).toHaveLength(count);
  });

  test("REPLACE cancels what is under way", async () => {
    const namespace = unique("triggers");
    const definition = { on: { hand: {} }, do: [aRunOf(namespace)], concurrency: "REPLACE" };
    const { key, id } = await aTrigger(server, namespace, definition);
    for (let n = 0; n < 2; n++) await fire(id);
    await firings(server, key, 2);
    const states = async () =>
      (await server.gql(RunsDocument, { namespace })).data!.runs.nodes.map(({ state }) => state);
    await soon(async () => expect(await states()).toEqual(["QUEUED", "CANCELLED"]));
    await soon(async () => expect((await firingsOf(server, key))[0]!.endedAt).not.toBeNull());
    expect((await firingsOf(server, key))[1]!.endedAt).toBeNull();
  });

  test("QUEUE does one after the other", async () => {
    const namespace = unique("triggers");
    const definition = { on: { hand: {} }, do: [aRunOf(namespace)], concurrency: "QUEUE" };
    const { key, id } = await aTrigger(server, namespace, definition);
    for (let n = 0; n < 3; n++) await fire(id);
    expect((await firings(server, key, 3)).map(({ state }) => state)).toEqual(["FIRED", "QUEUED", "QUEUED"]);
    for (let n = 0; n < 3; n++) {
      const led = await soon(async () => {
        const run = (await firingsOf(server, key))[n]!.reactions[0]?.led;
        expect(run).toBeTruthy();
        return run!;
      });
      expect((await server.gql(RunsDocument, { namespace })).data!.runs.nodes).toHaveLength(n + 1);
      await cancel(led);
    }
    await soon(async () => expect((await firingsOf(server, key)).every(({ endedAt }) => endedAt !== null)).toBe(true));
  });
});

describe("a trigger on a new version", () => {
  test("hands the version on, and does not fire for what it made itself", async () => {
    const namespace = unique("triggers");
    const rows = await aDataset(server, { namespace });
    const source = `${namespace}/${rows.name}`;
    const reaction = { run: { namespace, plugin, inputs: { train: "$version" }, outputs: { data: source } } };
    const { key } = await aTrigger(server, namespace, { on: { version: { of: source } }, do: [reaction] });
    await aDataset(server, { namespace });
    const second = await aDataset(server, { namespace, name: rows.name });
    const [firing] = await firings(server, key, 1);
    expect(firing).toMatchObject({ occasion: second.id, causedBy: [{ node: { id: second.id } }] });
    const [run] = await runsOf(second.id);
    const { data } = await server.gql(LineageDocument, { node: run!.id });
    expect(data!.lineage.edges.map(({ node }) => node.id)).toContain(second.id);
    const { token } = await anAttempt(server, run!.id);
    await server.gql(StartRunDocument, { input: { run: run!.id, attempt: 1, environment: {} } }, token);
    const datasetVersion = { files: [await anArtifact(server)], schema: [] };
    const output = { role: "data", datasetVersion };
    await server.gql(FinishRunDocument, { input: { run: run!.id, attempt: 1, outputs: [output] } }, token);
    const last = (await firings(server, key, 2)).at(-1)!;
    expect([last.state, last.message]).toEqual(["SKIPPED", expect.stringContaining("has made it")]);
  });
});

test("a new version starts a pipeline on it, whose run and steps lead back to it", async () => {
  const namespace = unique("triggers");
  const rows = await aDataset(server, { namespace });
  const inputs = { rows: { type: "DatasetVersion" } };
  const parameters = { type: "object", properties: { why: { type: "string" } } };
  const steps = { look: { type: "run", plugin, inputs: { train: [{ input: "rows" }] } } };
  const pipeline = await aPipeline(server, { inputs, parameters, steps }, { namespace });
  const start = pipeline.replace(/@.*/, "@latest");
  const reaction = { pipeline: { start, inputs: { rows: "$version" }, parameters: { why: "$version" } } };
  const definition = { on: { version: { of: `${namespace}/${rows.name}` } }, do: [reaction], concurrency: "QUEUE" };
  const { key } = await aTrigger(server, namespace, definition);
  const [second, third] = [
    await aDataset(server, { namespace, name: rows.name }),
    await aDataset(server, { namespace, name: rows.name }),
  ];
  const [firing, waiting] = await firings(server, key, 2);
  expect([firing!.state, waiting!.state]).toEqual(["FIRED", "QUEUED"]);
  const run = firing!.reactions[0]!.led!;
  await stepsBecome(server, run, { look: "RUNNING" });
  const { data } = await server.gql(LineageDocument, { node: run, follow: ["MATERIAL", "CAUSAL"] });
  expect(data!.lineage.edges.map(({ node }) => node.id)).toEqual(expect.arrayContaining([second.id, firing!.id]));
  await workOn(server, run, "look");
  await endOf(server, run);
  // With the end of the first, what waited is started.
  await soon(async () =>
    expect((await firingsOf(server, key))[1]).toMatchObject({ state: "FIRED", occasion: third.id }),
  );
});

describe("a trigger", () => {
  test("is over with the last of the runs that it led to", async () => {
    const namespace = unique("triggers");
    const definition = { on: { hand: {} }, do: [aRunOf(namespace), aRunOf(namespace)] };
    const { key, id } = await aTrigger(server, namespace, definition);
    await fire(id);
    const [first, second] = (await firings(server, key, 1))[0]!.reactions.map(({ led }) => led!);
    await cancel(first!);
    // What another trigger has done since says that the end of the first run was heard of.
    const other = await aTrigger(server, namespace, { on: { hand: {} }, do: [{ ask: { about: "a/b" } }] });
    await fire(other.id);
    await firings(server, other.key, 1);
    expect((await firingsOf(server, key))[0]!.endedAt).toBeNull();
    await cancel(second!);
    await soon(async () => expect((await firingsOf(server, key))[0]!.endedAt).not.toBeNull());
  });

  test("tells webhooks by name, whatever they ask for otherwise, once they are up", async () => {
    const namespace = unique("triggers");
    const receiver = await aReceiver();
    onTestFinished(() => receiver.close());
    const comeUp = refusingOnce(receiver, 500);
    const input = { namespace, url: receiver.url, format: "SLACK" as const, types: ["alert.raised"] };
    const { webhook } = (await server.gql(CreateWebhookDocument, { input })).data!.createWebhook;
    // One that the trigger does not name.
    const other = await aReceiver();
    onTestFinished(() => other.close());
    await server.gql(CreateWebhookDocument, { input: { namespace, url: other.url, types: ["alert.raised"] } });
    const reaction = { notify: { webhooks: [webhook], message: "somebody pressed the button", severity: "WARNING" } };
    const { id, key } = await aTrigger(server, namespace, { on: { hand: {} }, do: [reaction] });
    await fire(id);
    await firings(server, key, 1);
    // Until it is taken it is said again, as the same message; then comes what is said next.
    await soon(() => expect(receiver.deliveries).toHaveLength(2));
    comeUp();
    await fire(id);
    await soon(() => expect(receiver.deliveries).toHaveLength(3));
    const [first, again, next] = receiver.deliveries.map(({ message }) => message as unknown as { text: string });
    expect(again).toEqual(first);
    expect(next).not.toEqual(first);
    for (const { text } of [first!, next!]) expect(text).toContain(`WARNING ${key} says: somebody pressed the button`);
    expect(other.deliveries).toEqual([]);
  });

  test("that is disabled hears nothing, and of what was before it neither", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace);
    await raise(server, deployment);
    const { id, key } = await aTrigger(server, namespace, { on: { alert: { about: endpoint } }, do: [{ ask: {} }] });
    const set = (state: "ENABLED" | "DISABLED") =>
      server.gql(SetTriggerStateDocument, { input: { trigger: id, state } });
    await set("DISABLED");
    await raise(server, deployment);
    await raise(server, deployment, { cause: "other" });
    expect(await fire(id)).toMatch(/^TriggerFiring:/);
    await firings(server, key, 1);
    await set("ENABLED");
    await raise(server, deployment, { cause: "third" });
    expect((await firings(server, key, 2)).map(({ message }) => message)).toEqual([
      "fired by hand",
      "alert third: temp has moved",
    ]);
  });
});

test("decisions that a person takes on other things settle nothing", async () => {
  const namespace = unique("triggers");
  const { endpoint, deployment } = await aServedEndpoint(server, namespace);
  const definition = { on: { alert: { about: endpoint } }, do: [{ ask: {} }], limit: { firings: 1 } };
  const { key } = await aTrigger(server, namespace, definition);
  await raise(server, deployment);
  const about = (await aDataset(server, { namespace })).id;
  await server.gql(DecideDocument, { input: { about, decisionType: "EXEMPTION", reason: "other" } });
  await raise(server, deployment);
  expect((await firings(server, key, 2)).map(({ state }) => state)).toEqual(["FIRED", "EXHAUSTED"]);
});

test("the clock reads those that are on a time alone, however many others there are", async () => {
  const namespace = unique("triggers");
  const cron = { expression: "0 0 29 2 *" };
  const { id } = await aTrigger(server, namespace, { on: { cron }, do: [aRunOf(namespace)] });
  await aTrigger(server, namespace, { on: { hand: {} }, do: [aRunOf(namespace)] });
  const { nodes, ledger } = server.running.server.stores.database;
  const read: string[] = [];
  const reader = Object.create(nodes, {
    list: {
      value: async (...of: Parameters<NodeReader["list"]>) => {
        const found = await nodes.list(...of);
        read.push(...found.map((one) => one.id));
        return found;
      },
    },
  }) as NodeReader;
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const clock = new CronClock({ recorder: new Recorder(ledger), reader, log: quiet });
  clock.start();
  await soon(() => expect([...new Set(read)]).toEqual([id]));
  await clock.stop();
});
