import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sha256 } from "@clew/schema";
import {
  FOR_EVER,
  HELLO,
  OUTPUT,
  RESULT,
  aFolder,
  aJob,
  aManifest,
  aPackageFolder,
  aShellJob,
  anInput,
  logsOf,
  statement,
} from "../../test/a-job.ts";
import { JobGuard } from "./job-guard.ts";
import { prestart } from "./prestart.ts";

test.concurrent("a shell script without JSON gets its inputs, parameters and seed, and its outputs are digested", async () => {
  const inputDir = await aFolder({ "rows/0/a.csv": "id\n1\n" });
  const { outcome, messages } = await aShellJob(
    `${HELLO}
    mkdir -p "$CLEW_OUTPUT_DIR/made/deep"
    cat "$CLEW_INPUT_DIR/rows/0/a.csv" > "$CLEW_OUTPUT_DIR/made/z.csv"
    cat "$CLEW_PARAMETERS" > "$CLEW_OUTPUT_DIR/made/deep/p.json"
    printf '%s %s %s %s' "$CLEW_PARAMETER_text" "$CLEW_PARAMETER_count" "$CLEW_SEED" "$CLEW_ATTEMPT" > "$CLEW_OUTPUT_DIR/made/vars"
    echo '{"type":"metric","name":"rows","value":1}'
    ${OUTPUT}
    echo '{"type":"result","summary":{"done":true}}'`,
    {
      inputDir,
      inputs: { rows: [anInput("rows", "a.csv", "id\n1\n")] },
      parameters: { text: "a b" },
      manifest: aManifest({
        inputs: { rows: { type: "DatasetVersion", description: "Rows." } },
        parameters: {
          type: "object",
          properties: { text: { type: "string" }, count: { type: "integer", default: 3 } },
        },
      }),
    },
  );
  const parameters = '{"text":"a b","count":3}';
  const file = (path: string, text: string) => ({ path, sizeBytes: text.length, digest: sha256(text) });
  expect(outcome).toMatchObject({ outcome: "result", summary: { done: true }, exitCode: 0 });
  expect(outcome.outputs[0]).toMatchObject({
    role: "data",
    output: { nodeType: "DatasetVersion", dir: "made", columnLineage: [] },
    files: [file("deep/p.json", parameters), file("vars", "a b 3 7 1"), file("z.csv", "id\n1\n")],
  });
  expect(messages.map((message) => message.type)).toEqual(["hello", "metric", "output", "result"]);
});

test.concurrent("a TypeScript plugin runs from its sources; what it prints does not break the protocol", async () => {
  const dir = await aPackageFolder({
    "src/main.ts": `
      import { z } from "zod";
      import { definePlugin, servePlugin } from "@clew/plugin-sdk";
      await servePlugin(definePlugin({
        name: "sample", version: "1.0.0", description: "For tests.", runType: "TRAINING",
        inputs: {}, outputs: {}, parameters: z.object({ epochs: z.int().default(2) }),
        environment: () => ({ backend: "none" }),
        run: async (job) => {
          console.log("epochs", job.parameters.epochs);
          console.warn("careful");
          process.stdout.write('{"type":"result"}\\n');
          setInterval(() => {}, 1000);
          return { epochs: job.parameters.epochs };
        },
      }));`,
  });
  const manifest = aManifest({ outputs: {}, runtime: { type: "node", entry: "src/main.ts" } });
  const { outcome, messages } = await aJob(dir, { manifest });
  expect(outcome).toMatchObject({
    outcome: "result",
    summary: { epochs: 2 },
    environment: { backend: "none" },
    exitCode: 0,
  });
  const logs = messages.flatMap((message) => (message.type === "log" ? [[message.level, message.message]] : []));
  expect(logs).toContainEqual(["info", "epochs 2"]);
  expect(logs).toContainEqual(["warn", "careful"]);
  expect(logs).toContainEqual(["warn", '{"type":"result"}']);
});

test.concurrent("what is thrown outside run is a PLUGIN_ERROR with its message", async () => {
  const dir = await aPackageFolder({
    "src/main.ts": `
      import { z } from "zod";
      import { definePlugin, servePlugin } from "@clew/plugin-sdk";
      await servePlugin(definePlugin({
        name: "sample", version: "1.0.0", description: "For tests.", runType: "TRAINING",
        inputs: {}, outputs: {}, parameters: z.object({}),
        run: async () => {
          setTimeout(() => { throw new Error("in a timer"); }, 1);
          await new Promise(() => {});
        },
      }));`,
  });
  const manifest = aManifest({ outputs: {}, runtime: { type: "node", entry: "src/main.ts" } });
  const { outcome } = await aJob(dir, { manifest });
  expect(outcome).toMatchObject({ failure: { type: "PLUGIN_ERROR", message: "in a timer" } });
});

test.concurrent("lines that are no message and standard error are logs; a line of over 16 MiB is cut", async () => {
  const { outcome, messages } = await aShellJob(`${HELLO}
    echo plain; echo '{"not":"a message"}'; echo '{"type":"elsewhere"}'; echo '{broken'; echo oops >&2
    head -c 17000000 /dev/zero | tr '\\0' x; echo; echo after
    ${RESULT}`);
  expect(outcome.outcome).toBe("result");
  const logs = logsOf(messages);
  for (const line of ["plain", '{"not":"a message"}', '{"type":"elsewhere"}', "{broken", "oops", "after"]) {
    expect(logs).toContain(line);
  }
  const long = logs.find((line) => line.startsWith("xxx")) ?? "";
  expect(long).toHaveLength(10_000);
  expect(messages.find((one) => one.type === "log" && one.message === "oops")).toMatchObject({ level: "warn" });
});

const REPORT = { nodeType: "Report", reportType: "EVALUATION", about: ["rows"], verdict: null, metrics: {} };

test.concurrent.each([
  ["another message before hello", `echo '{"type":"progress","fraction":0}'`, "progress before hello"],
  ["hello twice", `${HELLO}; ${HELLO}`, "hello was said twice"],
  ["hello of another version", HELLO.replace("1.0.0", "1.0.1"), "the manifest is of sample 1.0.0"],
  ["a malformed message", `${HELLO}; echo '{"type":"progress","fraction":2}'`, "malformed progress message: fraction"],
  ["a field too many", `${HELLO}; echo '{"type":"result","outputs":[]}'`, "malformed result message"],
  ["an undeclared output", `${HELLO}; ${statement("more", REPORT)}`, "output more is not declared"],
  ["an output that every object has", `${HELLO}; ${statement("constructor", REPORT)}`, "constructor is not declared"],
  ["an output of another type", `${HELLO}; ${statement("data", REPORT)}`, "is a Report, declared as DatasetVersion"],
  ["an output twice", `${HELLO}; ${OUTPUT}; ${OUTPUT}`, "stated twice"],
  ["a second result", `${HELLO}; ${RESULT}; ${RESULT}`, "result after the result"],
  [
    "a folder above",
    `${HELLO}; ${statement("data", { nodeType: "DatasetVersion", dir: "../x", schema: [], rows: null })}`,
    "dir",
  ],
])("%s is a PROTOCOL_VIOLATION and ends the job at once", async (_, script, message) => {
  const { outcome } = await aShellJob(`${script}; sleep ${FOR_EVER}`);
  expect(outcome).toMatchObject({
    outcome: "failure",
    failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining(message), retryable: false },
    outputs: [],
    exitCode: null,
  });
});

test.concurrent("a report about an input that the job was not given is a PROTOCOL_VIOLATION", async () => {
  const manifest = aManifest({ outputs: { report: { type: "Report", description: "Found." } } });
  const { outcome } = await aShellJob(`${HELLO}; ${statement("report", REPORT)}; ${RESULT}`, { manifest });
  expect(outcome).toMatchObject({ failure: { message: expect.stringContaining("names input rows") } });
});

test.concurrent.each(['{"type":"observe","count":4}', '{"type":"seen","seq":1}'])(
  "%s from a service whose manifest does not say that it watches is a PROTOCOL_VIOLATION",
  async (line) => {
    const { outcome } = await aShellJob(`${HELLO}; echo '${line}'; ${RESULT}`, {
      manifest: aManifest({ kind: "service" }),
    });
    expect(outcome).toMatchObject({ failure: { message: expect.stringContaining("does not say that it watches") } });
    const manifest = aManifest({ kind: "service", watches: true });
    const watching = await aShellJob(`${HELLO}; echo '${line}'; ${RESULT}`, { manifest });
    expect(watching.outcome).toMatchObject({ outcome: "result" });
  },
);

test.concurrent("a result without a required output is a PROTOCOL_VIOLATION", async () => {
  const manifest = aManifest({ outputs: { data: { type: "DatasetVersion", description: "Made." } } });
  const { outcome } = await aShellJob(`${HELLO}; ${RESULT}`, { manifest });
  expect(outcome).toMatchObject({ failure: { type: "PROTOCOL_VIOLATION", message: "no required output data" } });
});

test.concurrent.each([
  ["is not there", ":", "does not exist"],
  ["holds no file", 'mkdir "$CLEW_OUTPUT_DIR/made"', "holds no file"],
  ["is a file", 'touch "$CLEW_OUTPUT_DIR/made"', "is no folder"],
  ["is a link to a folder outside", 'ln -s "$CLEW_INPUT_DIR" "$CLEW_OUTPUT_DIR/made"', "symbolic link"],
  ["holds a link to a file outside", "mkdir made; ln -s /etc/passwd made/x", "neither a folder nor a regular file"],
  [
    "holds a link to a folder outside",
    'mkdir made; ln -s "$CLEW_INPUT_DIR" made/x',
    "neither a folder nor a regular file",
  ],
  ["holds a pipe", "mkdir made; mkfifo made/x", "neither a folder nor a regular file"],
  ["holds a name with a line break", 'mkdir made; touch "made/a\nb"', "relative path"],
])("an output whose folder %s is a PROTOCOL_VIOLATION", async (_, make, message) => {
  const inputDir = await aFolder({ secret: "outside" });
  const script = `${HELLO}; cd "$CLEW_OUTPUT_DIR"; ${make}; ${OUTPUT}; ${RESULT}`;
  const { outcome } = await aShellJob(script, { inputDir });
  expect(outcome).toMatchObject({
    failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining(message) },
  });
});

test.concurrent("a job that ends without a result is a PLUGIN_ERROR with its status and last words", async () => {
  const { outcome } = await aShellJob(`${HELLO}; echo 'no such table' >&2; exit 3`);
  expect(outcome).toMatchObject({
    failure: {
      type: "PLUGIN_ERROR",
      message: "the job ended with status 3 without a result",
      details: { stderr: ["no such table"] },
    },
    exitCode: 3,
  });
});

test.concurrent("a status other than 0 after a result is a PLUGIN_ERROR", async () => {
  const { outcome } = await aShellJob(`${HELLO}; ${RESULT}; exit 4`);
  expect(outcome).toMatchObject({
    failure: { type: "PLUGIN_ERROR", message: "the job ended with status 4 after its result" },
  });
});

test.concurrent("a failure that the job states is the outcome, whatever its status", async () => {
  const stated = '{"type":"failure","failure":{"type":"BAD_INPUT","message":"no rows","retryable":true}}';
  const { outcome } = await aShellJob(`${HELLO}; echo '${stated}'; exit 1`);
  expect(outcome).toMatchObject({ failure: { type: "BAD_INPUT", message: "no rows", retryable: true } });
});

test.concurrent("a program that is not there is a PLUGIN_ERROR", async () => {
  const manifest = aManifest({ runtime: { type: "command", command: ["no-such-program-here"] } });
  const { outcome } = await aShellJob("", { manifest });
  expect(outcome).toMatchObject({ failure: { type: "PLUGIN_ERROR", message: expect.stringContaining("ENOENT") } });
});

test.concurrent("parameters that do not fit the manifest's schema never reach the job", async () => {
  const manifest = aManifest({
    parameters: { type: "object", properties: { n: { type: "integer" } }, additionalProperties: false },
  });
  const { outcome, messages } = await aShellJob(`${HELLO}; ${RESULT}`, { manifest, parameters: { n: "one", m: 1 } });
  expect(outcome).toMatchObject({
    failure: { type: "BAD_PARAMETERS", message: "m is no parameter here (there are: n); n must be integer" },
    exitCode: null,
  });
  expect(messages).toEqual([]);
});

test.concurrent("inputs that do not fit the manifest never reach the job", async () => {
  const manifest = aManifest({ inputs: { rows: { type: "DatasetVersion", description: "Rows." } } });
  const { outcome } = await aShellJob(`${HELLO}; ${RESULT}`, { manifest });
  expect(outcome).toMatchObject({ failure: { type: "BAD_INPUT", message: "input rows is required" } });
});

test.concurrent("an output folder that is not empty is the host's error", async () => {
  const outputDir = await aFolder({ "left/over": "x" });
  await expect(aShellJob(`${HELLO}; ${RESULT}`, { outputDir })).rejects.toThrow("not empty");
});

test.concurrent("a listener that throws kills the job and surfaces", async () => {
  const onMessage = () => {
    throw new Error("the stream is gone");
  };
  await expect(aShellJob(`${HELLO}; sleep ${FOR_EVER}`, { onMessage })).rejects.toThrow("the stream is gone");
});

test.concurrent("a slow listener gets every message, in order, also after the process has ended", async () => {
  const script = `${HELLO}; i=0; while [ $i -lt 300 ]; do echo "{\\"type\\":\\"metric\\",\\"name\\":\\"m\\",\\"value\\":$i}"; i=$((i+1)); done; ${RESULT}`;
  const onMessage = async () => await new Promise<void>((resolve) => setTimeout(resolve, 10));
  const { outcome, messages } = await aShellJob(script, { onMessage });
  expect(outcome.outcome).toBe("result");
  const values = messages.flatMap((message) => (message.type === "metric" ? [message.value] : []));
  expect(values).toEqual(Array.from({ length: 300 }, (_, i) => i));
});

test.concurrent("the host's own variables do not reach the job, given ones do", async () => {
  process.env["CLEW_TEST_HOST_ONLY"] = "host";
  const { messages } = await aShellJob(`${HELLO}; echo "[$CLEW_TEST_HOST_ONLY][$GIVEN]"; ${RESULT}`, {
    env: { GIVEN: "yes" },
  });
  delete process.env["CLEW_TEST_HOST_ONLY"];
  expect(logsOf(messages)).toContain("[][yes]");
});

test.concurrent("secrets reach the job and are masked wherever it says them", async () => {
  const token = "s3cr3t-token";
  const pem = "-----BEGIN KEY-----\nAbCdEfGh1234\n-----END KEY-----";
  const { outcome, messages } = await aShellJob(
    `${HELLO.replace('"version":"1.0.0"', '"version":"1.0.0","environment":{"token":"\'$TOKEN\'"}')}
    echo "token is $TOKEN"; echo "$PEM" >&2; echo "err $TOKEN" >&2
    printf '%s' "$TOKEN" > "$CLEW_OUTPUT_DIR/seen"
    echo '{"type":"progress","fraction":0.1,"message":"with '$TOKEN'"}'
    echo '{"type":"failure","failure":{"type":"BAD_INPUT","message":"refused '$TOKEN'","retryable":false,"details":{"'$TOKEN'":["'$TOKEN'"]}}}'`,
    { manifest: aManifest({ secrets: ["TOKEN", "PEM"] }), secrets: { TOKEN: token, PEM: pem } },
  );
  const said = JSON.stringify([messages, outcome]);
  expect(said).not.toContain(token);
  expect(said).not.toContain("AbCdEfGh1234");
  expect(logsOf(messages)).toContain("token is ***");
  expect(outcome).toMatchObject({
    failure: { message: "refused ***", details: { "***": ["***"] } },
    environment: { token: "***" },
  });
});

test.concurrent("a secret value reaches the job as it is", async () => {
  const { outcome, outputDir } = await aShellJob(
    `${HELLO}; mkdir "$CLEW_OUTPUT_DIR/made"; printf '%s' "$TOKEN" > "$CLEW_OUTPUT_DIR/made/seen"; ${OUTPUT}; ${RESULT}`,
    { manifest: aManifest({ secrets: ["TOKEN"] }), secrets: { TOKEN: "s3cr3t-token" } },
  );
  expect(outcome.outcome).toBe("result");
  expect(await readFile(join(outputDir, "made", "seen"), "utf8")).toBe("s3cr3t-token");
});

test.concurrent("a job gets no secret that its plugin does not name, and says none of the host's", async () => {
  const script = `${HELLO}; echo "[$MINE][$OTHER]"; cat other; ${RESULT}`;
  const { messages } = await aJob(await aFolder({ "job.sh": script, other: "found of-another-plugin\n" }), {
    manifest: aManifest({ secrets: ["MINE"] }),
    secrets: { MINE: "mine-to-use", OTHER: "of-another-plugin" },
  });
  expect(logsOf(messages)).toEqual(expect.arrayContaining(["[***][]", "found ***"]));
});

test.concurrent("a job whose plugin names a secret that the host lacks fails before it is started", async () => {
  const started: number[] = [];
  const { outcome } = await aShellJob(`${HELLO}; ${RESULT}`, {
    manifest: aManifest({ secrets: ["HERE", "DB_PASSWORD", "API_KEY"] }),
    secrets: { HERE: "is-here" },
    onStart: (pid) => started.push(pid),
  });
  expect(outcome).toMatchObject({
    failure: {
      type: "UNAVAILABLE",
      message: "the host lacks secrets that sample asks for: set CLEW_SECRET_DB_PASSWORD, CLEW_SECRET_API_KEY",
      retryable: false,
    },
  });
  expect(started).toEqual([]);
});

test.concurrent("many inputs of many files reach a job although their line is longer than 1 MiB", async () => {
  const dir = await aPackageFolder({
    "src/main.ts": `
      import { z } from "zod";
      import { definePlugin, servePlugin } from "@clew/plugin-sdk";
      await servePlugin(definePlugin({
        name: "sample", version: "1.0.0", description: "For tests.", runType: "TRAINING",
        inputs: { rows: { type: "DatasetVersion", description: "Rows." } }, outputs: {}, parameters: z.object({}),
        run: async (job) => ({ files: job.inputs.rows[0]!.files.length }),
      }));`,
  });
  const one = anInput("rows", "a", "x");
  const files = Array.from({ length: 20_000 }, (_, i) => ({
    path: `part-${i}.parquet`,
    sizeBytes: 1,
    digest: one.digest,
  }));
  const manifest = aManifest({
    inputs: { rows: { type: "DatasetVersion", description: "Rows." } },
    outputs: {},
    runtime: { type: "node", entry: "src/main.ts" },
  });
  const { outcome } = await aJob(dir, { manifest, inputs: { rows: [{ ...one, files }] } });
  expect(outcome).toMatchObject({ outcome: "result", summary: { files: 20_000 } });
});

test.concurrent("a process that was there before its job does it, and what it said before is the job's", async () => {
  const dir = await aPackageFolder({
    "src/main.ts": `
      import { z } from "zod";
      import { definePlugin, servePlugin } from "@clew/plugin-sdk";
      process.stderr.write("loaded\\n");
      await servePlugin(definePlugin({
        name: "sample", version: "1.0.0", description: "For tests.", runType: "TRAINING", prestart: true, secrets: ["PASSWORD"],
        inputs: {}, outputs: {}, parameters: z.object({ epochs: z.int() }),
        run: async (job) => ({
          epochs: job.parameters.epochs, seed: job.seed, pid: process.pid,
          told: Object.keys(process.env).filter((name) => name.startsWith("CLEW_")), secret: process.env.PASSWORD,
        }),
      }));`,
  });
  const runtime = { type: "node", entry: "src/main.ts", prestart: true };
  const manifest = aManifest({ outputs: {}, secrets: ["PASSWORD"], runtime });
  const guard = new JobGuard();
  const early = prestart({ pluginDir: dir, manifest, secrets: { PASSWORD: "hunter22" } }, guard);
  await once(early.stderr, "readable");
  const given = {
    manifest,
    secrets: { PASSWORD: "hunter22" },
    parameters: { epochs: 2 },
    takeProcess: async () => early,
  };
  const { outcome, messages } = await aJob(dir, given);
  guard.close();
  expect(outcome).toMatchObject({ outcome: "result", exitCode: 0 });
  expect(outcome.summary).toEqual({ epochs: 2, seed: 7, pid: early.pid, told: [], secret: "***" });
  expect(logsOf(messages)).toContain("loaded");
});
