import { join } from "node:path";
import {
  AlertsDocument,
  CancelRunDocument,
  DecisionsDocument,
  DeploymentDocument,
  EndpointDocument,
  LineageDocument,
  ReportDeploymentDocument,
  ResolveAlertDocument,
  RunsDocument,
  SuspendDeploymentDocument,
} from "@clew/schema/graphql";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { aModel, aPlugin } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aServedEndpoint, aTrigger, firings, firingsOf, raise, serve, soon } from "../../../test/support/triggers.ts";

let server: TestServer;
let plugin: string;
beforeAll(async () => {
  server = await startTestServer();
  plugin = (await aPlugin(server)).name;
});
afterAll(() => server.stop());

const cancel = (run: string) => server.gql(CancelRunDocument, { input: { run } });
const runsOf = async (triggeredBy: string) => (await server.gql(RunsDocument, { triggeredBy })).data!.runs.nodes;
const aRunOf = (namespace: string) => ({ run: { namespace, plugin } });

describe("a trigger on an alert", () => {
  test("starts a run that says what led to it, on behalf of its author", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace);
    const on = { alert: { about: endpoint, cause: "drift:*", severity: "CRITICAL" } };
    const trigger = await aTrigger(server, namespace, { on, do: [aRunOf(namespace)] });
    await raise(server, deployment);
    await raise(server, deployment, { cause: "quality", severity: "CRITICAL" });
    const alert = await raise(server, deployment, { cause: "drift:wind", severity: "CRITICAL" });
    const [firing, ...others] = await firings(server, trigger.key, 1);
    expect(others).toEqual([]);
    expect(firing).toMatchObject({
      state: "FIRED",
      causedBy: [{ node: { id: alert } }],
      onBehalfOf: { name: "administrator" },
      reactions: [{ reaction: "run", error: null }],
      endedAt: null,
    });
    const [run] = await runsOf(alert);
    expect(firing!.reactions[0]!.led).toBe(run!.id);
    const { data } = await server.gql(LineageDocument, { node: run!.id, follow: ["CAUSAL", "SUBJECT"] });
    expect(data!.lineage.edges.map(({ node }) => node.id)).toEqual(
      expect.arrayContaining([alert, firing!.id, trigger.id]),
    );
    await cancel(run!.id);
    await soon(async () => expect((await firingsOf(server, trigger.key))[0]!.endedAt).not.toBeNull());
  });

  test("without a thing hears of its own namespace only", async () => {
    const [namespace, other] = [unique("triggers"), unique("other")];
    const { key } = await aTrigger(server, namespace, { on: { alert: {} }, do: [{ ask: {} }] });
    await raise(server, (await aServedEndpoint(server, other)).deployment);
    const { deployment } = await aServedEndpoint(server, namespace);
    await raise(server, deployment);
    const [firing, ...others] = await firings(server, key, 1);
    expect([firing!.reactions[0]!.error, others]).toEqual([null, []]);
    const { nodes } = (await server.gql(AlertsDocument, { about: deployment })).data!.alerts;
    expect(nodes.map(({ name, severity }) => [name, severity])).toEqual([
      [`trigger:${key}`, "CRITICAL"],
      ["drift:temp", "WARNING"],
    ]);
  });

  test("stops after so many firings of a cause, asks a person once, and goes on when somebody has settled it", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace);
    const definition = {
      on: { alert: { about: endpoint } },
      do: [aRunOf(namespace)],
      concurrency: "ALLOW",
      limit: { firings: 2, whenExhausted: [{ ask: { message: "retraining does not help" } }] },
    };
    const { key } = await aTrigger(server, namespace, definition);
    for (let n = 0; n < 5; n++) await raise(server, deployment);
    const states = async (count: number) => (await firings(server, key, count)).map(({ state }) => state);
    expect(await states(5)).toEqual(["FIRED", "FIRED", "EXHAUSTED", "EXHAUSTED", "EXHAUSTED"]);
    const found = await firingsOf(server, key);
    expect(found.map(({ reactions }) => reactions.length)).toEqual([1, 1, 1, 0, 0]);
    const ask = found[2]!.reactions[0]!.led!;
    // Another cause has a count of its own.
    await raise(server, deployment, { cause: "drift:wind" });
    expect((await states(6)).at(-1)).toBe("FIRED");

    await server.gql(ResolveAlertDocument, { input: { alert: ask, resolution: "the sensor is mended" } });
    await raise(server, deployment);
    expect((await states(7)).at(-1)).toBe("FIRED");
    await raise(server, deployment);
    await raise(server, deployment);
    expect((await states(9)).slice(-2)).toEqual(["FIRED", "EXHAUSTED"]);
    await server.gql(SuspendDeploymentDocument, { input: { endpoint, reason: "a person has looked" } });
    await raise(server, deployment);
    expect((await states(10)).at(-1)).toBe("FIRED");
  });

  test("rolls the endpoint back by a policy decision that names it, which settles nothing", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace, 2);
    const definition = { on: { alert: { about: endpoint } }, do: [{ rollBack: { endpoint } }], limit: { firings: 1 } };
    const { key } = await aTrigger(server, namespace, definition);
    const alert = await raise(server, deployment);
    const [firing] = await firings(server, key, 1);
    const served = (await server.gql(EndpointDocument, { key: endpoint })).data!.endpoint!;
    expect(served.wantedDeployment).toMatchObject({ id: firing!.reactions[0]!.led, key: `${endpoint}@3` });
    const { nodes } = (await server.gql(DecisionsDocument, { about: `${endpoint}@3` })).data!.decisions;
    expect(nodes).toMatchObject([
      {
        decisionType: "ROLLBACK",
        policy: `trigger ${key}`,
        basis: [{ node: { id: alert } }],
        attributedTo: { name: "clew" },
      },
    ]);
    await raise(server, deployment);
    expect((await firings(server, key, 2)).at(-1)).toMatchObject({ state: "EXHAUSTED" });
  });

  test("counts a cause over the revisions of an endpoint: what is put in its place settles nothing, but closes its alerts", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace, 3);
    const definition = {
      on: { alert: { about: endpoint } },
      do: [{ rollBack: { endpoint } }],
      limit: { firings: 2, whenExhausted: [{ ask: {} }] },
    };
    const { key } = await aTrigger(server, namespace, definition);
    const alertsOn = async (about: string) => (await server.gql(AlertsDocument, { about })).data!.alerts.nodes;
    let served = deployment;
    for (let n = 1; n <= 2; n++) {
      await raise(server, served);
      const next = (await firings(server, key, n)).at(-1)!.reactions[0]!.led!;
      await server.gql(ReportDeploymentDocument, { input: { deployment: next } });
      await soon(async () => expect((await alertsOn(served))[0]!.state).toBe("RESOLVED"));
      const resolution = `${endpoint}@${n + 2}, which it is about, is not served any more`;
      expect(await alertsOn(served)).toMatchObject([{ resolution }]);
      served = next;
    }
    await raise(server, served);
    expect((await firings(server, key, 3)).map(({ state }) => state)).toEqual(["FIRED", "FIRED", "EXHAUSTED"]);
    // A person's decision on whichever revision is one on the endpoint. The question that was asked is still a person's to answer.
    const { id: modelVersion } = await aModel(server, { namespace });
    const next = await serve(server, endpoint, [{ modelVersion }]);
    await soon(async () => expect((await alertsOn(served)).map(({ state }) => state)).toEqual(["OPEN", "RESOLVED"]));
    await raise(server, next);
    expect((await firings(server, key, 4)).at(-1)).toMatchObject({ state: "FIRED" });
  });

  test("lets other models answer where it rolls back: what has only got a shadow answers as before", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace, 2);
    const served = async (version: number) =>
      (await server.gql(DeploymentDocument, { key: `${endpoint}@${version}` })).data!.deployment!.serves[0]!.node.id;
    const [good, bad, shadow] = [await served(1), await served(2), (await aModel(server, { namespace })).id];
    await serve(server, endpoint, [{ modelVersion: bad }, { modelVersion: shadow, mode: "SHADOW" }]);
    const definition = { on: { alert: { about: endpoint } }, do: [{ rollBack: { endpoint } }] };
    const { key } = await aTrigger(server, namespace, definition);
    // Told late, of the revision before the shadow came: its model answers still.
    await raise(server, deployment);
    expect((await firings(server, key, 1))[0]!.reactions[0]).toMatchObject({ error: null });
    expect(await served(4)).toBe(good);
  });

  test("fires nothing for what is found out of a revision none of whose models answers any more", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment: first } = await aServedEndpoint(server, namespace);
    const definition = { on: { alert: { about: endpoint } }, do: [{ ask: {} }] };
    const { key } = await aTrigger(server, namespace, definition);
    const { serves } = (await server.gql(DeploymentDocument, { key: `${endpoint}@1` })).data!.deployment!;
    const [served, challenger] = [serves[0]!.node.id, (await aModel(server, { namespace })).id];
    const second = await serve(server, endpoint, [
      { modelVersion: served },
      { modelVersion: challenger, mode: "SHADOW" },
    ]);
    // The model is the same, so what was found out of it holds.
    await raise(server, first);
    expect((await firings(server, key, 1)).map(({ state }) => state)).toEqual(["FIRED"]);
    await serve(server, endpoint, [{ modelVersion: challenger }, { modelVersion: served, mode: "SHADOW" }]);
    for (const revision of [first, second]) await raise(server, revision);
    const found = (await firings(server, key, 3)).slice(1);
    expect(found.map(({ state, reactions }) => [state, reactions])).toEqual([
      ["SKIPPED", []],
      ["SKIPPED", []],
    ]);
    expect(found[0]!.message).toMatch(/: none of the models that it is about answers any more$/);
  });

  test("says what could not be done, and does the rest", async () => {
    const namespace = unique("triggers");
    const { endpoint, deployment } = await aServedEndpoint(server, namespace, 1);
    const definition = { on: { alert: { about: endpoint } }, do: [{ rollBack: { endpoint } }, { ask: {} }] };
    const { key } = await aTrigger(server, namespace, definition);
    await raise(server, deployment);
    const [firing] = await firings(server, key, 1);
    expect(firing).toMatchObject({ state: "FAILED", endedAt: expect.any(String) });
    expect(firing!.reactions[0]!.error).toContain("no earlier revision");
    // What could not be rolled back is asked about too, in the same alert.
    expect(firing!.reactions[0]!.led).toMatch(/^Alert:/);
    expect(firing!.reactions[1]!.led).toBe(firing!.reactions[0]!.led);
  });

  test("gives up what the server cannot do, does the rest, and holds up no other", async () => {
    const namespace = unique("triggers");
    const broken = await aPlugin(server);
    const { endpoint, deployment } = await aServedEndpoint(server, namespace, 1);
    const doing = [{ run: { namespace, plugin: broken.name } }, { ask: {} }];
    const { key } = await aTrigger(server, namespace, { on: { alert: { about: endpoint } }, do: doing });
    const other = await aServedEndpoint(server, namespace, 1);
    const { key: otherKey } = await aTrigger(server, namespace, {
      on: { alert: { about: other.endpoint } },
      do: [{ ask: {} }],
    });
    // As a fault of the server would be: what the run needs to begin cannot be read.
    const db = new Database(join(server.dataDir, "clew.db"));
    onTestFinished(() => void db.close());
    db.prepare(
      "update node set attributes = json_remove(attributes, '$.manifest') where json_extract(attributes, '$.name') = ?",
    ).run(broken.name);
    await raise(server, deployment);
    await soon(() => expect(server.log.join("")).toContain("a follower's step failed"));
    await raise(server, other.deployment);
    await vi.waitFor(async () => expect((await firingsOf(server, otherKey))[0]?.reactedAt).toBeTruthy(), 40_000);
    const [firing] = await firings(server, key, 1);
    expect(firing).toMatchObject({ state: "FAILED", endedAt: expect.any(String) });
    expect(firing!.reactions).toMatchObject([
      { led: null, error: expect.stringMatching(/^INTERNAL: /) },
      { led: expect.stringMatching(/^Alert:/), error: null },
    ]);
    expect(server.log.join("")).toContain("a reaction of a trigger cannot be done");
  }, 60_000);
});
