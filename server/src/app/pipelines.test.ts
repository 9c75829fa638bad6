import {
  CancelRunDocument,
  CreateEndpointDocument,
  DecideDocument,
  LineageDocument,
  PipelineDocument,
  PipelineVersionDocument,
  PublishPipelineVersionDocument,
  ReportDeploymentDocument,
  RerunPipelineDocument,
  RunDocument,
  StartPipelineDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aPlugin } from "../../../test/support/builders.ts";
import {
  aModelOutput,
  aPipeline,
  aPipelineRun,
  aReportOutput,
  endOf,
  pipelineRun,
  stepOf,
  stepsBecome,
  type WrittenDefinition,
  workOn,
} from "../../../test/support/pipelines.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A namespace with a dataset, and two plugins: one trains on rows, the other says of a model and rows whether they pass. */
async function aProject() {
  const namespace = unique("project");
  const rows = await aDataset(server, { namespace, name: "rows" });
  const trains = await aPlugin(server);
  const evaluates = await aPlugin(server, {
    runType: "EVALUATION",
    inputs: {
      train: { type: "DatasetVersion", description: "Rows.", required: true, many: false },
      model: { type: "ModelVersion", description: "The model.", required: true, many: false },
    },
  });
  const train = {
    type: "run",
    plugin: trains.name,
    inputs: { train: [{ input: "rows" }] },
    outputs: { model: `${namespace}/model` },
  };
  const evaluate = {
    type: "run",
    plugin: evaluates.name,
    inputs: { train: [{ input: "rows" }], model: [{ step: "train", output: "model" }] },
  };
  const model = { step: "train", output: "model" };
  const requires = [{ step: "evaluate", output: "report" }];
  const inputs = { rows: { type: "DatasetVersion", default: rows.key } };
  return { namespace, rows, trains, evaluates, train, evaluate, model, requires, inputs };
}

async function started(definition: WrittenDefinition, namespace: string) {
  const pipeline = await aPipeline(server, definition, { namespace });
  return aPipelineRun(server, { pipeline });
}

const statesOf = async (run: string) =>
  Object.fromEntries((await pipelineRun(server, run)).steps!.map(({ name, state }) => [name, state]));

describe("a pipeline", () => {
  test("runs its steps one after another, each on what the one before has made", async () => {
    const { namespace, train, evaluate, inputs, rows, model, requires } = await aProject();
    const after = { type: "run", plugin: train.plugin, requires };
    const run = await started({ inputs, steps: { train, evaluate, after } }, namespace);
    const trained = await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    const evaluated = await workOn(server, run, "evaluate", { outputs: [aReportOutput("PASS", ["model"])] });
    await workOn(server, run, "after");
    expect(await endOf(server, run)).toMatchObject({ state: "SUCCEEDED", failure: null });
    const { data } = await server.gql(RunDocument, { id: evaluated });
    const made = (await stepOf(server, run, model.step)).run!.outputs[0]!.node.id;
    expect(data?.node).toMatchObject({
      name: expect.stringContaining("evaluate"),
      inputs: expect.arrayContaining([
        expect.objectContaining({ role: "train", node: expect.objectContaining({ id: rows.id }) }),
        expect.objectContaining({ role: "model", node: expect.objectContaining({ id: made }) }),
      ]),
    });
    const up = await server.gql(LineageDocument, { node: made, follow: ["MATERIAL", "CAUSAL"] });
    const reached = up.data?.lineage.edges.map(({ node }) => node.id);
    expect(reached).toEqual(expect.arrayContaining([trained, run, rows.id]));
    const material = await server.gql(LineageDocument, { node: made });
    expect(material.data?.lineage.edges.map(({ node }) => node.id)).not.toContain(run);
  });

  test("starts all that can start, and fails once what runs has ended; what comes after is skipped", async () => {
    const { namespace, train, evaluate, inputs, rows } = await aProject();
    const other = { ...train, outputs: { model: `${namespace}/other` } };
    const run = await started({ inputs, steps: { train, other, evaluate } }, namespace);
    await stepsBecome(server, run, { train: "RUNNING", other: "RUNNING", evaluate: "WAITING" });
    const failure = { type: "PLUGIN_ERROR" as const, message: "no rows", retryable: false };
    await workOn(server, run, "train", { failure });
    await stepsBecome(server, run, { train: "FAILED", other: "RUNNING", evaluate: "SKIPPED" });
    expect((await pipelineRun(server, run)).state).toBe("RUNNING");
    await workOn(server, run, "other", { outputs: [await aModelOutput(server)] });
    expect(await endOf(server, run)).toMatchObject({
      state: "FAILED",
      failure: { type: "PLUGIN_ERROR", message: "the step train: no rows" },
    });
    expect(rows.id).toBeTruthy();
  });

  test("goes no further than a report that has not passed", async () => {
    const { namespace, train, evaluate, inputs, requires } = await aProject();
    const after = { type: "run", plugin: train.plugin, requires };
    const run = await started({ inputs, steps: { train, evaluate, after } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await workOn(server, run, "evaluate", { outputs: [aReportOutput("FAIL", ["model"])] });
    const { failure } = await endOf(server, run);
    expect(failure?.message).toBe("the step after: the verdict of report of the step evaluate is FAIL");
    expect(await statesOf(run)).toEqual({ train: "SUCCEEDED", evaluate: "SUCCEEDED", after: "FAILED" });
  });

  test("is cancelled with what runs of it", async () => {
    const { namespace, train, evaluate, inputs } = await aProject();
    const run = await started({ inputs, steps: { train, evaluate } }, namespace);
    await stepsBecome(server, run, { train: "RUNNING" });
    await server.gql(CancelRunDocument, { input: { run } });
    await stepsBecome(server, run, { train: "CANCELLED", evaluate: "CANCELLED" });
    expect((await stepOf(server, run, "train")).run?.state).toBe("CANCELLED");
    expect((await pipelineRun(server, run)).state).toBe("CANCELLED");
  });

  test("takes the parameters and the seed that its run is given", async () => {
    const { namespace, train, inputs } = await aProject();
    const parameters = {
      type: "object",
      properties: { epochs: { type: "integer", default: 3 }, seed: { type: "integer" } },
    };
    const step = { ...train, parameters: { epochs: { parameter: "epochs" } }, seed: { parameter: "seed" } };
    const pipeline = await aPipeline(server, { parameters, inputs, steps: { train: step } }, { namespace });
    const run = await aPipelineRun(server, { pipeline, parameters: { epochs: 9, seed: 41 } });
    await stepsBecome(server, run, { train: "RUNNING" });
    const child = await server.gql(RunDocument, { id: (await stepOf(server, run, "train")).run!.id });
    expect(child.data?.node).toMatchObject({
      seed: 41,
      inputs: expect.arrayContaining([
        { role: "hyperparameters", node: expect.objectContaining({ parameters: { epochs: 9 } }) },
      ]),
    });
    const wrong = await server.gql(StartPipelineDocument, { input: { pipeline, parameters: { epochs: 900 } } });
    expect(wrong.data?.startPipeline.userErrors).toMatchObject([{ code: "PARAMETERS_INVALID", path: ["parameters"] }]);
  });
});

describe("what a pipeline has done before", () => {
  test("is not done again on the same content, unless the step says so", async () => {
    const { namespace, train, evaluate, inputs } = await aProject();
    const steps = { train, evaluate: { ...evaluate, cache: false } };
    const pipeline = await aPipeline(server, { inputs, steps }, { namespace });
    const first = await aPipelineRun(server, { pipeline });
    const trained = await workOn(server, first, "train", { outputs: [await aModelOutput(server)] });
    const evaluated = await workOn(server, first, "evaluate", { outputs: [aReportOutput("PASS")] });
    await endOf(server, first);
    const second = await aPipelineRun(server, { pipeline });
    await stepsBecome(server, second, { train: "REUSED", evaluate: "RUNNING" });
    const step = await stepOf(server, second, "train");
    expect([step.run?.id, step.reusedFrom?.pipelineRun.id]).toEqual([trained, first]);
    expect(await workOn(server, second, "evaluate")).not.toBe(evaluated);
    const others = await aDataset(server, { namespace, name: "rows" });
    const third = await aPipelineRun(server, { pipeline, inputs: [{ role: "rows", node: others.id }] });
    await stepsBecome(server, third, { train: "RUNNING" });
  });

  test("is done again where its model was rejected since", async () => {
    const { namespace, train, inputs } = await aProject();
    const pipeline = await aPipeline(server, { inputs, steps: { train } }, { namespace });
    const first = await aPipelineRun(server, { pipeline });
    await workOn(server, first, "train", { outputs: [await aModelOutput(server)] });
    await endOf(server, first);
    const model = (await stepOf(server, first, "train")).run!.outputs[0]!.node.id;
    await server.gql(DecideDocument, { input: { about: model, decisionType: "REJECTION", reason: "biased" } });
    const second = await aPipelineRun(server, { pipeline });
    await stepsBecome(server, second, { train: "RUNNING" });
  });

  test("is taken over by a rerun, but for the steps that it names and those after them", async () => {
    const { namespace, train, evaluate, inputs, requires } = await aProject();
    const prepare = { type: "run", plugin: train.plugin, outputs: { data: `${namespace}/prepared` } };
    const after = { type: "run", plugin: train.plugin, requires };
    const definition = { inputs, steps: { prepare, train, evaluate, after } };
    const first = await started(definition, namespace);
    await workOn(server, first, "prepare");
    const trained = await workOn(server, first, "train", { outputs: [await aModelOutput(server)] });
    await workOn(server, first, "evaluate", { outputs: [aReportOutput("PASS")] });
    await workOn(server, first, "after");
    await endOf(server, first);
    const { data } = await server.gql(RerunPipelineDocument, { input: { run: first, steps: ["evaluate"] } });
    const again = data!.rerunPipeline.run!.id;
    await stepsBecome(server, again, { prepare: "REUSED", train: "REUSED", evaluate: "RUNNING", after: "WAITING" });
    expect((await stepOf(server, again, "train")).run?.id).toBe(trained);
    await workOn(server, again, "evaluate", { outputs: [aReportOutput("PASS")] });
    await workOn(server, again, "after");
    expect((await endOf(server, again)).state).toBe("SUCCEEDED");
    const none = await server.gql(RerunPipelineDocument, { input: { run: first, steps: ["no-such"] } });
    expect(none.data?.rerunPipeline.userErrors).toMatchObject([{ code: "UNKNOWN_STEP", path: ["steps", "0"] }]);
  });

  test("is done by a rerun where it had failed", async () => {
    const { namespace, train, evaluate, inputs } = await aProject();
    const first = await started({ inputs, steps: { train, evaluate } }, namespace);
    await workOn(server, first, "train", { outputs: [await aModelOutput(server)] });
    const failure = { type: "PLUGIN_ERROR" as const, message: "no rows", retryable: false };
    await workOn(server, first, "evaluate", { failure });
    await endOf(server, first);
    const { data } = await server.gql(RerunPipelineDocument, { input: { run: first, steps: ["evaluate"] } });
    const again = data!.rerunPipeline.run!.id;
    await workOn(server, again, "evaluate", { outputs: [aReportOutput("PASS")] });
    expect((await endOf(server, again)).state).toBe("SUCCEEDED");
    expect(await statesOf(again)).toEqual({ train: "REUSED", evaluate: "SUCCEEDED" });
  });
});

describe("who decides in a pipeline", () => {
  test("is its rule, where the reports have passed; and the endpoint then gets the model", async () => {
    const { namespace, train, evaluate, inputs, requires, model } = await aProject();
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
    const { namespace, train, evaluate, inputs, requires, model } = await aProject();
    const approve = { type: "decide", about: model, requires, otherwise: "REJECTION" };
    const run = await started({ inputs, steps: { train, evaluate, approve } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await workOn(server, run, "evaluate", { outputs: [aReportOutput("FAIL")] });
    expect((await endOf(server, run)).state).toBe("FAILED");
    const step = await stepOf(server, run, "approve");
    expect(step).toMatchObject({ state: "FAILED", decision: { decisionType: "REJECTION" } });
  });

  test("fails where the endpoint could not serve the model", async () => {
    const { namespace, train, inputs, model } = await aProject();
    await server.gql(CreateEndpointDocument, { input: { namespace, name: "live", requiresApproval: false } });
    const live = { type: "deploy", endpoint: `${namespace}/live`, serves: [{ model }] };
    const run = await started({ inputs, steps: { train, live } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await stepsBecome(server, run, { live: "RUNNING" });
    const deployment = (await stepOf(server, run, "live")).deployment!.id;
    const failure = { type: "BAD_INPUT" as const, message: "no model.json", retryable: false };
    await server.gql(ReportDeploymentDocument, { input: { deployment, failure } });
    expect((await endOf(server, run)).failure?.message).toBe("the step live: no model.json");
  });

  test("does not deploy what nobody has approved", async () => {
    const { namespace, train, inputs, model } = await aProject();
    await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
    const live = { type: "deploy", endpoint: `${namespace}/live`, serves: [{ model }] };
    const run = await started({ inputs, steps: { train, live } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    expect((await endOf(server, run)).failure?.message).toContain("is not approved");
  });

  test.each([
    ["APPROVAL", "SUCCEEDED"],
    ["REJECTION", "FAILED"],
  ] as const)("is a person where it asks: %s, and the run has %s", async (decisionType, state) => {
    const { namespace, train, inputs, model } = await aProject();
    const run = await started({ inputs, steps: { train, ask: { type: "ask", about: model } } }, namespace);
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
    const { namespace, train, inputs } = await aProject();
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
    const { namespace, train, evaluate, inputs, trains } = await aProject();
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
    const { namespace, train, evaluate, inputs, requires, model } = await aProject();
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
    const { namespace, train } = await aProject();
    const inputs = { rows: { type: "DatasetVersion" } };
    const pipeline = await aPipeline(server, { inputs, steps: { train } }, { namespace });
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
    expect(await start([{ role: "rows", node: `${namespace}/rows@latest` }])).toEqual([]);
  });
});
