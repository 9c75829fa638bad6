import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startNats } from "@clew/cli/services";
import type { RunnerConfig } from "../runners/node/src/index.ts";
import {
  type Answers,
  aFolder,
  aRunner,
  eventually,
  held,
  inputOf,
  newRunId,
  once,
  refusal,
  runnerConfig,
} from "./support/runner-host.ts";
import { aWaitingJob, aWaitingPlugin } from "./support/waiting-job.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
const PROGRAM = fileURLToPath(new URL("../runners/node/bin/clew-runner.mjs", import.meta.url));

/** The runner as a program, as a supervisor starts it. */
async function aProgram(config: RunnerConfig) {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [PROGRAM], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH,
      CLEW_NATS_URL: config.natsUrl,
      CLEW_NATS_PREFIX: config.natsPrefix,
      CLEW_SERVER_URL: config.serverUrl,
      CLEW_RUNNER_ID: config.runnerId,
      CLEW_RUNNER_TOKEN: config.runnerToken,
      CLEW_PLUGIN_DIRS: config.pluginDirs.join(":"),
      CLEW_WORK_DIR: config.workDir,
    },
  });
  let text = "";
  child.stdout.on("data", (chunk) => (text += String(chunk)));
  const ended = new Promise<number | null>((done) => child.on("exit", done));
  onTestFinished(async () => {
    // SIGINT is left to the program behind it; SIGTERM is passed on, and the second one does not wait for jobs.
    for (let sent = 0; child.exitCode === null && sent < 2; sent += 1) child.kill("SIGTERM");
    await ended;
  });
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended, said: () => text };
}

describe("cancel", () => {
  test("ends the job, and nothing is reported of a run that the server has ended", async () => {
    const {
      server,
      runId,
      isAlive: runs,
      runner,
    } = await aWaitingJob({
      AttemptState: ({ run }) => held(run, "CANCELLED"),
    });
    server.control(runId, "cancel");
    await eventually(() => expect(runs()).toBe(false));
    await eventually(() => expect(server.beats.at(-1)?.leases).toEqual([]));
    await runner.drain();
    expect(server.asked("FinishRun")).toEqual([]);
  });

  test("is reported as CANCELLED where the attempt holds its run still", async () => {
    const { server, runId } = await aWaitingJob();
    server.control(runId, "cancel", "a mistake");
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])["failure"]).toMatchObject({
      type: "CANCELLED",
      message: "a mistake",
      retryable: false,
    });
  });
});

describe("a lost lease", () => {
  test("that StartRun answers kills the job and ends the reports", async () => {
    const { server, plugin, pluginDir } = await aWaitingPlugin({
      StartRun: () => ({ data: { startRun: { run: null, userErrors: refusal("LEASE_LOST") } } }),
    });
    const runner = await aRunner(server, NATS, { pluginDirs: [pluginDir] });
    await server.invite(newRunId(), 1, plugin);
    await once(() => server.asked("StartRun"));
    // The job would wait for ever: the lease goes only with it.
    await eventually(() => expect(server.beats.at(-1)?.leases).toEqual([]), 4_000);
    await runner.drain();
    expect(server.asked("FinishRun")).toEqual([]);
    expect(server.asked("StartRun")).toHaveLength(1);
  });

  test("is found out by asking, once in each lease", async () => {
    let isHeld = true;
    const AttemptState: Answers[string] = ({ run }) => (isHeld ? held(run, "RUNNING") : held(run, "LEASED", 2));
    const { server, isAlive: runs } = await aWaitingJob({ AttemptState }, { leaseMs: 600 });
    await once(() => server.asked("AttemptState"), 2);
    expect(runs()).toBe(true);
    isHeld = false;
    await eventually(() => expect(runs()).toBe(false), 4_000);
    expect(server.asked("FinishRun")).toEqual([]);
  });
});

describe("heartbeats", () => {
  test("come several times in the lease that was claimed and name what is held", async () => {
    const { server, runId, letGo } = await aWaitingJob({}, { leaseMs: 2_000 });
    const before = server.beats.length;
    // The shortest: a slow machine makes any of them longer, and those of a runner without a lease are 5 s.
    const shortestGapMs = () => {
      const times = server.beats.slice(before).map(({ at }) => Date.parse(at));
      return Math.min(...times.slice(1).map((time, index) => time - times[index]!));
    };
    await eventually(() => expect(shortestGapMs()).toBeLessThan(1_000));
    expect(server.beats.at(-1)).toMatchObject({
      state: "ready",
      pool: "default",
      slots: 1,
      plugins: [{ name: "waits", version: "1.0.0" }],
      leases: [{ runId, attempt: 1 }],
    });
    await letGo();
    await eventually(() => expect(server.beats.at(-1)?.leases).toEqual([]));
  });
});

describe("NATS that goes away", () => {
  test("is waited for: the job goes on, nothing is lost, and the end is reported when it is back", async () => {
    const dir = await aFolder("nats");
    const first = await startNats({ dir, own: true });
    const job = await aWaitingJob({}, { nats: first.url });
    await first.kill();
    await job.letGo();
    await eventually(() => expect(job.isAlive()).toBe(false));
    const second = await startNats({ dir, port: first.port, own: true });
    onTestFinished(async () => await second.stop());
    await once(() => job.server.asked("FinishRun"));
    expect(inputOf(job.server.asked("FinishRun")[0])).toMatchObject({ failure: null, measurements: 1 });
    const another = newRunId();
    await job.server.invite(another, 1, job.plugin);
    await eventually(() =>
      expect(job.server.asked("FinishRun").some((one) => inputOf(one)["run"] === another)).toBe(true),
    );
    await job.runner.stop();
  });
});

describe("drain", () => {
  test("lets a job end, takes no other, and says that it drains", async () => {
    const { server, runner, plugin, letGo } = await aWaitingJob();
    const drained = runner.drain();
    await eventually(() => expect(server.beats.at(-1)?.state).toBe("draining"));
    await server.invite(newRunId(), 1, plugin);
    await letGo();
    await drained;
    expect(server.asked("FinishRun")).toHaveLength(1);
    expect(inputOf(server.asked("FinishRun")[0])["failure"]).toBeNull();
    expect(await server.waiting()).toBe(1);
  });

  test("ends a job that takes too long with RUNNER_STOPPED, which another attempt may take up", async () => {
    const { server, runner, isAlive: runs } = await aWaitingJob({}, { drainMs: 200 });
    await runner.drain();
    expect(runs()).toBe(false);
    expect(inputOf(server.asked("FinishRun")[0])["failure"]).toMatchObject({ type: "RUNNER_STOPPED", retryable: true });
  });
});

describe("the program", () => {
  test("reads its settings from the environment, drains on SIGTERM and ends with status 0", async () => {
    const { server, signs, plugin, pluginDir } = await aWaitingPlugin();
    const program = await aProgram(await runnerConfig(server, NATS, { pluginDirs: [pluginDir] }));
    const runId = newRunId();
    await server.invite(runId, 1, plugin);
    await eventually(() => expect(existsSync(signs.pidFile)).toBe(true));
    program.kill("SIGTERM");
    await eventually(() => expect(server.beats.at(-1)?.state).toBe("draining"));
    await writeFile(signs.until, "");
    expect(await program.ended).toBe(0);
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({ run: runId, failure: null });
  });

  test("that is told to stop while it waits for NATS ends at once", async () => {
    const { server, pluginDir } = await aWaitingPlugin();
    const nowhere = "nats://127.0.0.1:1";
    const program = await aProgram(await runnerConfig(server, nowhere, { pluginDirs: [pluginDir] }));
    await eventually(() => expect(program.said()).toContain("not reachable"));
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
  });
});
