import {
  AlertsDocument,
  DeployDocument,
  EndpointDocument,
  ReportDeploymentDocument,
  SetTriggerStateDocument,
  SuspendDeploymentDocument,
} from "@clew/schema/graphql";
import { contentId } from "@clew/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aServedEndpoint, aTrigger, raise } from "../../../test/support/triggers.ts";
import { nodeOf } from "../core/define-node.ts";
import type { FiringNode } from "../features/triggers/fire-trigger.ts";
import { react, type ReactionParts } from "../features/triggers/react.ts";
import { Trigger } from "../features/triggers/trigger.node.ts";
import { Tries } from "../ledger/tries.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** An endpoint with an alert about its second revision, and a firing of a trigger that rolls it back. */
async function aFiring() {
  const namespace = unique("back");
  const { endpoint, deployment } = await aServedEndpoint(server, namespace, 2);
  const plan = [{ rollBack: { endpoint } }];
  const { id, key } = await aTrigger(server, namespace, { on: { alert: { about: endpoint } }, do: plan });
  // Nobody but the test reacts.
  await server.gql(SetTriggerStateDocument, { input: { trigger: id, state: "DISABLED" } });
  const causedBy = [{ id: await raise(server, deployment) }];
  const firing = { id: contentId("TriggerFiring", namespace), plan, values: {}, message: "temp has moved", causedBy };
  const { nodes: reader } = server.running.server.stores.database;
  const trigger = nodeOf(Trigger, (await reader.byIds([id]))[0]!);
  const { recorder } = server.running.server.ledger;
  return {
    endpoint,
    deployment,
    deploy: async () => {
      const { id: modelVersion } = await aModel(server, { namespace });
      const input = { endpoint, serves: [{ modelVersion }], reason: "meanwhile" };
      return (await server.gql(DeployDocument, { input })).data!.deploy.deployment!.id;
    },
    /** Reacts, while `meanwhile` happens between the look and each of the first `times` tries to record. */
    async react(meanwhile: () => Promise<unknown>, times = 1) {
      let tries = 0;
      const record: ReactionParts["record"] = async (command) => {
        if (command.mutation === "rollBack" && tries++ < times) await meanwhile();
        return recorder.record(command);
      };
      const pipelines = { start: () => Promise.reject(new Error("none is wanted")) };
      const parts = { reader, record, pipelines, tries: new Tries(), log: { error: () => {} } };
      const [done] = await react(parts, trigger, firing as unknown as FiringNode);
      return { ...done!, tries };
    },
    wanted: async () => (await server.gql(EndpointDocument, { key: endpoint })).data!.endpoint!.wantedDeployment,
    asked: async (about: string) =>
      (await server.gql(AlertsDocument, { about })).data!.alerts.nodes.filter(({ name }) => name === `trigger:${key}`),
  };
}

test("a roll-back that another deployment comes before is done all the same, while what is served is what the alert is about", async () => {
  const { deploy, react: act, wanted } = await aFiring();
  const { led, error, tries } = await act(deploy, 2);
  expect([error, tries]).toEqual([null, 3]);
  expect(await wanted()).toMatchObject({ id: led, key: expect.stringMatching(/@5$/) });
});

test("a roll-back asks a person where another revision is served by then", async () => {
  const { deploy, react: act, wanted, asked } = await aFiring();
  let newest = "";
  const { led, error, tries } = await act(async () => {
    newest = await deploy();
    await server.gql(ReportDeploymentDocument, { input: { deployment: newest } });
  });
  expect(error).toMatch(/^STATE_CONFLICT: no model of .*@2, which the alert is about, answers any more/);
  expect(tries).toBe(1);
  expect(await wanted()).toMatchObject({ id: newest });
  const [question, ...others] = await asked(newest);
  expect([question?.id, question?.severity, others]).toEqual([led, "CRITICAL", []]);
  expect(question!.message).toContain("decide what it shall serve");
});

test("a roll-back asks a person where one has suspended what is served, though it was while it looked", async () => {
  const { endpoint, react: act, wanted, asked, deployment } = await aFiring();
  const before = await wanted();
  const suspend = { endpoint, reason: "it warns of every flight" };
  const { led, error } = await act(() => server.gql(SuspendDeploymentDocument, { input: suspend }));
  expect(error).toMatch(/^STATE_CONFLICT: .* is suspended by a person/);
  expect(await wanted()).toEqual({ ...before, state: "SUSPENDED" });
  expect(await asked(deployment)).toMatchObject([{ id: led }]);
});

test("a roll-back that is never first gives up after some tries, and asks a person once, however often it is done again", async () => {
  const { deployment, deploy, react: act, asked } = await aFiring();
  const first = await act(deploy, 100);
  expect([first.error?.split(":")[0], first.tries]).toEqual(["DEPLOYMENT_CONFLICT", 5]);
  const again = await act(deploy, 100);
  expect(again.led).toBe(first.led);
  expect(await asked(deployment)).toMatchObject([{ id: first.led, occurrences: 1 }]);
});
