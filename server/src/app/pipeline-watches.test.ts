import type { Verdict } from "@clew/schema";
import {
  AddReportDocument,
  CreateEndpointDocument,
  DecideDocument,
  DecisionsDocument,
  DeployDocument,
  EndpointDocument,
  ReportDeploymentDocument,
  RerunPipelineDocument,
  StartRunDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aModel, anAttempt, aPlugin, aQueuedRun } from "../../../test/support/builders.ts";
import {
  aModelOutput,
  aProject,
  aStartedPipeline,
  endOf,
  pipelineRun,
  stepOf,
  stepsBecome,
  workOn,
} from "../../../test/support/pipelines.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** An endpoint that serves a champion, a monitor of it, and steps that try a challenger beside it. */
async function aTrial() {
  const { namespace, train, inputs, model } = await aProject(server);
  const endpoint = `${namespace}/live`;
  const champion = await aModel(server, { namespace, name: "champion" });
  await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
  const approval = { about: champion.id, decisionType: "APPROVAL" as const, reason: "the first" };
  await server.gql(DecideDocument, { input: approval });
  const serves = [{ modelVersion: champion.id }];
  const { data } = await server.gql(DeployDocument, { input: { endpoint, serves, reason: "the first" } });
  await isServed(data!.deploy.deployment!.id);
  const shadow = {
    type: "deploy",
    endpoint,
    serves: [{ model: { input: "champion" } }, { model, mode: "SHADOW" }],
  };
  const watch = { type: "watch", deployment: "shadow", about: model };
  const decide = {
    type: "decide",
    about: model,
    requires: [{ step: "watch", output: "report" }],
    otherwise: "REJECTION",
  };
  const promote = { type: "deploy", endpoint, serves: [{ model }], after: ["decide"] };
  const champions = { champion: { type: "ModelVersion", default: champion.key } };
  return {
    namespace,
    endpoint,
    champion,
    monitor: await aMonitor(namespace, endpoint),
    inputs: { ...inputs, ...champions },
    steps: { train, shadow, watch, decide, promote },
  };
}
type Trial = Awaited<ReturnType<typeof aTrial>>;

async function aMonitor(namespace: string, endpoint: string) {
  const plugin = await aPlugin(server, { kind: "service", runType: "MONITORING", inputs: {}, outputs: {} });
  const run = await aQueuedRun(server, { namespace, plugin: plugin.name, endpoint });
  const { token } = await anAttempt(server, run);
  await server.gql(StartRunDocument, { input: { run, attempt: 1, environment: { os: "linux" } } }, token);
  return { run, token };
}

const isServed = (deployment: string) => server.gql(ReportDeploymentDocument, { input: { deployment } });

/** The run once the challenger answers in the shadow, and what a monitor tells of then. */
async function aWatchedRun({
  namespace,
  inputs,
  steps,
}: Pick<Trial, "namespace" | "inputs"> & { readonly steps: object }) {
  const run = await aStartedPipeline(server, { inputs, steps }, namespace);
  const trained = await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
  await stepsBecome(server, run, { shadow: "RUNNING" });
  const deployment = (await stepOf(server, run, "shadow")).deployment!.id;
  await isServed(deployment);
  await stepsBecome(server, run, { shadow: "SUCCEEDED", watch: "RUNNING" });
  const challenger = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
  return { run, trained, deployment, challenger };
}

interface Told {
  readonly about: readonly string[];
  readonly reportType?: "EVALUATION" | "DRIFT";
  readonly verdict?: Verdict;
  /** What the rule `better` came to. */
  readonly better?: Verdict;
}

async function tell({ run, token }: Trial["monitor"], told: Told): Promise<string> {
  const { about, reportType = "EVALUATION", verdict, better } = told;
  const rule = { rule: "better", kind: "BETTER_THAN_BASELINE" as const, metric: "auc", bound: 0, message: "told" };
  const rules = better === undefined ? [] : [{ ...rule, outcome: better }];
  const said = { reportType, verdict: verdict ?? null, metrics: [], rules };
  const input = { run, attempt: 1, name: unique("window"), about: [...about], ...said };
  const { data, text } = await server.gql(AddReportDocument, { input }, token);
  if (!data?.addReport.report) throw new Error(text);
  return data.addReport.report.id;
}

describe("a step that watches", () => {
  test("waits until the monitor's report about the model at that deployment has decided, and what requires it goes on", async () => {
    const trial = await aTrial();
    const { run, deployment, challenger } = await aWatchedRun(trial);
    const said = (await pipelineRun(server, run)).whyWaiting;
    expect(said).toBe(
      `the step watch waits for a report about ${trial.endpoint}@2 that decides (${trial.monitor.run} watches that endpoint and is RUNNING)`,
    );
    await tell(trial.monitor, { about: [deployment], verdict: "FAIL" });
    await tell(trial.monitor, { about: [deployment, trial.champion.id], verdict: "FAIL" });
    await tell(trial.monitor, { about: [deployment, challenger], verdict: "NOT_ENOUGH_DATA" });
    expect((await stepOf(server, run, "watch")).state).toBe("RUNNING");
    const report = await tell(trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "SUCCEEDED", promote: "RUNNING" });
    expect((await stepOf(server, run, "watch")).report).toEqual({ id: report, verdict: "PASS" });
    expect((await stepOf(server, run, "decide")).decision?.decisionType).toBe("APPROVAL");
    await isServed((await stepOf(server, run, "promote")).deployment!.id);
    expect((await endOf(server, run)).state).toBe("SUCCEEDED");
  });

  test.each([
    ["PASS", "FAIL", "SUCCEEDED"],
    ["FAIL", "PASS", "FAILED"],
  ] as const)(
    "for a rule waits for that rule, by which it is judged: %s, though the verdict is %s",
    async (better, verdict, state) => {
      const trial = await aTrial();
      const steps = { ...trial.steps, watch: { ...trial.steps.watch, rule: "better" } };
      const { run, deployment, challenger } = await aWatchedRun({ ...trial, steps });
      await tell(trial.monitor, { about: [deployment, challenger], verdict, better: "NOT_ENOUGH_DATA" });
      await tell(trial.monitor, { about: [deployment, challenger], verdict });
      expect((await stepOf(server, run, "watch")).state).toBe("RUNNING");
      await tell(trial.monitor, { about: [deployment, challenger], verdict, better });
      await stepsBecome(server, run, { watch: "SUCCEEDED", decide: state });
      const { decision, failure } = await stepOf(server, run, "decide");
      const words = "the rule better in report of the step watch is FAIL";
      expect([decision?.decisionType, failure?.message]).toEqual(
        state === "FAILED" ? ["REJECTION", words] : ["APPROVAL", undefined],
      );
    },
  );

  test("finds what was told before it began, whatever is served by then", async () => {
    const trial = await aTrial();
    const ask = { type: "ask", about: trial.steps.watch.about, after: ["shadow"] };
    const steps = { ...trial.steps, ask, watch: { ...trial.steps.watch, after: ["ask"] } };
    const run = await aStartedPipeline(server, { inputs: trial.inputs, steps }, trial.namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await stepsBecome(server, run, { shadow: "RUNNING" });
    const deployment = (await stepOf(server, run, "shadow")).deployment!.id;
    await isServed(deployment);
    const about = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
    await tell(trial.monitor, { about: [deployment, about], verdict: "PASS" });
    const input = { endpoint: trial.endpoint, serves: [{ modelVersion: trial.champion.id }], reason: "no more trials" };
    await isServed((await server.gql(DeployDocument, { input })).data!.deploy.deployment!.id);
    await server.gql(DecideDocument, { input: { about, decisionType: "APPROVAL", reason: "looked at it" } });
    await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "SUCCEEDED" });
  });

  test("hears no report of another type, nor one from another namespace", async () => {
    const trial = await aTrial();
    const { run, deployment, challenger } = await aWatchedRun(trial);
    const about = [deployment, challenger];
    await tell(trial.monitor, { about, reportType: "DRIFT", verdict: "PASS" });
    const stranger = await aMonitor(unique("elsewhere"), trial.endpoint);
    await tell(stranger, { about, verdict: "PASS" });
    const report = await tell(trial.monitor, { about, verdict: "FAIL" });
    await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "FAILED" });
    expect((await stepOf(server, run, "watch")).report).toEqual({ id: report, verdict: "FAIL" });
  });

  test("gives up after so many reports that have not decided", async () => {
    const trial = await aTrial();
    const steps = { ...trial.steps, watch: { ...trial.steps.watch, maxReports: 2 } };
    const { run, deployment, challenger } = await aWatchedRun({ ...trial, steps });
    await tell(trial.monitor, { about: [deployment, challenger], verdict: "NOT_ENOUGH_DATA" });
    const last = await tell(trial.monitor, { about: [deployment, challenger] });
    expect((await endOf(server, run)).failure?.message).toBe("the step watch: none of 2 reports has decided");
    expect(await stepOf(server, run, "watch")).toMatchObject({ state: "FAILED", report: { id: last } });
    expect((await stepOf(server, run, "decide")).state).toBe("SKIPPED");
  });

  test("fails where another revision takes the place of the one that it watches", async () => {
    const trial = await aTrial();
    const { run } = await aWatchedRun(trial);
    const serves = [{ modelVersion: trial.champion.id }];
    const input = { endpoint: trial.endpoint, serves, reason: "no more trials today" };
    const { data } = await server.gql(DeployDocument, { input });
    await isServed(data!.deploy.deployment!.id);
    expect((await endOf(server, run)).failure?.message).toBe(
      `the step watch: ${trial.endpoint}@2 is SUPERSEDED, and no report has decided`,
    );
  });

  test("is taken over by a rerun with what it has found, and watches again where the deployment is made again", async () => {
    const trial = await aTrial();
    const { run, deployment, challenger } = await aWatchedRun(trial);
    const report = await tell(trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { promote: "RUNNING" });
    const again = async (step: string) => {
      const { data } = await server.gql(RerunPipelineDocument, { input: { run, steps: [step] } });
      return data!.rerunPipeline.run!.id;
    };
    const judged = await again("decide");
    await stepsBecome(server, judged, { watch: "REUSED", decide: "SUCCEEDED" });
    expect((await stepOf(server, judged, "watch")).report?.id).toBe(report);
    const tried = await again("shadow");
    await stepsBecome(server, tried, { shadow: "RUNNING", watch: "WAITING" });
  });
});

describe("what was put on trial", () => {
  const withdraw = { type: "withdraw", deployment: "shadow" };
  const servedBy = async (key: string) => {
    const { data } = await server.gql(EndpointDocument, { key });
    return data!.endpoint!;
  };

  test("is withdrawn where it was rejected: what was served before is served again, by the rule's decision", async () => {
    const trial = await aTrial();
    const steps = { ...trial.steps, withdraw };
    const { run, deployment, challenger } = await aWatchedRun({ ...trial, steps });
    await tell(trial.monitor, { about: [deployment, challenger], verdict: "FAIL" });
    await stepsBecome(server, run, { decide: "FAILED", promote: "SKIPPED", withdraw: "RUNNING" });
    const { deployment: back, decision } = await stepOf(server, run, "withdraw");
    expect([back?.key, decision?.decisionType]).toEqual([`${trial.endpoint}@3`, "ROLLBACK"]);
    expect((await pipelineRun(server, run)).whyWaiting).toContain(`the step withdraw waits until ${trial.endpoint}@3`);
    const rejection = (await stepOf(server, run, "decide")).decision!.id;
    const { data } = await server.gql(DecisionsDocument, { about: back!.id });
    expect(data?.decisions.nodes).toMatchObject([
      { basis: [{ node: { id: rejection } }], reason: expect.stringContaining("the step decide of the pipeline run") },
    ]);
    await isServed(back!.id);
    expect((await endOf(server, run)).failure?.message).toContain("the step decide: the verdict of report");
    const { activeDeployment, versions } = await servedBy(trial.endpoint);
    expect(activeDeployment?.id).toBe(back!.id);
    expect(versions.nodes[0]).toMatchObject({ id: back!.id, serves: [{ node: { id: trial.champion.id } }] });
  });

  test("is withdrawn where nothing was found out, on the last report", async () => {
    const trial = await aTrial();
    const steps = { ...trial.steps, watch: { ...trial.steps.watch, maxReports: 1 }, withdraw };
    const { run, deployment, challenger } = await aWatchedRun({ ...trial, steps });
    const report = await tell(trial.monitor, { about: [deployment, challenger], verdict: "NOT_ENOUGH_DATA" });
    await stepsBecome(server, run, { watch: "FAILED", withdraw: "RUNNING" });
    const about = (await stepOf(server, run, "withdraw")).deployment!.id;
    const { data } = await server.gql(DecisionsDocument, { about });
    expect(data?.decisions.nodes).toMatchObject([{ basis: [{ node: { id: report } }] }]);
  });

  test("stays where nothing has failed", async () => {
    const trial = await aTrial();
    const steps = { ...trial.steps, withdraw };
    const { run, deployment, challenger } = await aWatchedRun({ ...trial, steps });
    await tell(trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { promote: "RUNNING" });
    await isServed((await stepOf(server, run, "promote")).deployment!.id);
    expect((await endOf(server, run)).state).toBe("SUCCEEDED");
    expect((await stepOf(server, run, "withdraw")).state).toBe("SKIPPED");
    expect((await servedBy(trial.endpoint)).latestVersion).toBe(3);
  });

  test("stays gone where a person has put something else in its place", async () => {
    const trial = await aTrial();
    const steps = { ...trial.steps, withdraw };
    const { run } = await aWatchedRun({ ...trial, steps });
    const serves = [{ modelVersion: trial.champion.id }];
    const input = { endpoint: trial.endpoint, serves, reason: "no more trials today" };
    const { data } = await server.gql(DeployDocument, { input });
    await isServed(data!.deploy.deployment!.id);
    expect((await endOf(server, run)).state).toBe("FAILED");
    expect(await stepOf(server, run, "withdraw")).toMatchObject({ state: "SKIPPED", deployment: null });
    expect((await servedBy(trial.endpoint)).latestVersion).toBe(3);
  });

  test("is withdrawn past what the pipeline run has itself deployed before", async () => {
    const trial = await aTrial();
    const { shadow, watch } = trial.steps;
    const steps = {
      ...trial.steps,
      promote: { ...shadow, after: ["decide"] },
      again: { ...watch, deployment: "promote", maxReports: 1 },
      withdraw,
      stop: { type: "withdraw", deployment: "promote" },
    };
    const { run, deployment, challenger } = await aWatchedRun({ ...trial, steps });
    await tell(trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { promote: "RUNNING" });
    const second = (await stepOf(server, run, "promote")).deployment!.id;
    await isServed(second);
    await stepsBecome(server, run, { again: "RUNNING" });
    await tell(trial.monitor, { about: [second, challenger] });
    await stepsBecome(server, run, { withdraw: "SKIPPED", stop: "RUNNING" });
    const { wantedDeployment, versions } = await servedBy(trial.endpoint);
    expect(wantedDeployment?.key).toBe(`${trial.endpoint}@4`);
    expect(versions.nodes[0]!.serves).toMatchObject([{ node: { id: trial.champion.id } }]);
    expect(versions.nodes[0]!.serves).toHaveLength(1);
  });

  test("is withdrawn again by a rerun that tries again", async () => {
    const trial = await aTrial();
    const steps = { ...trial.steps, withdraw };
    const first = await aWatchedRun({ ...trial, steps });
    await tell(trial.monitor, { about: [first.deployment, first.challenger], verdict: "FAIL" });
    await stepsBecome(server, first.run, { withdraw: "RUNNING" });
    await isServed((await stepOf(server, first.run, "withdraw")).deployment!.id);
    await endOf(server, first.run);
    const rerun = async (step: string) => {
      const { data } = await server.gql(RerunPipelineDocument, { input: { run: first.run, steps: [step] } });
      return data!.rerunPipeline.run!.id;
    };
    // A rerun that deploys nothing has nothing to withdraw, and takes no withdrawal over for its own.
    const judged = await rerun("decide");
    expect((await endOf(server, judged)).failure?.message).toContain("is REJECTED already");
    expect(await stepOf(server, judged, "withdraw")).toMatchObject({ state: "SKIPPED", reusedFrom: null });
    const run = await rerun("train");
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await stepsBecome(server, run, { shadow: "RUNNING", withdraw: "WAITING" });
    await isServed((await stepOf(server, run, "shadow")).deployment!.id);
    await stepsBecome(server, run, { watch: "RUNNING" });
    const second = (await stepOf(server, run, "shadow")).deployment!.id;
    const challenger = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
    await tell(trial.monitor, { about: [second, challenger], verdict: "FAIL" });
    await stepsBecome(server, run, { withdraw: "RUNNING" });
    expect((await servedBy(trial.endpoint)).latestVersion).toBe(5);
  });
});
