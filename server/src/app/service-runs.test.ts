import { newInferenceId } from "@clew/schema";
import {
  AddReportDocument,
  CancelRunDocument,
  CreateEndpointDocument,
  DeployDocument,
  EndpointDocument,
  InferenceDocument,
  LineageDocument,
  RaiseAlertDocument,
  RecordRunDocument,
  ReportDeploymentDocument,
  ResolveAlertDocument,
  RunDocument,
  ServedByRunDocument,
  StartRunDocument,
  SubmitRunDocument,
  type SubmitRunInput,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aModel, anAttempt, aPlugin, aQueuedRun, aRun, aRunner } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { loseAttempt } from "../features/runs/cancel-run.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function anEndpoint() {
  const namespace = unique("service");
  const key = `${namespace}/live`;
  const input = { namespace, name: "live", requiresApproval: false };
  const { data } = await server.gql(CreateEndpointDocument, { input });
  return { namespace, key, id: data!.createEndpoint.endpoint!.id };
}

const aService = (runType: "SERVING" | "MONITORING" = "SERVING") =>
  aPlugin(server, { kind: "service", runType, inputs: {}, outputs: {} });

/** A service of an endpoint of its own, at which a model is wanted. */
async function aRunningService(runType?: "SERVING" | "MONITORING") {
  const endpoint = await anEndpoint();
  const { namespace, key } = endpoint;
  const model = await aModel(server, { namespace });
  const run = await aQueuedRun(server, { namespace, plugin: (await aService(runType)).name, endpoint: key });
  const attempt = await anAttempt(server, run);
  await server.gql(StartRunDocument, { input: { run, attempt: 1, environment: { os: "linux" } } }, attempt.token);
  const serves = [{ modelVersion: model.id }];
  const { data } = await server.gql(DeployDocument, { input: { endpoint: key, serves, reason: "try it" } });
  return { ...endpoint, model, run, token: attempt.token, deployment: data!.deploy.deployment!.id };
}

async function refusals(input: Partial<SubmitRunInput> & { plugin: string }) {
  const { data, text } = await server.gql(SubmitRunDocument, { input: { namespace: "tests", ...input } });
  if (!data) throw new Error(text);
  return data.submitRun.userErrors.map(({ code, path }) => `${code} ${path.join(".")}`);
}

describe("a service", () => {
  test("learns what its endpoint shall serve, and says that it does", async () => {
    const { run, token, deployment, model, key } = await aRunningService();
    const served = await server.gql(ServedByRunDocument, { run }, token);
    expect(served.data?.node, served.text).toMatchObject({
      endpoint: {
        key,
        activeDeployment: null,
        wantedDeployment: {
          id: deployment,
          serves: [{ weight: 100, mode: "LIVE", node: { id: model.id, format: "onnx" } }],
        },
      },
    });
    const reported = await server.gql(ReportDeploymentDocument, { input: { deployment } }, token);
    expect(reported.data?.reportDeployment.deployment?.state).toBe("ACTIVE");
    const { data } = await server.gql(EndpointDocument, { key });
    expect(data?.endpoint?.activeDeployment?.id).toBe(deployment);
    const up = await server.gql(LineageDocument, { node: run, follow: ["MATERIAL", "SUBJECT"] });
    const ids = up.data?.lineage.edges.map(({ node }) => node.id);
    expect(ids).toEqual(expect.arrayContaining([deployment, model.id]));
  });

  test("reports on no other endpoint, and not once it has lost its run", async () => {
    const [one, other] = [await aRunningService(), await aRunningService()];
    const foreign = await server.gql(ReportDeploymentDocument, { input: { deployment: other.deployment } }, one.token);
    expect(foreign.data?.reportDeployment.userErrors[0]?.code).toBe("UNKNOWN_NODE");
    await server.gql(CancelRunDocument, { input: { run: one.run } });
    const late = await server.gql(ReportDeploymentDocument, { input: { deployment: one.deployment } }, one.token);
    expect(late.data?.reportDeployment.userErrors[0]?.code).toBe("LEASE_LOST");
  });

  test("says where it listens, which only the runner is believed that holds it", async () => {
    const { run, key } = await aRunningService();
    const { data } = await server.gql(RunDocument, { id: run });
    const [attempt] = (data!.node as { attempts: { runner: string }[] }).attempts;
    const beat = (runnerId: string, number: number, listensAt: string) =>
      server.running.server.presence.heard({
        schema: "clew/heartbeat/1",
        runnerId,
        at: new Date().toISOString(),
        state: "ready",
        pool: "default",
        slots: 1,
        plugins: [],
        leases: [{ runId: run, attempt: number, listensAt }],
      });
    const addresses = async () => (await server.gql(EndpointDocument, { key })).data?.endpoint?.listensAt;
    beat("Runner:somebody", 1, "http://elsewhere.test");
    beat(attempt!.runner, 2, "http://later.test");
    expect(await addresses()).toEqual([]);
    beat(attempt!.runner, 1, "http://here.test");
    expect(await addresses()).toEqual(["http://here.test"]);
  });

  test("says what it found out of what it reads, once by each name, and alerts of it", async () => {
    const [{ run, token, deployment, model }, other] = [await aRunningService(), await aRunningService()];
    const said = {
      run,
      attempt: 1,
      name: "drift-2013-07",
      about: [deployment, model.id],
      reportType: "DRIFT" as const,
      verdict: "FAIL" as const,
      metrics: [{ name: "drifting", value: 3 }],
    };
    const add = async (input: Partial<typeof said>, by = token) =>
      (await server.gql(AddReportDocument, { input: { ...said, ...input } }, by)).data?.addReport;
    const added = await add({});
    expect(added?.userErrors).toEqual([]);
    const report = added!.report!.id;
    expect((await add({}))?.userErrors).toMatchObject([{ code: "STATE_CONFLICT", path: ["name"] }]);
    expect((await add({ name: "next", about: [other.deployment] }))?.userErrors).toMatchObject([
      { code: "UNKNOWN_NODE", path: ["about", "0"] },
    ]);
    const down = await server.gql(LineageDocument, { node: deployment, direction: "DOWNSTREAM", follow: ["SUBJECT"] });
    expect(down.data?.lineage.edges.map(({ node }) => node.id)).toContain(report);

    const alert = { about: deployment, cause: "drift:temp", message: "temp has moved", evidence: [report] };
    const raise = async (input: Partial<typeof alert>, by = token) =>
      (await server.gql(RaiseAlertDocument, { input: { ...alert, ...input } }, by)).data?.raiseAlert;
    expect(await raise({})).toMatchObject({ alert: { state: "OPEN", evidence: [{ node: { id: report } }] } });
    expect((await raise({ about: other.deployment }))?.userErrors).toMatchObject([{ code: "UNKNOWN_NODE" }]);
    expect((await raise({}, other.token))?.userErrors).toMatchObject([{ code: "UNKNOWN_NODE" }]);
    const foreign = await raise({ about: other.deployment }, other.token);
    expect(foreign?.userErrors).toMatchObject([{ code: "UNKNOWN_NODE", path: ["evidence", "0"] }]);

    await server.gql(CancelRunDocument, { input: { run } });
    expect((await add({ name: "late" }))?.userErrors).toMatchObject([{ code: "LEASE_LOST" }]);
    expect((await raise({ cause: "late" }))?.userErrors).toMatchObject([{ code: "LEASE_LOST" }]);
  });

  test("that monitors tells of what its endpoint has served before, and one that serves does not", async () => {
    for (const [runType, codes] of [
      ["MONITORING", []],
      ["SERVING", ["UNKNOWN_NODE"]],
    ] as const) {
      const { run, token, deployment, model, key, namespace } = await aRunningService(runType);
      const input = {
        run,
        attempt: 1,
        name: "x",
        about: [deployment, model.id],
        reportType: "DRIFT" as const,
        metrics: [],
      };
      const { id: modelVersion } = await aModel(server, { namespace });
      for (const reason of ["next", "and next"])
        await server.gql(DeployDocument, { input: { endpoint: key, serves: [{ modelVersion }], reason } });
      const { data } = await server.gql(AddReportDocument, { input }, token);
      expect(data?.addReport.userErrors.map(({ code }) => code)).toEqual(codes);
    }
  });

  test("that tells the same of the same report again tells nothing new, though the alert was closed", async () => {
    const { run, token, deployment } = await aRunningService();
    const said = { run, attempt: 1, name: "x", about: [deployment], reportType: "DRIFT" as const, metrics: [] };
    const evidence = [(await server.gql(AddReportDocument, { input: said }, token)).data!.addReport.report!.id];
    const input = { about: deployment, cause: "drift", message: "it moved", evidence };
    const raise = async (given: Partial<typeof input> = {}) =>
      (await server.gql(RaiseAlertDocument, { input: { ...input, ...given } }, token)).data!.raiseAlert.alert!;
    const first = await raise();
    expect(await raise()).toMatchObject({ id: first.id, occurrences: 1 });
    expect(await raise({ evidence: [] })).toMatchObject({ id: first.id, occurrences: 2 });
    await server.gql(ResolveAlertDocument, { input: { alert: first.id, resolution: "seen" } });
    expect(await raise()).toMatchObject({ id: first.id, state: "RESOLVED" });
    expect(await raise({ evidence: [] })).not.toMatchObject({ id: first.id });
  });

  test("is what reports on the way, and no task", async () => {
    const data = await aDataset(server);
    const inputs = [{ role: "train", node: data.id }];
    const run = await aQueuedRun(server, { plugin: (await aPlugin(server)).name, inputs });
    const { token } = await anAttempt(server, run);
    const input = { run, attempt: 1, name: "x", about: [data.id], reportType: "DRIFT" as const, metrics: [] };
    const { data: told } = await server.gql(AddReportDocument, { input }, token);
    expect(told?.addReport.userErrors).toMatchObject([{ code: "STATE_CONFLICT", path: ["run"] }]);
  });

  test("whose answer is known by its id alone is found with what stood behind it", async () => {
    const { deployment, model } = await aRunningService();
    const at = Date.parse("2026-11-24T08:00:00.123Z");
    const ask = async (id: string) => await server.gql(InferenceDocument, { id });
    const found = await ask(newInferenceId({ deployment, place: 0, at }));
    expect(found.data?.inference, found.text).toMatchObject({
      at: "2026-11-24T08:00:00.123Z",
      deployment: { id: deployment },
      model: { id: model.id },
    });
    const refused = await ask(newInferenceId({ deployment, place: null, at }));
    expect(refused.data?.inference?.model).toBeNull();
    expect((await ask(newInferenceId({ deployment, place: 7, at }))).data?.inference).toBeNull();
    const unknown = `Deployment:${"0".repeat(32)}`;
    const missing = await ask(newInferenceId({ deployment: unknown, place: 0, at }));
    expect(missing).toMatchObject({ data: { inference: null }, errors: [] });
    expect((await ask("17")).text).toContain("17 is no inference's id");
    const stranger = await server.tokenFor({ elsewhere: ["VIEWER"] });
    const hidden = await server.gql(InferenceDocument, { id: newInferenceId({ deployment, place: 0, at }) }, stranger);
    expect(hidden).toMatchObject({ data: { inference: null }, errors: [] });
  });

  test("is tried again as often as it is lost, and keeps its last attempts", async () => {
    const { namespace, key } = await anEndpoint();
    const run = await aQueuedRun(server, { namespace, plugin: (await aService()).name, endpoint: key, maxAttempts: 1 });
    const runner = await aRunner(server);
    for (let attempt = 1; attempt <= 22; attempt++) {
      await anAttempt(server, run, runner, attempt);
      await lose(run, attempt);
    }
    const { data } = await server.gql(RunDocument, { id: run });
    const found = data?.node as { state: string; attempts: { attempt: number; state: string }[] };
    expect(found.state).toBe("QUEUED");
    expect(found.attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, n) => n + 3));
  });

  test("has an endpoint and no outputs, and a task has no endpoint", async () => {
    const { key } = await anEndpoint();
    const [service, task] = [(await aService()).name, (await aPlugin(server)).name];
    expect(await refusals({ plugin: service })).toEqual(["INVALID_INPUT endpoint"]);
    expect(await refusals({ plugin: service, endpoint: "nobody/nothing" })).toEqual(["UNKNOWN_NODE endpoint"]);
    expect(await refusals({ plugin: task, endpoint: key })).toEqual(["INVALID_INPUT endpoint"]);
    expect(await refusals({ plugin: service, endpoint: key })).toEqual([]);
  });
});

describe("a run", () => {
  test("says what led to it, and the walk of causes finds it", async () => {
    const { id: model, namespace } = await aModel(server);
    const run = await aQueuedRun(server, { namespace, triggeredBy: [model] });
    const down = await server.gql(LineageDocument, { node: model, direction: "DOWNSTREAM", follow: ["CAUSAL"] });
    expect(down.data?.lineage.edges.map(({ node }) => node.id)).toEqual([run]);
    const material = await server.gql(LineageDocument, { node: run });
    expect(material.data?.lineage.edges.map(({ node }) => node.id)).not.toContain(model);
  });

  test("that happened elsewhere says so too, of what is there", async () => {
    const { id: model, namespace } = await aModel(server);
    const { id } = await aRun(server, { namespace, triggeredBy: [model, model] });
    const up = await server.gql(LineageDocument, { node: id, follow: ["CAUSAL"], maxDepth: 1 });
    expect(up.data?.lineage.edges.flatMap(({ via, node }) => via.map(({ arrow }) => [arrow, node.id]))).toContainEqual([
      "TRIGGERED_BY",
      model,
    ]);
    const refused = async (cause: string) => {
      const { data } = await server.gql(RecordRunDocument, { input: { namespace, triggeredBy: [cause] } });
      return data?.recordRun.userErrors.map(({ code, path }) => `${code} ${path.join(".")}`);
    };
    expect(await refused("Alert:00000000000000000000000000000000")).toEqual(["UNKNOWN_NODE triggeredBy.0"]);
    expect(await refused(id)).toEqual(["WRONG_TYPE triggeredBy.0"]);
  });

  test("is not led to by what is not there, and is a step of a pipeline's run only", async () => {
    const plugin = (await aPlugin(server)).name;
    const other = await aQueuedRun(server, { plugin });
    expect(await refusals({ plugin, triggeredBy: ["Alert:00000000000000000000000000000000"] })).toEqual([
      "UNKNOWN_NODE triggeredBy.0",
    ]);
    expect(await refusals({ plugin, triggeredBy: [other] })).toEqual(["WRONG_TYPE triggeredBy.0"]);
    expect(await refusals({ plugin, partOf: other })).toEqual(["WRONG_TYPE partOf"]);
  });
});

test("a run takes a version once for a role, by whatever name", async () => {
  const [{ id }, plugin] = [await aDataset(server), await aPlugin(server)];
  const train = (node: string) => ({ role: "train", node });
  const inputs = [train(id), train((await aDataset(server)).id), train(id)];
  expect(await refusals({ plugin: plugin.name, inputs })).toEqual(["INVALID_INPUT inputs.2.node"]);
  expect(await refusals({ plugin: plugin.name, inputs: inputs.slice(0, 2) })).toEqual([]);
});

describe("a run that requires a report", () => {
  /** A report of this verdict about a dataset version. */
  async function aReport(verdict: "PASS" | "FAIL" | "NOT_ENOUGH_DATA" | null, about: string) {
    const report = { reportType: "DATA_VALIDATION" as const, about: ["data"], verdict, metrics: [] };
    const run = await aRun(server, { inputs: [{ role: "data", node: about }], outputs: [{ role: "report", report }] });
    return run.outputs["report"]!;
  }

  test("is queued once that has passed, which is kept as what led to it", async () => {
    const { id: rows } = await aDataset(server);
    const report = await aReport("PASS", rows);
    const run = await aQueuedRun(server, { inputs: [{ role: "train", node: rows }], requires: [report] });
    const down = await server.gql(LineageDocument, { node: report, direction: "DOWNSTREAM", follow: ["CAUSAL"] });
    expect(down.data?.lineage.edges.map(({ node }) => node.id)).toEqual([run]);
  });

  test.each(["FAIL", "NOT_ENOUGH_DATA", null] as const)("is refused where its verdict is %s", async (verdict) => {
    const { id: rows } = await aDataset(server);
    const requires = [await aReport("PASS", rows), await aReport(verdict, rows)];
    const plugin = (await aPlugin(server)).name;
    expect(await refusals({ plugin, inputs: [{ role: "train", node: rows }], requires })).toEqual([
      "REPORT_NOT_PASSED requires.1",
    ]);
  });

  test("is refused where that is about other data, is no report, or is not there", async () => {
    const [rows, other] = [await aDataset(server), await aDataset(server)];
    const plugin = (await aPlugin(server)).name;
    const requiring = async (id: string) =>
      await refusals({ plugin, inputs: [{ role: "train", node: rows.id }], requires: [id] });
    expect(await requiring(await aReport("PASS", other.id))).toEqual(["INVALID_INPUT requires.0"]);
    expect(await requiring(rows.id)).toEqual(["WRONG_TYPE requires.0"]);
    expect(await requiring("Report:00000000000000000000000000000000")).toEqual(["UNKNOWN_NODE requires.0"]);
  });
});

/** What the sweeper does when a lease has run out. */
async function lose(run: string, attempt: number): Promise<void> {
  const { ledger } = server.running.server;
  const digest = `sha256:${"0".repeat(64)}` as const;
  const recorded = await ledger.recorder.record({
    principal: "Agent:00000000000000000000000000000000",
    mutation: "loseAttempt",
    idempotencyKey: `${run}:${attempt}`,
    inputDigest: digest,
    ...loseAttempt(run, attempt),
  });
  expect(recorded.ok).toBe(true);
}
