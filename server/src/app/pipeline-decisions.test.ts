import {
  CreateEndpointDocument,
  DecideDocument,
  PipelineDocument,
  PipelineVersionDocument,
  PublishPipelineVersionDocument,
  ReportDeploymentDocument,
  RunDocument,
  StartPipelineDocument,
  SuspendDeploymentDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aPlugin } from "../../../test/support/builders.ts";
import {
  aModelOutput,
  aPipeline,
  aPipelineRun,
  aProject,
  aReportOutput,
  aStartedPipeline,
  endOf,
  pipelineRun,
  stepOf,
  stepsBecome,
  type WrittenDefinition,
  workOn,
} from "../../../test/support/pipelines.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aServedEndpoint } from "../../../test/support/triggers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe("who decides in a pipeline", () => {
  test("is its rule, where the reports have passed; and the endpoint then gets the model", async () => {
    const { namespace, train, evaluate, inputs, requires, model } = await aProject(server);
    await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
    const approve = { type: "decide", about: model, requires };
    const live = { type: "deploy", endpoint: `${namespace}/live`, serves: [{ model }], after: ["approve"] };
    const pipeline = await aPipeline(server, { inputs, steps: { train, evaluate, approve, live } }, { namespace });
    const run = await aPipelineRun(server, { pipeline });
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await workOn(server, run, "evaluate", { outputs: [aReportOutput("PASS")] });
    await stepsBecome(server, run, { approve: "SUCCEEDED", live: "RUNNING" });
    const policy = `${pipeline}#approve`;
    expect((await stepOf(server, run, "approve")).decision).toMatchObject({ decisionType: "APPROVAL", policy });
    const { deployment, decision } = await stepOf(server, run, "live");
    expect(decision).toMatchObject({ decisionType: "PROMOTION", policy: `${pipeline}#live` });
    expect((await pipelineRun(server, run)).whyWaiting).toBe(
      `the step live waits until ${namespace}/live@1 is served (a service of that endpoint says so)`,
    );
    await server.gql(ReportDeploymentDocument, { input: { deployment: deployment!.id } });
    expect((await endOf(server, run)).state).toBe("SUCCEEDED");
  });

  test("is its rule, which rejects what has not passed where it says so", async () => {
    const { namespace, train, evaluate, inputs, requires, model } = await aProject(server);
    const approve = { type: "decide", about: model, requires, otherwise: "REJECTION" };
    const run = await aStartedPipeline(server, { inputs, steps: { train, evaluate, approve } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await workOn(server, run, "evaluate", { outputs: [aReportOutput("FAIL")] });
    expect((await endOf(server, run)).state).toBe("FAILED");
    const step = await stepOf(server, run, "approve");
    expect(step).toMatchObject({ state: "FAILED", decision: { decisionType: "REJECTION" } });
  });

  test("is no rule where a person has rejected the model before it: reports that pass do not lift that", async () => {
    const { namespace, train, evaluate, inputs, requires, model } = await aProject(server);
    const approve = { type: "decide", about: model, requires };
    const run = await aStartedPipeline(server, { inputs, steps: { train, evaluate, approve } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    const about = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
    await server.gql(DecideDocument, { input: { about, decisionType: "REJECTION", reason: "biased" } });
    await workOn(server, run, "evaluate", { outputs: [aReportOutput("PASS")] });
    expect((await endOf(server, run)).failure?.message).toBe(
      `the step approve: ${namespace}/model@1 is REJECTED already`,
    );
    expect((await stepOf(server, run, "approve")).decision).toBeNull();
  });

  test("fails where the endpoint could not serve the model", async () => {
    const { namespace, train, inputs, model } = await aProject(server);
    await server.gql(CreateEndpointDocument, { input: { namespace, name: "live", requiresApproval: false } });
    const live = { type: "deploy", endpoint: `${namespace}/live`, serves: [{ model }] };
    const run = await aStartedPipeline(server, { inputs, steps: { train, live } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await stepsBecome(server, run, { live: "RUNNING" });
    const deployment = (await stepOf(server, run, "live")).deployment!.id;
    const failure = { type: "BAD_INPUT" as const, message: "no model.json", retryable: false };
    await server.gql(ReportDeploymentDocument, { input: { deployment, failure } });
    expect((await endOf(server, run)).failure?.message).toBe("the step live: no model.json");
  });

  test("puts nothing in the place of what a person has suspended", async () => {
    const { namespace, train, inputs, model } = await aProject(server);
    const { endpoint } = await aServedEndpoint(server, namespace);
    await server.gql(SuspendDeploymentDocument, { input: { endpoint, reason: "it warns of every flight" } });
    const live = { type: "deploy", endpoint, serves: [{ model }] };
    const run = await aStartedPipeline(server, { inputs, steps: { train, live } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    expect((await endOf(server, run)).failure?.message).toContain(`${endpoint} is suspended by a person`);
  });

  test("does not deploy what nobody has approved", async () => {
    const { namespace, train, inputs, model } = await aProject(server);
    await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
    const live = { type: "deploy", endpoint: `${namespace}/live`, serves: [{ model }] };
    const run = await aStartedPipeline(server, { inputs, steps: { train, live } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    expect((await endOf(server, run)).failure?.message).toContain("is not approved");
  });

  test.each([
    ["APPROVAL", "SUCCEEDED"],
    ["REJECTION", "FAILED"],
  ] as const)("is a person where it asks: %s, and the run has %s", async (decisionType, state) => {
    const { namespace, train, inputs, model } = await aProject(server);
    const run = await aStartedPipeline(
      server,
      { inputs, steps: { train, ask: { type: "ask", about: model } } },
      namespace,
    );
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await stepsBecome(server, run, { ask: "RUNNING" });
    const { whyWaiting } = await pipelineRun(server, run);
    expect(whyWaiting).toContain(`waits for an APPROVER of ${namespace} to decide on ${namespace}/model@1`);
    const about = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
    const decided = await server.gql(DecideDocument, { input: { about, decisionType, reason: "looked at it" } });
    expect((await endOf(server, run)).state).toBe(state);
    expect((await stepOf(server, run, "ask")).decision?.id).toBe(decided.data?.decide.decision?.id);
  });
});

describe("a definition", () => {
  const refusals = async (definition: WrittenDefinition, namespace: string, token?: string) => {
    const input = { namespace, name: "p", definition: definition as never };
    const { data, errors } = await server.gql(PublishPipelineVersionDocument, { input }, token);
    const refused = (data?.publishPipelineVersion?.userErrors ?? []).map(
      ({ code, path }) => `${code} ${path.join(".")}`,
    );
    return [...refused, ...errors.map(({ extensions }) => extensions.code)];
  };

  test("is the same version when it is published again, and another when it has changed", async () => {
    const { namespace, train, inputs } = await aProject(server);
    const name = "retrain";
    const one = await aPipeline(server, { inputs, steps: { train } }, { namespace, name });
    const written = { steps: { train: { ...train, cache: true, maxAttempts: 3 } }, inputs };
    expect(await aPipeline(server, written, { namespace, name })).toBe(one);
    const two = await aPipeline(server, { inputs, steps: { train: { ...train, cache: false } } }, { namespace, name });
    expect([one, two]).toEqual([`${namespace}/${name}@1`, `${namespace}/${name}@2`]);
    const { data } = await server.gql(PipelineDocument, { key: `${namespace}/${name}` });
    expect(data?.pipeline).toMatchObject({ latestVersion: 2, versions: { nodes: [{ key: two }, { key: one }] } });
    const latest = await server.gql(PipelineVersionDocument, { key: `${namespace}/${name}@latest` });
    expect(latest.data?.pipelineVersion).toMatchObject({
      key: two,
      definition: { steps: { train: { cache: false } } },
    });
  });

  test("is refused with the path to each fault", async () => {
    const { namespace, train, evaluate, inputs, trains } = await aProject(server);
    const service = await aPlugin(server, { kind: "service", runType: "SERVING", inputs: {}, outputs: {} });
    const live = {
      type: "deploy",
      endpoint: `${namespace}/nowhere`,
      serves: [{ model: { step: "train", output: "model" } }],
    };
    expect(
      await refusals(
        {
          inputs,
          steps: {
            train: { ...train, parameters: { epochs: 900 } },
            evaluate: { ...evaluate, plugin: "no-such-plugin" },
            serve: { type: "run", plugin: service.name },
            twice: train,
            around: { type: "run", plugin: trains.name, after: ["around"] },
            live,
          },
        },
        namespace,
      ),
    ).toEqual([
      "PARAMETERS_INVALID definition.steps.train.parameters.epochs",
      "PLUGIN_UNKNOWN definition.steps.evaluate.plugin",
      "INVALID_INPUT definition.steps.serve.plugin",
      "INVALID_INPUT definition.steps.twice.outputs.model",
      "PIPELINE_CYCLE definition.steps.around",
      "UNKNOWN_NODE definition.steps.live.endpoint",
    ]);
    expect(await refusals({ steps: { train: { type: "walk" } } }, namespace)).toEqual([
      "INVALID_INPUT definition.steps.train.type",
    ]);
  });

  test("that decides or deploys is an approver's to publish, and a contributor's to start", async () => {
    const { namespace, train, evaluate, inputs, requires, model } = await aProject(server);
    const definition = { inputs, steps: { train, evaluate, approve: { type: "decide", about: model, requires } } };
    const contributor = await server.tokenFor({ [namespace]: ["CONTRIBUTOR"] });
    expect(await refusals(definition, namespace, contributor)).toEqual(["FORBIDDEN"]);
    expect(await refusals({ inputs, steps: { train } }, namespace, contributor)).toEqual([]);
    const pipeline = await aPipeline(server, definition, { namespace });
    const { data } = await server.gql(StartPipelineDocument, { input: { pipeline } }, contributor);
    expect(data?.startPipeline.run?.state).toBe("RUNNING");
    const viewer = await server.tokenFor({ [namespace]: ["VIEWER"] });
    const seen = await server.gql(StartPipelineDocument, { input: { pipeline } }, viewer);
    expect(seen.errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    const stranger = await server.tokenFor({ elsewhere: ["CONTRIBUTOR"] });
    const unseen = await server.gql(StartPipelineDocument, { input: { pipeline } }, stranger);
    expect(unseen.data?.startPipeline.userErrors).toMatchObject([{ code: "UNKNOWN_NODE", path: ["pipeline"] }]);
  });

  test("is started with inputs that its caller may read, of the types that it says", async () => {
    const { namespace, train } = await aProject(server);
    const inputs = { rows: { type: "DatasetVersion" } };
    const steps = { train };
    const pipeline = await aPipeline(server, { inputs, steps }, { namespace });
    const secret = await aDataset(server, { namespace: unique("secret") });
    const token = await server.tokenFor({ [namespace]: ["CONTRIBUTOR"] });
    const start = async (given: { role: string; node: string }[]) => {
      const { data } = await server.gql(StartPipelineDocument, { input: { pipeline, inputs: given } }, token);
      return data?.startPipeline.userErrors.map(({ code, path }) => `${code} ${path.join(".")}`);
    };
    expect(await start([])).toEqual(["INVALID_INPUT inputs"]);
    expect(await start([{ role: "rows", node: secret.id }])).toEqual(["UNKNOWN_NODE inputs.0.node"]);
    expect(await start([{ role: "rows", node: pipeline }])).toEqual(["WRONG_TYPE inputs.0.node"]);
    expect(await start([{ role: "other", node: secret.id }])).toEqual(["INVALID_INPUT inputs.0.role"]);
    const rows = { role: "rows", node: `${namespace}/rows@latest` };
    expect(await start([rows])).toEqual([]);
    expect(await start([rows, rows])).toEqual(["INVALID_INPUT inputs.1.role"]);
  });

  test("may take several versions under one role", async () => {
    const { namespace, train } = await aProject(server);
    const inputs = { rows: { type: "DatasetVersion", many: true } };
    const pipeline = await aPipeline(server, { inputs, steps: { train } }, { namespace });
    const versions = [await aDataset(server, { namespace }), await aDataset(server, { namespace })];
    const given = versions.map(({ id }) => ({ role: "rows", node: id }));
    const run = await aPipelineRun(server, { pipeline, inputs: given });
    await stepsBecome(server, run, { train: "RUNNING" });
    const child = await server.gql(RunDocument, { id: (await stepOf(server, run, "train")).run!.id });
    const used = (child.data!.node as { inputs: { role: string; node: { id: string } }[] }).inputs;
    expect(used.flatMap(({ role, node }) => (role === "train" ? [node.id] : []))).toEqual(versions.map(({ id }) => id));
  });
});
