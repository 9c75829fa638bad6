import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NatsService, startNats } from "@clew/cli/services";
import { MutationRequest, subjects } from "@clew/schema";
import { FinishRunDocument, type FinishRunInput } from "@clew/schema/graphql";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { descendantsOf, identityOf, signal } from "../cli/src/services/processes.ts";
import { expectSoundLedger } from "./support/agreement.ts";
import { aQueuedRun } from "./support/builders.ts";
import { aHeldMeteringPlugin, expectRunsDone, runsIn, submitMetering, theRun } from "./support/metering-runs.ts";
import { aFolder, aShellPlugin, eventually } from "./support/runner-host.ts";
import { startRunnerProcess } from "./support/runner-process.ts";
import { unique } from "./support/server.ts";
import { startServerProcess } from "./support/server-process.ts";

let nats: NatsService;
let natsDir: string;
beforeAll(async () => {
  natsDir = await mkdtemp(join(tmpdir(), "clew-nats-"));
  nats = await startNats({ dir: natsDir, own: true });
});
afterAll(async () => {
  await nats?.stop();
  await rm(natsDir, { recursive: true, force: true });
});

/** A server whose leases are short, and how to start runners for it. */
async function aServer() {
  const natsPrefix = unique("crash");
  const environment = { CLEW_NATS_URL: nats.url, CLEW_NATS_PREFIX: natsPrefix, CLEW_LEASE_SECONDS: "5" };
  const server = await startServerProcess(await aFolder("server"), environment);
  onTestFinished(() => server.kill());
  const host = async (pluginDir: string, slots: number) => {
    const runner = await startRunnerProcess(server, { natsUrl: nats.url, natsPrefix, pluginDir, slots });
    onTestFinished(() => runner.kill());
    return runner;
  };
  return { server, natsPrefix, host };
}

/** The tokens with which attempts begin, as the runners send them, by `run:attempt`. */
async function overheardTokens(natsPrefix: string): Promise<ReadonlyMap<string, string>> {
  const connection = await connect({ servers: nats.url });
  onTestFinished(() => connection.close());
  const tokens = new Map<string, string>();
  connection.subscribe(subjects(natsPrefix).allMutations, {
    callback: (_error, message) => {
      const { operationName, variables, token } = MutationRequest.parse(message.json());
      const { run, attempt } = (variables["input"] ?? {}) as { run?: string; attempt?: number };
      if (operationName === "StartRun") tokens.set(`${run}:${attempt}`, token);
    },
  });
  await connection.flush();
  return tokens;
}

test("jobs of a runner that is killed are done once, by another; what their lost attempts say later is kept apart", async () => {
  const { server, natsPrefix, host } = await aServer();
  const tokens = await overheardTokens(natsPrefix);
  const { pluginDir, letGo } = await aHeldMeteringPlugin();
  const [first, second] = [await host(pluginDir, 2), await host(pluginDir, 2)];
  const runs = await Promise.all(Array.from({ length: 6 }, () => submitMetering(server)));
  await eventually(async () => expect(await runsIn(server, runs, "RUNNING")).toHaveLength(4));
  await first.kill();
  await letGo();

  const ended = await expectRunsDone(server, runs, 60_000);
  const lost = ended.filter(({ attempts }) => attempts.some(({ state }) => state === "LOST"));
  expect(lost).toHaveLength(2);
  for (const { attempts } of lost) {
    expect(attempts).toMatchObject([
      { attempt: 1, state: "LOST", runner: first.id, failure: { type: "RUNNER_STOPPED" } },
      { attempt: 2, state: "SUCCEEDED", runner: second.id },
    ]);
  }

  const before = (await expectSoundLedger(server)).length;
  for (const { id: run } of lost) {
    const input: FinishRunInput = { run, attempt: 1, outputs: [], measurements: 0 };
    const late = await server.gql(FinishRunDocument, { input }, tokens.get(`${run}:1`));
    expect(late.data.finishRun.userErrors).toMatchObject([{ code: "LEASE_LOST" }]);
  }
  const added = (await expectSoundLedger(server)).slice(before);
  expect(added.map(({ type, payload }) => [type, (payload as { run: string }).run])).toEqual(
    lost.map(({ id }) => ["run.orphan-reported", id]),
  );
  expect(await Promise.all(lost.map(({ id }) => theRun(server, id)))).toEqual(lost);
});

test("no process of a job outlives its runner, even of one that says nothing and does not listen", async () => {
  const { server, host } = await aServer();
  const runner = await host(await aShellPlugin("silent", "trap '' HUP TERM PIPE\nsleep 300 &\nsleep 300\n"), 2);
  for (let n = 0; n < 2; n++) await aQueuedRun(server, { plugin: "silent" });
  // Of each job the shell and its two sleeps, and whatever the runner has beside them.
  const started = () => descendantsOf(runner.pid).flatMap((pid) => identityOf(pid) ?? []);
  await eventually(() => expect(started().length).toBeGreaterThanOrEqual(6));
  const processes = started();
  const pidOf = (process: string) => Number.parseInt(process, 10);
  const left = () => processes.filter((process) => identityOf(pidOf(process)) === process);
  onTestFinished(() => left().forEach((process) => signal(pidOf(process), "SIGKILL")));
  await runner.kill();
  await eventually(() => expect(left()).toEqual([]), 20_000);
});
