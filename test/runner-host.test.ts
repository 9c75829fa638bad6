import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { MutationRequest } from "@clew/schema";
import { describe, expect, onTestFinished, test } from "vitest";
import { startNats } from "@clew/cli/services";
import { aWaitingJob } from "./support/waiting-job.ts";
import {
  ATTEMPT_TOKEN,
  COUNT_ROWS,
  RUNNER_TOKEN,
  aFolder,
  aClaim,
  aRunner,
  aServer,
  aShellPlugin,
  aVersion,
  eventually,
  inputOf,
  newNames,
  newRunId,
  once,
  refusal,
} from "./support/runner-host.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";

const FILES = { "a.csv": "x\n1\n2\n", "b/c.csv": "x\n3\n" };
const keyOf = (request: MutationRequest | undefined) => request?.variables["idempotencyKey"];

describe("an attempt", () => {
  test("takes its inputs, runs its plugin and reports what came of it", async () => {
    const server = await aServer(NATS, {
      ClaimRun: aClaim([aVersion({ "a.csv": FILES["a.csv"] }, "page-2")], { headerRows: 1, minRows: 2 }),
      VersionFiles: ({ after }) => ({
        data: { node: after === "page-2" ? { files: aVersion({ "b/c.csv": FILES["b/c.csv"] }).files } : null },
      }),
    });
    for (const text of Object.values(FILES)) await server.artifacts.put(text);
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
    const server = await aServer(NATS, { ClaimRun: aClaim([aVersion(FILES)]) });
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({
      outputs: [],
      failure: { type: "INPUT_UNAVAILABLE", retryable: false },
    });
    expect(server.asked("StartRun")).toEqual([]);
  });

  test("is reported as failed where the server refuses its outputs", async () => {
    const server = await aServer(NATS, {
      ClaimRun: aClaim([aVersion(FILES)]),
      FinishRun: ({ input }) => {
        const { failure } = input as { failure: unknown };
        return { data: { finishRun: { run: null, userErrors: failure === null ? refusal("INVALID_INPUT") : [] } } };
      },
    });
    for (const text of Object.values(FILES)) await server.artifacts.put(text);
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"), 2);
    expect(inputOf(server.asked("FinishRun")[1])).toMatchObject({
      outputs: [],
      failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining("INVALID_INPUT") },
    });
  });

  test("gives its job those of the runner's secrets that its plugin names, and says none to anybody", async () => {
    const script = `
echo "the password is $DB_PASSWORD, the key [$API_KEY]"
[ "$DB_PASSWORD" = hunter22 ] && echo '{"type":"result"}'`;
    const server = await aServer(NATS, { ClaimRun: aClaim([], {}, { plugin: "asks@1.0.0" }) });
    const pluginDirs = [await aShellPlugin("asks", script, {}, { secrets: ["DB_PASSWORD"] })];
    const secrets = { DB_PASSWORD: "hunter22", API_KEY: "of-another" };
    const runner = await aRunner(server, NATS, { pluginDirs, secrets });
    await server.invite(newRunId(), 1, "asks@1.0.0");
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])["failure"]).toBeNull();
    const said = JSON.stringify([server.events, server.requests, runner.log]);
    expect(said).toContain("the password is ***, the key []");
    expect(said).not.toMatch(/hunter22|of-another/);
  });

  test("reports a job as failed whose plugin names a secret that the runner lacks, and warns of it at its start", async () => {
    const server = await aServer(NATS, { ClaimRun: aClaim([], {}, { plugin: "asks@1.0.0" }) });
    const pluginDirs = [await aShellPlugin("asks", `echo '{"type":"result"}'`, {}, { secrets: ["DB_PASSWORD"] })];
    const runner = await aRunner(server, NATS, { pluginDirs });
    const why = "the host lacks secrets that asks asks for: set CLEW_SECRET_DB_PASSWORD";
    expect(JSON.stringify(runner.log)).toContain(why);
    await server.invite(newRunId(), 1, "asks@1.0.0");
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({
      failure: { type: "UNAVAILABLE", message: why, retryable: false },
    });
    expect(server.asked("StartRun")).toEqual([]);
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
        data: { claimRun: { run: null, attempt: null, token: null, leaseMs: null, userErrors: refusal(code) } },
      }),
    });
    await aRunner(server, NATS);
    await server.invite(newRunId());
    await eventually(async () => expect(await server.waiting()).toBe(0));
    expect(server.asked("ClaimRun")).toHaveLength(1);
    expect(server.asked("FinishRun")).toEqual([]);
  });

  test("whose claim is refused for the time being come again", async () => {
    const claim = aClaim();
    let claims = 0;
    const server = await aServer(NATS, {
      ClaimRun: (variables, request) => {
        claims += 1;
        if (claims === 1) return { errors: [{ message: "no", extensions: { code: "LEDGER_READ_ONLY" } }] };
        return claim(variables, request);
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
    const plugins = ["one@1.0.0", "two@1.0.0"];
    const pluginOf = new Map(Array.from({ length: 16 }, (_, index) => [newRunId(), plugins[index < 8 ? 0 : 1] ?? ""]));
    for (const [runId, plugin] of pluginOf) await server.invite(runId, 1, plugin);
    await aRunner(server, NATS, { pluginDirs, slots: 2 });
    await once(() => server.asked("FinishRun"), 16);
    await eventually(async () => expect(await server.waiting()).toBe(0));
    expect(Math.max(...server.beats.map(({ leases }) => leases.length))).toBe(2);
    // Both queues are full from the start: whichever plugin came first, the other had its turn long before that queue was empty.
    const order = server.asked("ClaimRun").map((claim) => pluginOf.get(String(inputOf(claim)["run"])));
    expect(order.slice(0, 8).filter((plugin) => plugin === plugins[0]).length).toSatisfy(
      (count) => count >= 2 && count <= 6,
    );
  });
});

describe("an answer that is lost", () => {
  test("is asked for again with the same key and input, so that it counts once", async () => {
    let isLost = true;
    const server = await aServer(NATS, {
      ClaimRun: aClaim([aVersion(FILES)]),
      FinishRun: ({ input }) => {
        if (isLost) {
          isLost = false;
          return "nothing";
        }
        const { run } = input as { run: string };
        return { data: { finishRun: { run: { id: run, state: "SUCCEEDED", outputs: [] }, userErrors: [] } } };
      },
    });
    for (const text of Object.values(FILES)) await server.artifacts.put(text);
    await aRunner(server, NATS, { firstAnswerMs: 500 });
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"), 2);
    await eventually(() => expect(server.beats.at(-1)?.leases).toEqual([]));
    const [first, ...again] = server.asked("FinishRun");
    for (const { variables } of again) expect(variables).toEqual(first?.variables);
  });
});

describe("at the start", () => {
  test("the permissions that docs/protocol.md names are all that a runner needs", async () => {
    const names = newNames();
    const nats = await startNats({ dir: await aFolder("nats"), own: true, config: permissionsOf(names) });
    onTestFinished(async () => await nats.stop());
    const server = await aServer(nats.url, { ClaimRun: aClaim([aVersion(FILES)]) }, 30_000, names);
    for (const text of Object.values(FILES)) await server.artifacts.put(text);
    const runner = await aRunner(server, nats.url.replace("//", "//runner:its-password@"));
    await server.invite(newRunId());
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({ failure: null, measurements: 2 });
    await runner.drain();
    expect(await server.waiting()).toBe(0);
    expect(runner.log.join("")).not.toMatch(/permissions violation/i);
  });

  test("credentials that NATS refuses are said, and not tried for ever", async () => {
    const server = await aServer(NATS);
    const closed = await startNats({
      dir: await aFolder("nats"),
      own: true,
      config: 'authorization { token: "right" }',
    });
    onTestFinished(async () => await closed.stop());
    await expect(aRunner(server, closed.url, { natsToken: "wrong" })).rejects.toThrow(/refuses these credentials/);
  });

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

/** A runner's permissions as the document has them; who names nobody is the server. */
function permissionsOf({ prefix, runnerId }: { prefix: string; runnerId: string }): string {
  const text = readFileSync(new URL("../docs/protocol.md", import.meta.url), "utf8");
  const subjectsThat = (what: string) =>
    [...text.matchAll(new RegExp(`^\\| ${what} \\| (.*) \\|$`, "gm"))]
      .flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, subject = ""]) => subject))
      .map((subject) => subject.replace("<id>", idOf({ runnerId })))
      .map((subject) => subject.replace("<plugin>", "count-rows").replace("<pool>", "default"))
      .map((subject) => subject.replace("CLEW-", `${prefix.toUpperCase()}-`).replace(/(^|\.)clew\./, `$1${prefix}.`));
  const [publish, subscribe] = ["publish", "subscribe"].map((what) => JSON.stringify(subjectsThat(what)));
  return `
    authorization { users: [
      { user: server, password: its-own }
      { user: runner, password: its-password, permissions: { publish: ${publish}, subscribe: ${subscribe} } }
    ] }
    no_auth_user: server`;
}

function idOf({ runnerId }: { runnerId: string }): string {
  return runnerId.slice("Runner:".length);
}
