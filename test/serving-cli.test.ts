import { newInferenceId } from "@clew/schema";
import {
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  EndpointDocument,
  RaiseAlertDocument,
  ReportDeploymentDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDataset, aModel, aQueuedRun } from "./support/builders.ts";
import { clew, runClew } from "./support/clew.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("endpoints, deployments, decisions and alerts are listed, and named in a trace", async () => {
  const namespace = unique("cli");
  const rows = await aDataset(server, { namespace });
  const model = await aModel(server, { namespace, name: "m", from: [rows.id] });
  const [endpoint, reason] = [`${namespace}/live`, "beats the old one"];
  await server.gql(DecideDocument, { input: { decisionType: "APPROVAL", about: model.id, reason } });
  await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
  const { data } = await server.gql(DeployDocument, {
    input: { endpoint, serves: [{ modelVersion: model.id }], reason },
  });
  const deployment = data!.deploy.deployment!.id;
  await server.gql(ReportDeploymentDocument, { input: { deployment } });
  const alert = { about: deployment, cause: "drift:temp", message: "temp has moved" };
  await server.gql(RaiseAlertDocument, { input: alert });

  const ls = (what: string) => clew(server, "ls", what, "--namespace", namespace);
  expect(await ls("endpoints")).toMatch(/\/live +1 +\S+\/live@1 ACTIVE +approved only/);
  expect(await ls("deployments")).toMatch(/\/live@1 +ACTIVE +\S+\/m@1 \(100 %\)/);
  expect(await ls("decisions")).toMatch(/PROMOTION +\S+\/live@1 +administrator +beats the old one/);
  expect(await ls("alerts")).toMatch(/OPEN +WARNING +drift:temp +\S+\/live@1 +1 +\S+.* temp has moved/);
  const trace = await clew(server, "trace", rows.id, "--down", "--follow", "material,subject");
  expect(trace).toMatch(/deployment \S+\/live@1 +ACTIVE, served since/);
  expect(trace).toMatch(/APPROVAL .*beats the old one/);
  expect(trace).toMatch(/alert drift:temp +WARNING, OPEN: temp has moved/);
  expect(trace).not.toMatch(/may not read/);
  const inference = newInferenceId({ deployment, place: 0, at: Date.parse("2026-11-24T08:00:00Z") });
  const behind = await clew(server, "trace", "--inference", inference);
  expect(behind).toMatch(/deployment +\S+\/live@1 +ACTIVE/);
  expect(behind).toMatch(/model +\S+\/m@1 +APPROVED/);
  expect(behind).toMatch(/approval +\S+\/m@1 by administrator, .*beats the old one/);
  expect(behind).toMatch(/promotion +\S+\/live@1 by administrator/);
  expect(behind).toContain(rows.key);
});

test("an endpoint, a deployment, a version and a decision are shown with what was decided, and by whom", async () => {
  const namespace = unique("cli");
  const model = await aModel(server, { namespace, name: "m" });
  const [endpoint, reason] = [`${namespace}/live`, ["--reason", "beats the old one"]];
  await clew(server, "endpoint", "new", endpoint);
  expect(await clew(server, "show", model.key)).toMatch(/^state +PENDING$/m);
  await clew(server, "decide", "approve", model.key, ...reason);
  await clew(server, "endpoint", "deploy", endpoint, model.key, ...reason);
  const shown = await clew(server, "show", endpoint);
  expect(shown).toMatch(/^is to serve +\S+\/live@1 PENDING$/m);
  expect(shown).toMatch(/^ +\S+\/live@1 +PENDING +\S+\/m@1 \(100 %\)$/m);
  await served(endpoint);
  expect(await clew(server, "show", endpoint)).toMatch(/^serves +\S+\/live@1 ACTIVE$/m);
  const deployment = await clew(server, "show", `${endpoint}@1`);
  expect(deployment).toMatch(/^state +ACTIVE$/m);
  expect(deployment).toMatch(/PROMOTION +\S+\/live@1 +administrator +beats the old one/);
  const version = await clew(server, "show", model.key);
  expect(version).toMatch(/^state +APPROVED$/m);
  expect(version).toMatch(/APPROVAL +\S+\/m@1 +administrator +beats the old one/);
  const listed = await clew(server, "ls", "decisions", "--namespace", namespace, "--json");
  const [decision] = JSON.parse(listed) as { id: string }[];
  expect(await clew(server, "show", decision!.id)).toMatch(/^by +administrator$/m);
  for (const start of [endpoint, `${endpoint}@1`])
    expect(await clew(server, "trace", start)).toMatch(/deployment \S+\/live@1[^]*\/m@1/);
});

test("an endpoint is made, decided on and deployed to from the command line", async () => {
  const namespace = unique("cli");
  const [endpoint, reason] = [`${namespace}/live`, ["--reason", "beats the old one"]];
  const [first, second] = [
    await aModel(server, { namespace, name: "a" }),
    await aModel(server, { namespace, name: "b" }),
  ];
  expect(await clew(server, "endpoint", "new", endpoint)).toContain(`--endpoint ${endpoint}`);
  const refused = await runClew(server, "endpoint", "deploy", endpoint, first.key, ...reason);
  expect(refused).toMatchObject({ status: 1, text: expect.stringContaining("MODEL_NOT_APPROVED") as unknown });
  for (const { key } of [first, second]) await clew(server, "decide", "approve", key, ...reason);
  expect(await clew(server, "endpoint", "deploy", endpoint, first.key, ...reason)).toBe(
    `${endpoint}@1 is to be served`,
  );
  await served(endpoint);
  await clew(server, "endpoint", "deploy", endpoint, `${first.key}=90`, `${second.key}=10`, ...reason);
  await served(endpoint);
  expect(await clew(server, "ls", "deployments", "--namespace", namespace)).toMatch(/\(90 %\).*\(10 %\)/);
  await clew(server, "endpoint", "suspend", endpoint, ...reason);
  expect(await clew(server, "ls", "endpoints", "--namespace", namespace)).toContain("live@2 SUSPENDED");
  await clew(server, "endpoint", "resume", endpoint, ...reason);
  expect(await clew(server, "endpoint", "roll-back", endpoint, ...reason)).toBe(`${endpoint}@3 is to be served`);
  const late = await runClew(server, "endpoint", "deploy", endpoint, first.key, "--wait", "1", ...reason);
  expect(late).toMatchObject({ status: 1, text: expect.stringContaining("is not served after 1 s") as unknown });
  for (const bad of [["x=1000"], ["x=9=9"], ["x=live"]])
    expect(await runClew(server, "endpoint", "deploy", endpoint, ...bad, ...reason)).toMatchObject({ status: 2 });
  expect(await runClew(server, "endpoint", "deploy", endpoint, first.key)).toMatchObject({ status: 2 });
});

test("of an alert it is said that somebody looks at it, and what became of it", async () => {
  const { id: about } = await aModel(server, { namespace: unique("cli"), name: "m" });
  const { data } = await server.gql(RaiseAlertDocument, { input: { about, cause: "drift:temp", message: "moved" } });
  const alert = data!.raiseAlert.alert!.id;
  expect(await clew(server, "alert", "acknowledge", alert)).toBe(`${alert} is ACKNOWLEDGED`);
  expect(await clew(server, "alert", "resolve", alert, "--resolution", "it was the sensor")).toBe(
    `${alert} is RESOLVED`,
  );
  const shown = await clew(server, "show", alert);
  expect(shown).toMatch(/^state +RESOLVED$/m);
  expect(shown).toMatch(/^about +\S+@1$/m);
  expect(shown).toMatch(/^what became of it +it was the sensor$/m);
  const again = await runClew(server, "alert", "resolve", alert, "--resolution", "twice");
  expect(again).toMatchObject({ status: 1 });
  expect(await runClew(server, "alert", "resolve", alert)).toMatchObject({ status: 2 });
});

test("a run is cancelled from the command line, once", async () => {
  const id = await aQueuedRun(server);
  expect(await clew(server, "cancel", id, "--reason", "not needed")).toBe(`${id} is CANCELLED`);
  const again = await runClew(server, "cancel", id);
  expect(again).toMatchObject({ status: 1, text: expect.stringContaining("RUN_FINAL") as unknown });
});

/** As a service reports it. */
async function served(endpoint: string): Promise<void> {
  const { data } = await server.gql(EndpointDocument, { key: endpoint });
  await server.gql(ReportDeploymentDocument, { input: { deployment: data!.endpoint!.wantedDeployment!.id } });
}
