import {
  DecideDocument,
  DecisionsDocument,
  DeployDocument,
  EndpointDocument,
  RerunPipelineDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aModel } from "../../../test/support/builders.ts";
import {
  aModelOutput,
  aStartedPipeline,
  endOf,
  pipelineRun,
  stepOf,
  stepsBecome,
  workOn,
} from "../../../test/support/pipelines.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { serve } from "../../../test/support/triggers.ts";
import { aMonitor, aTrial, aWatchedRun, isServed, tell } from "../../../test/support/trials.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe("a step that watches", () => {
  test("waits until the monitor's report about the model at that deployment has decided, and what requires it goes on", async () => {
    const trial = await aTrial(server);
    const { run, deployment, challenger } = await aWatchedRun(server, trial);
    const said = (await pipelineRun(server, run)).whyWaiting;
    expect(said).toBe(
      `the step watch waits for a report about ${trial.endpoint}@2 that decides (${trial.monitor.run} watches that endpoint and is RUNNING)`,
    );
    await tell(server, trial.monitor, { about: [deployment], verdict: "FAIL" });
    await tell(server, trial.monitor, { about: [deployment, trial.champion.id], verdict: "FAIL" });
    await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "NOT_ENOUGH_DATA" });
    expect((await stepOf(server, run, "watch")).state).toBe("RUNNING");
    const report = await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "SUCCEEDED", promote: "RUNNING" });
    expect((await stepOf(server, run, "watch")).report).toEqual({ id: report, verdict: "PASS" });
    expect((await stepOf(server, run, "decide")).decision?.decisionType).toBe("APPROVAL");
    await isServed(server, (await stepOf(server, run, "promote")).deployment!.id);
    expect((await endOf(server, run)).state).toBe("SUCCEEDED");
  });

  test.each([
    ["PASS", "FAIL", "SUCCEEDED"],
    ["FAIL", "PASS", "FAILED"],
  ] as const)(
    "for a rule waits for that rule, by which it is judged: %s, though the verdict is %s",
    async (better, verdict, state) => {
      const trial = await aTrial(server);
      const steps = { ...trial.steps, watch: { ...trial.steps.watch, rule: "better" } };
      const { run, deployment, challenger } = await aWatchedRun(server, { ...trial, steps });
      await tell(server, trial.monitor, { about: [deployment, challenger], verdict, better: "NOT_ENOUGH_DATA" });
      await tell(server, trial.monitor, { about: [deployment, challenger], verdict });
      expect((await stepOf(server, run, "watch")).state).toBe("RUNNING");
      await tell(server, trial.monitor, { about: [deployment, challenger], verdict, better });
      await stepsBecome(server, run, { watch: "SUCCEEDED", decide: state });
      const { decision, failure } = await stepOf(server, run, "decide");
      const words = "the rule better in report of the step watch is FAIL";
      expect([decision?.decisionType, failure?.message]).toEqual(
        state === "FAILED" ? ["REJECTION", words] : ["APPROVAL", undefined],
      );
    },
  );

  test("finds what was told before it began, whatever is served by then", async () => {
    const trial = await aTrial(server);
    const ask = { type: "ask", about: trial.steps.watch.about, after: ["shadow"] };
    const steps = { ...trial.steps, ask, watch: { ...trial.steps.watch, after: ["ask"] } };
    const run = await aStartedPipeline(server, { inputs: trial.inputs, steps }, trial.namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await stepsBecome(server, run, { shadow: "RUNNING" });
    const deployment = (await stepOf(server, run, "shadow")).deployment!.id;
    await isServed(server, deployment);
    const about = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
    await tell(server, trial.monitor, { about: [deployment, about], verdict: "PASS" });
    const input = { endpoint: trial.endpoint, serves: [{ modelVersion: trial.champion.id }], reason: "no more trials" };
    await isServed(server, (await server.gql(DeployDocument, { input })).data!.deploy.deployment!.id);
    await server.gql(DecideDocument, { input: { about, decisionType: "APPROVAL", reason: "looked at it" } });
    await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "SUCCEEDED" });
  });

  test("hears no report of another type, nor one from another namespace", async () => {
    const trial = await aTrial(server);
    const { run, deployment, challenger } = await aWatchedRun(server, trial);
    const about = [deployment, challenger];
    await tell(server, trial.monitor, { about, reportType: "DRIFT", verdict: "PASS" });
    const stranger = await aMonitor(server, unique("elsewhere"), trial.endpoint);
    await tell(server, stranger, { about, verdict: "PASS" });
    const report = await tell(server, trial.monitor, { about, verdict: "FAIL" });
    await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "FAILED" });
    expect((await stepOf(server, run, "watch")).report).toEqual({ id: report, verdict: "FAIL" });
  });

  test("gives up after so many reports that have not decided", async () => {
    const trial = await aTrial(server);
    const steps = { ...trial.steps, watch: { ...trial.steps.watch, maxReports: 2 } };
    const { run, deployment, challenger } = await aWatchedRun(server, { ...trial, steps });
    await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "NOT_ENOUGH_DATA" });
    const last = await tell(server, trial.monitor, { about: [deployment, challenger] });
    expect((await endOf(server, run)).failure?.message).toBe("the step watch: none of 2 reports has decided");
    expect(await stepOf(server, run, "watch")).toMatchObject({ state: "FAILED", report: { id: last } });
    expect((await stepOf(server, run, "decide")).state).toBe("SKIPPED");
  });

  test("fails where another revision takes the place of the one that it watches", async () => {
    const trial = await aTrial(server);
    const { run } = await aWatchedRun(server, trial);
    const serves = [{ modelVersion: trial.champion.id }];
    const input = { endpoint: trial.endpoint, serves, reason: "no more trials today" };
    const { data } = await server.gql(DeployDocument, { input });
    await isServed(server, data!.deploy.deployment!.id);
    expect((await endOf(server, run)).failure?.message).toBe(
      `the step watch: ${trial.endpoint}@2 is SUPERSEDED, and no report has decided`,
    );
  });

  test("is taken over by a rerun with what it has found, and watches again where the deployment is made again", async () => {
    const trial = await aTrial(server);
    const { run, deployment, challenger } = await aWatchedRun(server, trial);
    const report = await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
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
    const trial = await aTrial(server);
    const steps = { ...trial.steps, withdraw };
    const { run, deployment, challenger } = await aWatchedRun(server, { ...trial, steps });
    await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "FAIL" });
    await stepsBecome(server, run, { decide: "FAILED", promote: "SKIPPED", withdraw: "RUNNING" });
    const { deployment: back, decision } = await stepOf(server, run, "withdraw");
    expect([back?.key, decision?.decisionType]).toEqual([`${trial.endpoint}@3`, "ROLLBACK"]);
    expect((await pipelineRun(server, run)).whyWaiting).toContain(`the step withdraw waits until ${trial.endpoint}@3`);
    const rejection = (await stepOf(server, run, "decide")).decision!.id;
    const { data } = await server.gql(DecisionsDocument, { about: back!.id });
    expect(data?.decisions.nodes).toMatchObject([
      { basis: [{ node: { id: rejection } }], reason: expect.stringContaining("the step decide of the pipeline run") },
    ]);
    await isServed(server, back!.id);
    expect((await endOf(server, run)).failure?.message).toContain("the step decide: the verdict of report");
    const { activeDeployment, versions } = await servedBy(trial.endpoint);
    expect(activeDeployment?.id).toBe(back!.id);
    expect(versions.nodes[0]).toMatchObject({ id: back!.id, serves: [{ node: { id: trial.champion.id } }] });
  });

  test("is withdrawn where nothing was found out, on the last report", async () => {
    const trial = await aTrial(server);
    const steps = { ...trial.steps, watch: { ...trial.steps.watch, maxReports: 1 }, withdraw };
    const { run, deployment, challenger } = await aWatchedRun(server, { ...trial, steps });
    const report = await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "NOT_ENOUGH_DATA" });
    await stepsBecome(server, run, { watch: "FAILED", withdraw: "RUNNING" });
    const about = (await stepOf(server, run, "withdraw")).deployment!.id;
    const { data } = await server.gql(DecisionsDocument, { about });
    expect(data?.decisions.nodes).toMatchObject([{ basis: [{ node: { id: report } }] }]);
  });

  test("stays where nothing has failed", async () => {
    const trial = await aTrial(server);
    const steps = { ...trial.steps, withdraw };
    const { run, deployment, challenger } = await aWatchedRun(server, { ...trial, steps });
    await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { promote: "RUNNING" });
    await isServed(server, (await stepOf(server, run, "promote")).deployment!.id);
    expect((await endOf(server, run)).state).toBe("SUCCEEDED");
    expect((await stepOf(server, run, "withdraw")).state).toBe("SKIPPED");
    expect((await servedBy(trial.endpoint)).latestVersion).toBe(3);
  });

  test("stays gone where a person has put something else in its place", async () => {
    const trial = await aTrial(server);
    const steps = { ...trial.steps, withdraw };
    const { run } = await aWatchedRun(server, { ...trial, steps });
    const serves = [{ modelVersion: trial.champion.id }];
    const input = { endpoint: trial.endpoint, serves, reason: "no more trials today" };
    const { data } = await server.gql(DeployDocument, { input });
    await isServed(server, data!.deploy.deployment!.id);
    expect((await endOf(server, run)).state).toBe("FAILED");
    expect(await stepOf(server, run, "withdraw")).toMatchObject({ state: "SKIPPED", deployment: null });
    expect((await servedBy(trial.endpoint)).latestVersion).toBe(3);
  });

  test("is withdrawn to what was there before the run, though that was the same", async () => {
    const trial = await aTrial(server);
    const other = await aModel(server, { namespace: trial.namespace, name: "other" });
    const approval = { about: other.id, decisionType: "APPROVAL" as const, reason: "for a day" };
    await server.gql(DecideDocument, { input: approval });
    for (const modelVersion of [other.id, trial.champion.id]) await serve(server, trial.endpoint, [{ modelVersion }]);
    const champion = { input: "champion" };
    const { train } = trial.steps;
    const shadow = { ...trial.steps.shadow, serves: [{ model: champion }], after: ["train"] };
    const watch = { ...trial.steps.watch, about: champion, maxReports: 1 };
    const watched = await aWatchedRun(server, { ...trial, steps: { train, shadow, watch, withdraw } });
    await tell(server, trial.monitor, { about: [watched.deployment, trial.champion.id] });
    await stepsBecome(server, watched.run, { withdraw: "RUNNING" });
    const { versions } = await servedBy(trial.endpoint);
    expect(versions.nodes[0]).toMatchObject({ restores: 3, serves: [{ node: { id: trial.champion.id } }] });
  });

  test("is withdrawn past what the pipeline run has itself deployed before", async () => {
    const trial = await aTrial(server);
    const { shadow, watch } = trial.steps;
    const steps = {
      ...trial.steps,
      promote: { ...shadow, after: ["decide"] },
      again: { ...watch, deployment: "promote", maxReports: 1 },
      withdraw,
      stop: { type: "withdraw", deployment: "promote" },
    };
    const { run, deployment, challenger } = await aWatchedRun(server, { ...trial, steps });
    await tell(server, trial.monitor, { about: [deployment, challenger], verdict: "PASS" });
    await stepsBecome(server, run, { promote: "RUNNING" });
    const second = (await stepOf(server, run, "promote")).deployment!.id;
    await isServed(server, second);
    await stepsBecome(server, run, { again: "RUNNING" });
    await tell(server, trial.monitor, { about: [second, challenger] });
    await stepsBecome(server, run, { withdraw: "SKIPPED", stop: "RUNNING" });
    const { wantedDeployment, versions } = await servedBy(trial.endpoint);
    expect(wantedDeployment?.key).toBe(`${trial.endpoint}@4`);
    expect(versions.nodes[0]!.serves).toMatchObject([{ node: { id: trial.champion.id } }]);
    expect(versions.nodes[0]!.serves).toHaveLength(1);
  });

  test("is withdrawn again by a rerun that tries again", async () => {
    const trial = await aTrial(server);
    const steps = { ...trial.steps, withdraw };
    const first = await aWatchedRun(server, { ...trial, steps });
    await tell(server, trial.monitor, { about: [first.deployment, first.challenger], verdict: "FAIL" });
    await stepsBecome(server, first.run, { withdraw: "RUNNING" });
    await isServed(server, (await stepOf(server, first.run, "withdraw")).deployment!.id);
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
    await isServed(server, (await stepOf(server, run, "shadow")).deployment!.id);
    await stepsBecome(server, run, { watch: "RUNNING" });
    const second = (await stepOf(server, run, "shadow")).deployment!.id;
    const challenger = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
    await tell(server, trial.monitor, { about: [second, challenger], verdict: "FAIL" });
    await stepsBecome(server, run, { withdraw: "RUNNING" });
    expect((await servedBy(trial.endpoint)).latestVersion).toBe(5);
  });
});
