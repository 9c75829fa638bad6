import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MutationRequest } from "@clew/schema";
import { describe, expect, onTestFinished, test } from "vitest";
import { startNats } from "@clew/cli/services";
import {
  ATTEMPT_TOKEN,
  type Answers,
  COUNT_ROWS,
  RUNNER_TOKEN,
  WAITING,
  aFolder,
  aJob,
  aRunner,
  aServer,
  aShellPlugin,
  aVersion,
  eventually,
  held,
  newRunId,
  once,
  refusal,
} from "./support/runner-host.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";

const FILES = { "a.csv": "x\n1\n2\n", "b/c.csv": "x\n3\n" };
const inputOf = (request: MutationRequest | undefined) => request?.variables["input"] as Record<string, unknown>;
const keyOf = (request: MutationRequest | undefined) => request?.variables["idempotencyKey"];

/** A job that waits until it is let go, in a runner that hosts it, begun. */
async function aWaitingJob(answers: Answers = {}, options: { leaseMs?: number; nats?: string; drainMs?: number } = {}) {
  const { leaseMs, nats = NATS, drainMs = 20_000 } = options;
  const dir = await aFolder("signs");
  const signs = { until: join(dir, "go"), pidFile: join(dir, "pid") };
  const plugin = "waits@1.0.0";
  const server = await aServer(nats, { Job: ({ run }) => aJob(run, [], signs, plugin), ...answers }, leaseMs);
  const runner = await aRunner(server, nats, { pluginDirs: [await aShellPlugin("waits", WAITING)], drainMs });
  const runId = newRunId();
  await server.invite(runId, 1, plugin);
  await eventually(() => expect(existsSync(signs.pidFile)).toBe(true));
  const pid = Number(await readFile(signs.pidFile, "utf8"));
  return { server, runner, runId, plugin, pid, letGo: () => writeFile(signs.until, ""), isAlive: () => isAlive(pid) };
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe("an attempt", () => {
  test("takes its inputs, runs its plugin and reports what came of it", async () => {
    const server = await aServer(NATS, {
      Job: ({ run }) => aJob(run, [aVersion({ "a.csv": FILES["a.csv"] }, "page-2")], { minRows: 2 }),
      VersionFiles: ({ after }) => ({
        data: { node: after === "page-2" ? { files: aVersion({ "b/c.csv": FILES["b/c.csv"] }).files } : null },
      }),
    });
    for (const text of Object.values(FILES)) await server.artifacts.put(Buffer.from(text));
    const runner = await aRunner(server, NATS);
    const runId = newRunId();
    await server.invite(runId);
    await once(() => server.asked("FinishRun"));

    const [register] = server.asked("RegisterPlugin");
    expect(register?.token).toBe(RUNNER_TOKEN);
    expect(keyOf(register)).toMatch(/^register:count-rows@0\.1\.0:sha256:/);
    const [claim] = server.asked("ClaimRun");
    expect(claim?.token).toBe(RUNNER_TOKEN);
    expect(keyOf(claim)).toBe(`claim:${runId}:1:${server.runnerId}`);
    expect(inputOf(claim)).toEqual({ run: runId, attempt: 1, runner: server.runnerId });
    const [start] = server.asked("StartRun");
    expect(start?.token).toBe(ATTEMPT_TOKEN);
    expect(inputOf(start)).toMatchObject({
      run: runId,
      attempt: 1,
      environment: { plugin: "count-rows", pluginVersion: "0.1.0", node: process.versions.node, runner: "0.1.0" },
    });
    const [finish] = server.asked("FinishRun");
    expect(finish?.token).toBe(ATTEMPT_TOKEN);
    expect(keyOf(finish)).toBe(`finish:${runId}:1`);
    expect(inputOf(finish)).toMatchObject({
      run: runId,
      attempt: 1,
      failure: null,
      measurements: 2,
      outputs: [
        {
          role: "report",
          report: {
            reportType: "DATA_VALIDATION",
            about: ["data"],
            verdict: "PASS",
            metrics: [
              { name: "rows", value: 3 },
              { name: "files", value: 2 },
            ],
            slices: [],
            files: [],
          },
        },
      ],
    });
    expect(server.events.map(({ n, event }) => [n, event.type])).toEqual([
      [1, "metric"],
      [2, "metric"],
    ]);
    await eventually(async () => expect(await server.waiting()).toBe(0));
    await eventually(async () =>
      expect(await readdir(join(runner.config.workDir, "attempts", idOf(server)))).toEqual([]),
    );
  });

  test("stores the files of its outputs before it names them", async () => {
    const script = `
mkdir -p "$CLEW_OUTPUT_DIR/table/part"
printf 'x\\n1\\n' > "$CLEW_OUTPUT_DIR/table/part/a.csv"
echo '{"type":"output","role":"table","output":{"nodeType":"DatasetVersion","dir":"table","schema":[{"name":"x","type":"BIGINT"}],"rows":1}}'
echo '{"type":"result"}'`;
    const outputs = { table: { type: "DatasetVersion", description: "Rows." } };
    const server = await aServer(NATS);
    await aRunner(server, NATS, { pluginDirs: [await aShellPlugin("makes", script, outputs)] });
    await server.invite(newRunId(), 1, "makes@1.0.0");
    await once(() => server.asked("FinishRun"));
    const [output] = inputOf(server.asked("FinishRun")[0])["outputs"] as [{ datasetVersion: { files: object[] } }];
    const digests = await server.artifacts.listed();
    expect(output.datasetVersion.files).toEqual([{ path: "part/a.csv", sizeBytes: 4, digest: digests[0] }]);
  });

  test("fails with INPUT_UNAVAILABLE where an input's file is not in the store", async () => {
    const server = await aServer(NATS, { Job: ({ run }) => aJob(run, [aVersion(FILES)]) });
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({
      outputs: [],
      failure: { type: "INPUT_UNAVAILABLE", retryable: false },
    });
    expect(server.asked("StartRun")).toEqual([]);
  });

  test("fails with PROTOCOL_VIOLATION where its report is too large to be sent", async () => {
    const script = `
awk 'BEGIN {
  long = sprintf("%0500d", 0)
  printf "{\\"type\\":\\"output\\",\\"role\\":\\"report\\",\\"output\\":{\\"nodeType\\":\\"Report\\",\\"reportType\\":\\"DRIFT\\","
  printf "\\"about\\":[\\"data\\"],\\"verdict\\":null,\\"metrics\\":{},\\"slices\\":["
  for (i = 0; i < 450; i++)
    printf "%s{\\"slice\\":{\\"a\\":\\"%s\\",\\"b\\":\\"%s\\",\\"c\\":\\"%d\\"},\\"count\\":1,\\"metrics\\":{}}", i ? "," : "", long, long, i
  print "]}}"
}'
echo '{"type":"result"}'`;
    const outputs = { report: { type: "Report", description: "Large." } };
    const version = aVersion({});
    const server = await aServer(NATS, { Job: ({ run }) => aJob(run, [version], {}, "large@1.0.0") });
    await aRunner(server, NATS, { pluginDirs: [await aShellPlugin("large", script, outputs)] });
    await server.invite(newRunId(), 1, "large@1.0.0");
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])["failure"]).toMatchObject({
      type: "PROTOCOL_VIOLATION",
      message: expect.stringMatching(/at most 524288 may be sent/),
    });
  });

  test("is reported as failed where the server refuses its outputs", async () => {
    const server = await aServer(NATS, {
      Job: ({ run }) => aJob(run, [aVersion(FILES)]),
      FinishRun: ({ input }) => {
        const { failure } = input as { failure: unknown };
        return { data: { finishRun: { run: null, userErrors: failure === null ? refusal("INVALID_INPUT") : [] } } };
      },
    });
    for (const text of Object.values(FILES)) await server.artifacts.put(Buffer.from(text));
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"), 2);
    expect(inputOf(server.asked("FinishRun")[1])).toMatchObject({
      outputs: [],
      failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining("INVALID_INPUT") },
    });
  });

  test("gives its job the runner's secrets, and says them to nobody", async () => {
    const script = `
echo "the password is $DB_PASSWORD"
[ "$DB_PASSWORD" = hunter22 ] && echo '{"type":"result"}'`;
    const server = await aServer(NATS, { Job: ({ run }) => aJob(run, [], {}, "asks@1.0.0") });
    const pluginDirs = [await aShellPlugin("asks", script)];
    const runner = await aRunner(server, NATS, { pluginDirs, secrets: { DB_PASSWORD: "hunter22" } });
    await server.invite(newRunId(), 1, "asks@1.0.0");
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])["failure"]).toBeNull();
    const said = JSON.stringify([server.events, server.requests, runner.log]);
    expect(said).toContain("the password is ***");
    expect(said).not.toContain("hunter22");
  });
});

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
    const {
      server,
      runner,
      isAlive: runs,
    } = await aWaitingJob({
      StartRun: () => ({ data: { startRun: { run: null, userErrors: refusal("LEASE_LOST") } } }),
    });
    await eventually(() => expect(runs()).toBe(false), 4_000);
    await eventually(() => expect(server.beats.at(-1)?.leases).toEqual([]));
    await runner.drain();
    expect(server.asked("FinishRun")).toEqual([]);
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
  test("come four times in each lease and name what is held", async () => {
    const { server, runId, letGo } = await aWaitingJob({}, { leaseMs: 2_000 });
    const before = server.beats.length;
    await new Promise((done) => setTimeout(done, 2_100));
    expect(server.beats.length - before).toBeGreaterThanOrEqual(4);
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

describe("invitations", () => {
  test("that come again, while the job runs and after it, run nothing twice", async () => {
    const { server, runId, plugin, letGo } = await aWaitingJob({}, {});
    await server.invite(runId, 1, plugin);
    await letGo();
    await once(() => server.asked("FinishRun"));
    await server.invite(runId, 1, plugin);
    await eventually(async () => expect(await server.waiting()).toBe(0));
    expect(server.asked("ClaimRun")).toHaveLength(1);
    expect(server.asked("StartRun")).toHaveLength(1);
  });

  test.each(["RUN_NOT_QUEUED", "UNKNOWN_NODE"])("to what %s are dropped", async (code) => {
    const server = await aServer(NATS, {
      ClaimRun: () => ({
        data: { claimRun: { attempt: null, token: null, leaseMs: null, userErrors: refusal(code) } },
      }),
    });
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await eventually(async () => expect(await server.waiting()).toBe(0));
    expect(server.asked("ClaimRun")).toHaveLength(1);
    expect(server.asked("Job")).toEqual([]);
  });

  test("whose claim is refused for the time being come again", async () => {
    let claims = 0;
    const server = await aServer(NATS, {
      ClaimRun: ({ input }) => {
        claims += 1;
        if (claims === 1) return { errors: [{ message: "no", extensions: { code: "LEDGER_READ_ONLY" } }] };
        const answer = { attempt: 1, token: ATTEMPT_TOKEN, leaseMs: 30_000, userErrors: [] };
        return { data: { claimRun: { ...answer, run: { id: (input as { run: string }).run } } } };
      },
    });
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"));
    expect(claims).toBe(2);
  });

  test("are not taken beyond the slots, and no plugin starves another", async () => {
    const script = `sleep 0.05; echo '{"type":"result"}'`;
    const pluginDirs = [await aShellPlugin("one", script), await aShellPlugin("two", script)];
    const server = await aServer(NATS);
    await aRunner(server, NATS, { pluginDirs, slots: 2 });
    const plugins = ["one@1.0.0", "two@1.0.0"];
    for (let sent = 0; sent < 8; sent += 1) for (const plugin of plugins) await server.invite(newRunId(), 1, plugin);
    await once(() => server.asked("FinishRun"), 16);
    await eventually(async () => expect(await server.waiting()).toBe(0));
    expect(Math.max(...server.beats.map(({ leases }) => leases.length))).toBe(2);
    const early = server.asked("RegisterPlugin").length === 2 && server.asked("ClaimRun").slice(0, 8);
    expect(early).toHaveLength(8);
  });
});

describe("an answer that is lost", () => {
  test("is asked for again with the same key and input, so that it counts once", async () => {
    let isLost = true;
    const server = await aServer(NATS, {
      Job: ({ run }) => aJob(run, [aVersion(FILES)]),
      FinishRun: ({ input }) => {
        if (isLost) {
          isLost = false;
          return "nothing";
        }
        const { run } = input as { run: string };
        return { data: { finishRun: { run: { id: run, state: "SUCCEEDED", outputs: [] }, userErrors: [] } } };
      },
    });
    for (const text of Object.values(FILES)) await server.artifacts.put(Buffer.from(text));
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"), 2);
    const [first, second] = server.asked("FinishRun");
    expect(second?.variables).toEqual(first?.variables);
    await eventually(() => expect(server.beats.at(-1)?.leases).toEqual([]));
    expect(server.asked("FinishRun")).toHaveLength(2);
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

describe("at the start", () => {
  test("a plugin that the server refuses is not hosted, and the others are", async () => {
    const server = await aServer(NATS, {
      RegisterPlugin: ({ input }) => {
        const { name } = (input as { manifest: { name: string } }).manifest;
        const userErrors = name === "count-rows" ? refusal("VERSION_CONFLICT") : [];
        return { data: { registerPlugin: { plugin: null, userErrors } } };
      },
    });
    const other = await aShellPlugin("other", `echo '{"type":"result"}'`);
    const runner = await aRunner(server, NATS, { pluginDirs: [COUNT_ROWS, other] });
    await once(() => server.beats);
    expect(server.beats[0]?.plugins).toEqual([{ name: "other", version: "1.0.0" }]);
    expect(runner.log.join("")).toContain("VERSION_CONFLICT");
  });

  test("a runner with nothing to host says so", async () => {
    const server = await aServer(NATS);
    await expect(aRunner(server, NATS, { pluginDirs: [await aFolder("empty")] })).rejects.toThrow(/no plugin to host/);
  });
});

function idOf({ runnerId }: { runnerId: string }): string {
  return runnerId.slice("Runner:".length);
}
