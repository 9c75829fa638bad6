import { newInferenceId } from "@clew/schema";
import {
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  RaiseAlertDocument,
  ReportDeploymentDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDataset, aModel } from "./support/builders.ts";
import { clew } from "./support/clew.ts";
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
  expect(await ls("decisions")).toMatch(/PROMOTION +\S+\/live@1 +Agent:\S+ +beats the old one/);
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
  expect(behind).toMatch(/approval +\S+\/m@1 by .*beats the old one/);
  expect(behind).toMatch(/promotion +\S+\/live@1 by/);
  expect(behind).toContain(rows.key);
});
