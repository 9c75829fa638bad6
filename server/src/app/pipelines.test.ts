import { rm } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import {
  CancelRunDocument,
  DecideDocument,
  FinishRunDocument,
  LineageDocument,
  RerunPipelineDocument,
  RunDocument,
  RunsDocument,
  StartPipelineDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aDataset, anAttempt } from "../../../test/support/builders.ts";
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
  workOn,
} from "../../../test/support/pipelines.ts";
import { SYSTEM_AGENT } from "../features/access/index.ts";
import { PipelineMoves, PipelineStarter, PipelineWork } from "../features/pipelines/index.ts";
import type { Principal } from "../graphql/principal.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const statesOf = async (run: string) =>
  Object.fromEntries((await pipelineRun(server, run)).steps!.map(({ name, state }) => [name, state]));

describe("a pipeline", () => {
  test("runs its steps one after another, each on what the one before has made", async () => {
    const { namespace, train, evaluate, inputs, rows, model, requires } = await aProject(server);
    const after = { type: "run", plugin: train.plugin, requires };
    const run = await aStartedPipeline(server, { inputs, steps: { train, evaluate, after } }, namespace);
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
    const { namespace, train, evaluate, inputs } = await aProject(server);
    const other = { ...train, outputs: { model: `${namespace}/other` } };
    const run = await aStartedPipeline(server, { inputs, steps: { train, other, evaluate } }, namespace);
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
  });

  test("goes no further than a report that has not passed", async () => {
    const { namespace, train, evaluate, inputs, requires } = await aProject(server);
    const after = { type: "run", plugin: train.plugin, requires };
    const run = await aStartedPipeline(server, { inputs, steps: { train, evaluate, after } }, namespace);
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await workOn(server, run, "evaluate", { outputs: [aReportOutput("FAIL", ["model"])] });
    const { failure } = await endOf(server, run);
    expect(failure?.message).toBe("the step after: the verdict of report of the step evaluate is FAIL");
    expect(await statesOf(run)).toEqual({ train: "SUCCEEDED", evaluate: "SUCCEEDED", after: "FAILED" });
  });

  test("tries a step as often as it says, where its failure may pass, and ends it otherwise", async () => {
    const { namespace, trains } = await aProject(server);
    const step = (maxAttempts: number) => ({ type: "run", plugin: trains.name, maxAttempts, cache: false });
    const run = await aStartedPipeline(server, { steps: { once: step(1), twice: step(2) } }, namespace);
    const failure = { type: "PLUGIN_ERROR" as const, message: "busy", retryable: true };
    const child = await workOn(server, run, "twice", { failure });
    // Tried again a moment later, by whoever claims it then.
    const { token } = await vi.waitFor(() => anAttempt(server, child, undefined, 2), { timeout: 10_000 });
    await server.gql(FinishRunDocument, { input: { run: child, attempt: 2 } }, token);
    await stepsBecome(server, run, { twice: "SUCCEEDED", once: "RUNNING" });
    await workOn(server, run, "once", { failure });
    expect((await endOf(server, run)).failure?.message).toBe("the step once: busy");
    expect(await statesOf(run)).toEqual({ once: "FAILED", twice: "SUCCEEDED" });
  });

  test("does each of its steps, though two of them say the same", async () => {
    const { namespace, trains } = await aProject(server);
    const one = { type: "run", plugin: trains.name };
    const run = await aStartedPipeline(server, { steps: { one, other: { ...one, after: ["one"] } } }, namespace);
    const first = await workOn(server, run, "one");
    expect(await workOn(server, run, "other")).not.toBe(first);
  });

  test("may have a hundred steps, each of which needs all that come before it", async () => {
    const { namespace, trains } = await aProject(server);
    const names = Array.from({ length: 100 }, (_, n) => `a-step-with-a-name-of-its-own-${100 - n}`);
    const steps = names.map(
      (name, n) => [name, { type: "run", plugin: trains.name, after: names.slice(0, n) }] as const,
    );
    const run = await aStartedPipeline(server, { steps: Object.fromEntries(steps) }, namespace);
    await stepsBecome(server, run, { [names[0]!]: "RUNNING", [names[99]!]: "WAITING" });
    expect((await pipelineRun(server, run)).steps?.map(({ name }) => name)).toEqual(names);
    await workOn(server, run, names[0]!);
    await stepsBecome(server, run, { [names[1]!]: "RUNNING", [names[2]!]: "WAITING" });
  });

  test("is moved on once, by however many at the same time", async () => {
    const { namespace, train, evaluate, inputs } = await aProject(server);
    const { recorder } = server.running.server.ledger;
    const { database, artifacts } = server.running.server.stores;
    const moves = new PipelineMoves({
      reader: database.nodes,
      artifacts,
      record: (command) => recorder.record(command),
    });
    const run = await aStartedPipeline(server, { inputs, steps: { train, evaluate } }, namespace);
    await Promise.all(Array.from({ length: 8 }, () => moves.advance(run)));
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await Promise.all(Array.from({ length: 8 }, () => moves.advance(run)));
    const { data } = await server.gql(RunsDocument, { namespace });
    expect(data?.runs.nodes.map(({ name }) => name.split(": ")[1]).toSorted()).toEqual([
      "evaluate",
      "train",
      undefined,
    ]);
  });

  test("is found again by what it has already gone on from: who was stopped in the middle of that reads it again", async () => {
    const { namespace, train, inputs } = await aProject(server);
    const run = await aStartedPipeline(server, { inputs, steps: { train } }, namespace);
    const { ledger, stores } = server.running.server;
    const seq = (await stores.database.ledger.head()).seq;
    await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
    await endOf(server, run);
    const done: string[] = [];
    const moves = { advance: async (id: string) => void done.push(id), giveUp: () => Promise.resolve() };
    const store = { advance: async () => void done.push("its position") } as unknown as LedgerStore;
    const quiet = { info: () => {}, warn: () => {}, error: () => {} };
    const work = new PipelineWork(store, stores.database.nodes, moves, quiet);
    const entries = await ledger.tail.read(seq, 100);
    await work.handle(entries.filter(({ type }) => type === "run.finished").slice(0, 1));
    expect(done).toEqual([run, "its position"]);
  });

  test("is cancelled with what runs of it", async () => {
    const { namespace, train, evaluate, inputs } = await aProject(server);
    const run = await aStartedPipeline(server, { inputs, steps: { train, evaluate } }, namespace);
    await stepsBecome(server, run, { train: "RUNNING" });
    await server.gql(CancelRunDocument, { input: { run } });
    await stepsBecome(server, run, { train: "CANCELLED", evaluate: "CANCELLED" });
    expect((await stepOf(server, run, "train")).run?.state).toBe("CANCELLED");
    expect((await pipelineRun(server, run)).state).toBe("CANCELLED");
  });

  test("is started once by a follower that starts it twice with one key", async () => {
    const { namespace, train, inputs } = await aProject(server);
    const pipeline = await aPipeline(server, { inputs, steps: { train } }, { namespace });
    const { recorder } = server.running.server.ledger;
    const { nodes: reader } = server.running.server.stores.database;
    const starter = new PipelineStarter({ reader, record: (command) => recorder.record(command) });
    const system: Principal = { agentId: SYSTEM_AGENT, grants: { "*": ["ADMIN"] }, attempt: null };
    const one = await starter.start({ pipeline }, system, "alert 7");
    expect(one).toEqual({ run: expect.stringMatching(/^Run:/) });
    expect(await starter.start({ pipeline }, system, "alert 7")).toEqual(one);
    const refused = await starter.start({ pipeline: `${namespace}/none@1` }, system, "alert 8");
    expect(refused).toMatchObject({ errors: [{ code: "UNKNOWN_NODE", path: ["pipeline"] }] });
  });

  test("takes the parameters and the seed that its run is given", async () => {
    const { namespace, train, inputs } = await aProject(server);
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

test("a pipeline run that the server cannot move on ends FAILED, holds up no other, and can be run again", async () => {
  const { namespace, train, inputs } = await aProject(server);
  // Values that no other pipeline has.
  const parameters = { type: "object", properties: { rate: { type: "number", default: 0.123 } } };
  const first = { type: "run", plugin: train.plugin };
  const definition = { inputs, parameters, steps: { train, first, second: { ...first, after: ["train"] } } };
  const run = await aStartedPipeline(server, definition, namespace);
  const other = await aStartedPipeline(server, { inputs, steps: { train } }, namespace);
  await stepsBecome(server, run, { train: "RUNNING", first: "RUNNING" });
  const { data } = await server.gql(RunDocument, { id: run });
  const set = (data!.node as { inputs: { role: string; node: { id: string } }[] }).inputs.find(
    ({ role }) => role === "hyperparameters",
  )!.node.id;
  // As a fault of the server would be: what the next step needs to begin is not found.
  const db = new Database(join(server.dataDir, "clew.db"));
  db.prepare("update node set id = 'HyperparameterSet:gone' where id = ?").run(set);
  await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
  await vi.waitFor(() => expect(server.log.join("")).toContain("a follower's step failed"), 10_000);
  await workOn(server, other, "train", { outputs: [await aModelOutput(server)] });
  expect(await endOf(server, other, 40_000)).toMatchObject({ state: "SUCCEEDED" });
  expect(await endOf(server, run, 40_000)).toMatchObject({
    state: "FAILED",
    failure: { type: "INTERNAL" },
  });
  await stepsBecome(server, run, { train: "SUCCEEDED", first: "CANCELLED", second: "CANCELLED" });
  expect(server.log.join("")).toContain("a pipeline run cannot go on");
  db.prepare("update node set id = ? where id = 'HyperparameterSet:gone'").run(set);
  db.close();
  const rerun = await server.gql(RerunPipelineDocument, { input: { run, steps: ["second"] } });
  expect(rerun.data?.rerunPipeline.userErrors, rerun.text).toEqual([]);
  const again = rerun.data!.rerunPipeline.run!.id;
  await workOn(server, again, "first");
  await workOn(server, again, "second");
  expect(await endOf(server, again)).toMatchObject({ state: "SUCCEEDED" });
}, 90_000);

describe("what a pipeline has done before", () => {
  test("is not done again on the same content, unless the step says so", async () => {
    const { namespace, train, evaluate, inputs } = await aProject(server);
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
    const { namespace, train, inputs } = await aProject(server);
    const pipeline = await aPipeline(server, { inputs, steps: { train } }, { namespace });
    const first = await aPipelineRun(server, { pipeline });
    await workOn(server, first, "train", { outputs: [await aModelOutput(server)] });
    await endOf(server, first);
    const model = (await stepOf(server, first, "train")).run!.outputs[0]!.node.id;
    await server.gql(DecideDocument, { input: { about: model, decisionType: "REJECTION", reason: "biased" } });
    const second = await aPipelineRun(server, { pipeline });
    await stepsBecome(server, second, { train: "RUNNING" });
  });

  test("is done again where a file of what it made is lost", async () => {
    const { namespace, train, inputs } = await aProject(server);
    const pipeline = await aPipeline(server, { inputs, steps: { train } }, { namespace });
    const first = await aPipelineRun(server, { pipeline });
    const made = await aModelOutput(server);
    await workOn(server, first, "train", { outputs: [made] });
    await endOf(server, first);
    const hex = made.modelVersion!.files[0]!.digest.replace("sha256:", "");
    await rm(join(server.dataDir, "artifacts/sha256", hex.slice(0, 2), hex.slice(2, 4), hex));
    await stepsBecome(server, await aPipelineRun(server, { pipeline }), { train: "RUNNING" });
  });

  test("is taken over by a rerun, but for the steps that it names and those after them", async () => {
    const { namespace, train, evaluate, inputs, requires } = await aProject(server);
    const prepare = { type: "run", plugin: train.plugin, outputs: { data: `${namespace}/prepared` } };
    const after = { type: "run", plugin: train.plugin, requires };
    const definition = { inputs, steps: { prepare, train, evaluate, after } };
    const first = await aStartedPipeline(server, definition, namespace);
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
    const whole = await server.gql(RerunPipelineDocument, { input: { run: first, steps: ["train"] } });
    // Not what needs it alone, but what needs that as well.
    const wanted = { prepare: "REUSED", train: "RUNNING", evaluate: "WAITING", after: "WAITING" };
    await stepsBecome(server, whole.data!.rerunPipeline.run!.id, wanted);
    const none = await server.gql(RerunPipelineDocument, { input: { run: first, steps: ["no-such"] } });
    expect(none.data?.rerunPipeline.userErrors).toMatchObject([{ code: "UNKNOWN_STEP", path: ["steps", "0"] }]);
  });

  test("is done by a rerun where it had failed", async () => {
    const { namespace, train, evaluate, inputs } = await aProject(server);
    const first = await aStartedPipeline(server, { inputs, steps: { train, evaluate } }, namespace);
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
