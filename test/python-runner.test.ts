import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { subjects } from "@clew/schema";
import { CancelRunDocument, RunDocument, RunMetricsDocument, type RunQuery } from "@clew/schema/graphql";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { expectSoundLedger } from "./support/agreement.ts";
import { aDataset, anArtifact, anAttempt, aQueuedRun } from "./support/builders.ts";
import { aGuardedServer, anEnrolment, type Guarded } from "./support/guarded-server.ts";
import { aFolder, aShellPlugin, COUNT_ROWS, eventually } from "./support/runner-host.ts";
import { pythonPackages } from "./support/python-packages.ts";
import { unique } from "./support/server.ts";
import { aWidePlugin, aWideRun } from "./support/wide-plugin.ts";
import { expectWide } from "./support/wide-tables.ts";
import { WAITING } from "./support/waiting-job.ts";

const EXAMPLE = fileURLToPath(new URL("../examples/python-runner/", import.meta.url));
/** Where one has to run out; else they are as long as usual, since a busy machine hears no heartbeat for a second or two. */
const LEASE_SECONDS = 4;

const SLICES = `query ($id: ID!) {
  node(id: $id) {
    ... on Report {
      metrics { name value }
      slices { where { column value } count intervals { name low high } }
    }
  }
}`;

type Run = Extract<RunQuery["node"], { state: unknown }>;

let guarded: Guarded;
let packages: string;
beforeAll(async () => {
  packages = await pythonPackages(join(EXAMPLE, "requirements.txt"));
  guarded = await aGuardedServer();
});
afterAll(async () => await guarded?.stop());

/** examples/python-runner as a process, which hosts the plugins and may run no others. */
async function aPythonRunner(names: string[], pluginDirs: string[], at = guarded) {
  const enrolled = await anEnrolment(at, names);
  const creds = join(await aFolder("creds"), "runner.creds");
  await writeFile(creds, enrolled.credentials);
  const env = {
    PATH: process.env["PATH"],
    PYTHONPATH: packages,
    CLEW_NATS_URL: at.url,
    CLEW_NATS_CREDS: creds,
    CLEW_SERVER_URL: at.server.url,
    CLEW_RUNNER_ID: enrolled.id,
    CLEW_RUNNER_TOKEN: enrolled.token,
  };
  const child = spawn("python3", ["-B", join(EXAMPLE, "runner.py"), ...pluginDirs], { env });
  onTestFinished(async () => void (await stopped(child, "SIGKILL")));
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => void said.push(String(data)));
  const log = () => said.join("");
  await eventually(() => expect(log()).toContain("takes jobs"));
  return { ...enrolled, log, stop: (signal: NodeJS.Signals) => stopped(child, signal) };
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, "exit");
  return child.exitCode;
}

async function theRun(id: string, { server } = guarded): Promise<Run> {
  const { data } = await server.gql(RunDocument, { id });
  if (!data.node || !("state" in data.node)) throw new Error(`no run ${id}`);
  return data.node as Run;
}

const reaches = async (id: string, state: string, at = guarded) =>
  await eventually(async () => expect((await theRun(id, at)).state).toBe(state), 40_000);

/** How many invitations to a plugin's runs are in the queue, those that were given back too. */
async function invitationsTo(plugin: string): Promise<number> {
  const authenticator = credsAuthenticator(await readFile(guarded.trust.serverCredsFile));
  const connection = await connect({ servers: guarded.url, authenticator });
  try {
    const { streams, job } = subjects();
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(streams.jobs, { subjects_filter: job(plugin, 1, "default") });
    return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  } finally {
    await connection.close();
  }
}

/** A plugin of its own name whose job waits until it is let go. */
async function aWait() {
  const name = unique("waits").toLowerCase();
  const dir = await aFolder("signs");
  const parameters = { until: join(dir, "go"), pidFile: join(dir, "pid") };
  return {
    name,
    parameters,
    pluginDir: await aShellPlugin(name, WAITING),
    letGo: () => writeFile(parameters.until, ""),
    isBegun: () => expect(existsSync(parameters.pidFile)).toBe(true),
    isAlive: async () => existsSync(`/proc/${(await readFile(parameters.pidFile, "utf8")).trim()}`),
  };
}

describe("the runner of docs/recipes/write-a-runner.md", () => {
  test("does a job on inputs that it fetched, and its report, metrics and files are in the ledger; stops when told to", async () => {
    const { server } = guarded;
    const keeps = await aShellPlugin(
      "keeps",
      `mkdir "$CLEW_OUTPUT_DIR/kept"
head -n 2 "$CLEW_INPUT_DIR/data/0/rows.csv" > "$CLEW_OUTPUT_DIR/kept/rows.csv"
echo '{"type":"output","role":"kept","output":{"nodeType":"DatasetVersion","dir":"kept","schema":[{"name":"x","type":"BIGINT"}],"rows":1}}'
echo '{"type":"output","role":"report","output":{"nodeType":"Report","reportType":"EVALUATION","about":["data"],"metrics":{"auc":{"$number":"NaN"}},"slices":[{"slice":{"x":"1"},"count":1,"metrics":{"auc":0.5},"intervals":{"auc":[0.25,0.75]}}]}}'
echo '{"type":"result"}'`,
      {
        report: { type: "Report", description: "A slice.", required: true },
        kept: { type: "DatasetVersion", description: "The first row.", required: true },
      },
    );
    const runner = await aPythonRunner(["count-rows", "keeps"], [COUNT_ROWS, keeps]);
    const files = [await anArtifact(server, Buffer.from("x\n1\n2\n"), "rows.csv")];
    const inputs = [{ role: "data", node: (await aDataset(server, { files })).id }];
    const counted = await aQueuedRun(server, { plugin: "count-rows", inputs, parameters: { minRows: 2 } });
    const outputs = [{ role: "kept", key: `tests/${unique("kept").toLowerCase()}` }];
    const kept = await aQueuedRun(server, { plugin: "keeps", inputs, outputs });
    await reaches(counted, "SUCCEEDED");
    await reaches(kept, "SUCCEEDED");

    const run = await theRun(counted);
    expect(run.attempts).toMatchObject([{ attempt: 1, state: "SUCCEEDED", runner: runner.id }]);
    const metrics = [
      { name: "rows", value: 2 },
      { name: "files", value: 1 },
    ];
    expect(run.outputs).toMatchObject([{ role: "report", node: { verdict: "PASS", metrics } }]);
    const points = await server.gql(RunMetricsDocument, { id: counted });
    expect(points.data.node).toMatchObject({ metricPoints: [{ name: "rows", step: 1, value: 2, attempt: 1 }] });
    expect(run.measurementsComplete).toBe(true);
    const made = new Map((await theRun(kept)).outputs.map(({ role, node }) => [role, node]));
    expect(made.get("kept")).toMatchObject({ key: `${outputs[0]?.key}@1` });
    const slice = {
      where: [{ column: "x", value: "1" }],
      count: 1,
      intervals: [{ name: "auc", low: 0.25, high: 0.75 }],
    };
    const told = await server.gql(SLICES, { id: made.get("report")?.id ?? "" });
    expect(told.data.node).toMatchObject({ metrics: [{ name: "auc", value: "NaN" }], slices: [slice] });
    expect(await runner.stop("SIGTERM")).toBe(0);
  });

  test("takes inputs and makes an output of more columns than NATS carries", async () => {
    const { server } = guarded;
    await aPythonRunner(["widens"], [await aWidePlugin(10_000)]);
    const id = await aWideRun(server, 10_000);
    await reaches(id, "SUCCEEDED");
    await expectWide(server, (await theRun(id)).outputs[0]!.node.id, 10_000, "data");
  });

  test("a run that another runner has claimed is let go, and the next one is taken", async () => {
    const { server } = guarded;
    const { name, parameters, pluginDir, letGo } = await aWait();
    // Registers the plugin, so that runs of it can be queued while nobody is there to take them.
    expect(await (await aPythonRunner([name], [pluginDir])).stop("SIGTERM")).toBe(0);
    const claimed = await aQueuedRun(server, { plugin: name, parameters });
    await eventually(async () => expect(await invitationsTo(name)).toBe(1));
    const other = await anEnrolment(guarded);
    await anAttempt(server, claimed, other);
    const runner = await aPythonRunner([name], [pluginDir]);
    await eventually(() => expect(runner.log()).toContain("not claimed: RUN_NOT_QUEUED"));
    // Not given back: it would come again, and in the end be a dead letter.
    await eventually(async () => expect(await invitationsTo(name)).toBe(0), 3_000);
    expect((await theRun(claimed)).attempts[0]).toMatchObject({ attempt: 1, runner: other.id });
    await letGo();
    const next = await aQueuedRun(server, { plugin: name, parameters });
    await reaches(next, "SUCCEEDED");
  });

  test("the lease of a runner that is killed runs out, and another one does the second attempt for longer than a lease", async () => {
    const hasty = await aGuardedServer({ leaseSeconds: LEASE_SECONDS });
    onTestFinished(() => hasty.stop());
    const { name, parameters, pluginDir, letGo, isBegun } = await aWait();
    const first = await aPythonRunner([name], [pluginDir], hasty);
    const id = await aQueuedRun(hasty.server, { plugin: name, parameters });
    await eventually(isBegun);
    await first.stop("SIGKILL");
    const second = await aPythonRunner([name], [pluginDir], hasty);
    await eventually(() => expect(second.log()).toContain(`claimed ${id} 2`), 40_000);
    await new Promise((done) => setTimeout(done, 2 * LEASE_SECONDS * 1_000));
    await letGo();
    await reaches(id, "SUCCEEDED", hasty);
    expect((await theRun(id, hasty)).attempts).toMatchObject([
      { attempt: 1, state: "LOST", runner: first.id },
      { attempt: 2, state: "SUCCEEDED", runner: second.id },
    ]);
  });

  test("a cancelled run's job ends, and nothing more is reported of it", async () => {
    const { name, parameters, pluginDir, isBegun, isAlive } = await aWait();
    const runner = await aPythonRunner([name], [pluginDir]);
    const id = await aQueuedRun(guarded.server, { plugin: name, parameters });
    await eventually(isBegun);
    await guarded.server.gql(CancelRunDocument, { input: { run: id, reason: "a mistake" } });
    await eventually(async () => expect(await isAlive()).toBe(false));
    await eventually(() => expect(runner.log()).toContain(`given up ${id} 1`));
    expect(await theRun(id)).toMatchObject({
      state: "CANCELLED",
      failure: { type: "CANCELLED", message: "a mistake" },
    });
    const entries = await expectSoundLedger(guarded.server);
    const said = entries.filter(({ payload }) => (payload as { run?: string }).run === id).map(({ type }) => type);
    expect(said.at(-1)).toBe("run.finished");
  });
});
