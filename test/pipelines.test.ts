import { cpSync, readdirSync, rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DecisionsDocument,
  EndpointDocument,
  FollowRunDocument,
  type FollowRunSubscription,
  RunDocument,
  RunsDocument,
} from "@clew/schema/graphql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { expectSoundLedger } from "./support/agreement.ts";
import type { ReachableServer } from "./support/answer.ts";
import { aDataset, anArtifact, aPlugin, aRunner, type BuiltRunner } from "./support/builders.ts";
import { aClew, aHost, endLeases } from "./support/clew-on-nats.ts";
import { aPipeline, aPipelineRun, endOf, pipelineRun, stepOf, stepsBecome, workOnAll } from "./support/pipelines.ts";
import { freshDatabase, postgresForTests, type TestPostgres } from "./support/postgres.ts";
import { aFolder, aShellPlugin, COUNT_ROWS, eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { WAITING } from "./support/waiting-job.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";
import { unique } from "./support/server.ts";
import { aTrial, aWatchedRun, isServed, tell } from "./support/trials.ts";
import { subscribeTo } from "./support/subscriber.ts";

test("a pipeline runs to its end on a real runner, each step as soon as those before it have ended", async () => {
  const clew = await aClew();
  const { server } = clew;
  await aHost(clew, [COUNT_ROWS]);
  const files = [await anArtifact(server, Buffer.from("x\n1\n2\n"), "rows.csv")];
  const data = await aDataset(server, { files });
  const count = { type: "run", plugin: "count-rows", inputs: { data: [{ input: "rows" }] } };
  const requires = [{ step: "first", output: "report" }];
  const steps = { first: count, second: { ...count, requires, cache: false } };
  const pipeline = await aPipeline(server, { inputs: { rows: { type: "DatasetVersion" } }, steps });
  const run = await aPipelineRun(server, { pipeline, inputs: [{ role: "rows", node: data.id }] });
  const events = subscribeTo<FollowRunSubscription, { run: string }>(
    server.url,
    String(FollowRunDocument),
    { run },
    server.adminToken,
  );
  onTestFinished(() => events.stop());
  const { state, steps: done } = await endOf(server, run, 30_000);
  await events.ended;
  const told = events.items.map(({ runEvents: { event } }) => ("state" in event ? event.state : event));
  expect(told).toEqual(["RUNNING", "SUCCEEDED"]);
  expect([state, done?.map((step) => step.state)]).toEqual(["SUCCEEDED", ["SUCCEEDED", "SUCCEEDED"]]);
  const again = await aPipelineRun(server, { pipeline, inputs: [{ role: "rows", node: data.id }] });
  const second = await endOf(server, again, 30_000);
  expect(second.steps?.map((step) => step.state)).toEqual(["REUSED", "SUCCEEDED"]);
});

test("a runner that is killed in the middle of a pipeline leaves its step to another, and no step is done twice", async () => {
  const clew = await aClew();
  const { server } = clew;
  const signs = await aFolder("signs");
  const until = join(signs, "go");
  const pluginDir = await aShellPlugin("waits", WAITING);
  const dying = await startRunnerProcess(server, { ...clew, pluginDir, slots: 2 });
  onTestFinished(() => dying.kill());
  const step = (name: string, after: string[]) => ({
    type: "run",
    plugin: "waits",
    parameters: { until, pidFile: join(signs, name) },
    after,
    cache: false,
  });
  const steps = { a: step("a", []), b: step("b", []), c: step("c", ["a", "b"]) };
  const namespace = unique("killed");
  const pipeline = await aPipeline(server, { steps }, { namespace });
  const run = await aPipelineRun(server, { pipeline });
  await eventually(() => expect(readdirSync(signs).toSorted()).toEqual(["a", "b"]), 30_000);
  await dying.kill();
  const { nodes: begun } = (await server.gql(RunsDocument, { namespace, first: 500 })).data.runs;
  await endLeases(clew, dying.id, ...begun.map(({ id }) => id));
  await writeFile(until, "");
  await aHost(clew, [pluginDir]);
  const { state, steps: done } = await endOf(server, run, 60_000);
  expect([state, done?.map((one) => one.state)]).toEqual(["SUCCEEDED", ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]]);
  const { nodes } = (await server.gql(RunsDocument, { namespace, first: 500 })).data.runs;
  expect(nodes.map(({ id }) => id).toSorted()).toEqual([run, ...done!.map((one) => one.run!.id)].toSorted());
  const attempts = done!.map(async (one) => (await server.gql(RunDocument, { id: one.run!.id })).data!.node);
  expect(await Promise.all(attempts)).toMatchObject([
    { attempts: [{ state: "LOST" }, { state: "SUCCEEDED" }] },
    { attempts: [{ state: "LOST" }, { state: "SUCCEEDED" }] },
    { attempts: [{ state: "SUCCEEDED" }] },
  ]);
});

let dir: string;
let running: ServerProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clew-pipelines-"));
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.kill()));
  running = [];
  rmSync(dir, { recursive: true, force: true });
});

async function aServer(environment: Record<string, string>, folder = "data"): Promise<ServerProcess> {
  const server = await startServerProcess(join(dir, folder), environment);
  running.push(server);
  return server;
}

/** Three branches of four steps each, which a last one waits for. */
function wide(plugin: string) {
  const step = (after: string[]) => ({ type: "run", plugin, after, cache: false });
  const branches = ["a", "b", "c"].flatMap((branch) =>
    [1, 2, 3, 4].map((n) => [`${branch}${n}`, step(n === 1 ? [] : [`${branch}${n - 1}`])] as const),
  );
  return { ...Object.fromEntries(branches), last: step(["a4", "b4", "c4"]) };
}
const STEPS = 13;

/** Each step has had one run, and no run of that namespace has been without a step. */
async function expectEachOnce(server: ReachableServer, namespace: string, pipelineRuns: readonly string[]) {
  const made = await Promise.all(pipelineRuns.map((run) => pipelineRun(server, run)));
  expect(made.map(({ state }) => state)).toEqual(pipelineRuns.map(() => "SUCCEEDED"));
  const ofSteps = made.flatMap(({ steps }) => steps!.map(({ run }) => run!.id));
  expect(ofSteps).toHaveLength(pipelineRuns.length * STEPS);
  const { data } = await server.gql(RunsDocument, { namespace, first: 500 });
  const all = data.runs.nodes.map(({ id }) => id);
  expect(all.toSorted()).toEqual([...ofSteps, ...pipelineRuns].toSorted());
  await expectSoundLedger(server);
}

async function aWidePipeline(server: ReachableServer) {
  const namespace = unique("wide");
  const plugin = await aPlugin(server, { inputs: {}, outputs: {} });
  const pipeline = await aPipeline(server, { steps: wide(plugin.name) }, { namespace });
  return { namespace, pipeline, runner: await aRunner(server) };
}

/** Works until the pipeline runs have ended, or the server no longer answers. */
async function workUntilGone(server: ReachableServer, namespace: string, runner: BuiltRunner) {
  try {
    for (;;) await workOnAll(server, namespace, runner);
  } catch {
    // It was killed.
  }
}

async function survivesKills(environment: Record<string, string>): Promise<void> {
  let server = await aServer(environment);
  const { namespace, pipeline, runner } = await aWidePipeline(server);
  const runs = await Promise.all([1, 2].map(() => aPipelineRun(server, { pipeline })));
  for (const killAfterMs of [150, 400, 250]) {
    const working = workUntilGone(server, namespace, runner);
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    await server.kill();
    await working;
    server = await aServer(environment);
  }
  const working = workUntilGone(server, namespace, runner);
  for (const run of runs) await endOf(server, run, 150_000);
  await expectEachOnce(server, namespace, runs);
  await server.kill();
  await working;
}

/** Challengers that are found to be worse while the server is killed: each is rejected and withdrawn once, and nothing else is served. */
test("a server that is killed between what a watch has found and the withdrawal takes back each trial, once", async () => {
  let server = await aServer({});
  for (const killAfterMs of [3, 30, 90]) {
    const trials = await Promise.all(
      [1, 2, 3].map(async () => {
        const trial = await aTrial(server);
        const steps = { ...trial.steps, withdraw: { type: "withdraw", deployment: "shadow" } };
        return { ...trial, ...(await aWatchedRun(server, { ...trial, steps })) };
      }),
    );
    const tellAll = (at: ReachableServer) =>
      trials.map(({ monitor, deployment, challenger }) =>
        tell(at, monitor, { about: [deployment, challenger], verdict: "FAIL" }),
      );
    const telling = Promise.allSettled(tellAll(server));
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    await server.kill();
    await telling;
    server = await aServer({});
    // Whose report was lost tells again; for the others it changes nothing.
    await Promise.all(tellAll(server));
    for (const { run, endpoint, challenger, champion } of trials) {
      await stepsBecome(server, run, { watch: "SUCCEEDED", decide: "FAILED", promote: "SKIPPED", withdraw: "RUNNING" });
      const back = (await stepOf(server, run, "withdraw")).deployment!;
      expect(back.key).toBe(`${endpoint}@3`);
      await isServed(server, back.id);
      expect((await endOf(server, run)).state).toBe("FAILED");
      const decided = async (about: string) =>
        (await server.gql(DecisionsDocument, { about })).data.decisions.nodes.map(({ decisionType }) => decisionType);
      expect([await decided(challenger), await decided(back.id)]).toEqual([["REJECTION"], ["ROLLBACK"]]);
      const { latestVersion, versions } = (await server.gql(EndpointDocument, { key: endpoint })).data.endpoint!;
      expect([latestVersion, versions.nodes[0]!.serves.map(({ node }) => node.id)]).toEqual([3, [champion.id]]);
    }
  }
  await expectSoundLedger(server);
}, 300_000);

describe("a server that is killed in the middle of pipelines", () => {
  test("loses no step and does none twice, on SQLite", () => survivesKills({}), 300_000);

  describe("on PostgreSQL", () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await postgresForTests();
    });
    afterAll(() => postgres.stop());
    const aDatabase = async () => {
      const { url, drop } = await freshDatabase(postgres);
      onTestFinished(drop);
      return { CLEW_POSTGRES_URL: url };
    };

    test("loses no step and does none twice", async () => survivesKills(await aDatabase()), 300_000);

    test("leaves its pipelines to another one", async () => {
      const environment = await aDatabase();
      const first = await aServer(environment);
      // With the same secrets, and a graph in memory of its own.
      cpSync(join(dir, "data"), join(dir, "second"), { recursive: true });
      const second = await aServer(environment, "second");
      const { namespace, pipeline, runner } = await aWidePipeline(first);
      const runs = await Promise.all([first, second, first].map((server) => aPipelineRun(server, { pipeline })));
      const working = [first, second].map((server) => workUntilGone(server, namespace, runner));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await first.kill();
      for (const run of runs) await endOf(second, run, 150_000);
      await expectEachOnce(second, namespace, runs);
      await second.kill();
      await Promise.all(working);
    }, 300_000);
  });
});
