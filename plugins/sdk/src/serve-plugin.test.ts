import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { z } from "zod";
import { JobMessage } from "@clew/schema";
import { anInput } from "../test/a-job.ts";
import { type PluginOptions, definePlugin } from "./define-plugin.ts";
import type { InputDeclarations, Job, OutputDeclarations } from "./job.ts";
import { JobChannel } from "./job-channel.ts";
import { PluginFailure } from "./plugin-failure.ts";
import { serve } from "./serve-plugin.ts";

type Options = PluginOptions<z.ZodObject, InputDeclarations, OutputDeclarations>;

const HELLO = {
  type: "hello",
  protocol: "clew-job/1",
  runId: "r",
  attempt: 1,
  inputDir: "/in",
  outputDir: "/out",
  seed: 5,
};
const DATA = anInput("data", "a.csv", "x");

/** What a plugin in JavaScript could pass. */
const INCOMPLETE = {} as Parameters<Job["output"]>[1];

/** Serves one job; `after` acts on the host's end of the pipe once the job runs. */
async function served(
  run: Options["run"],
  given: Partial<Options> = {},
  start: object[] = [HELLO, { type: "parameters", values: {} }, { type: "inputs", inputs: { data: [DATA] } }],
  after: (host: PassThrough) => void = () => {},
): Promise<{ ok: boolean; said: JobMessage[] }> {
  const plugin = definePlugin<z.ZodObject, InputDeclarations, OutputDeclarations>({
    name: "sample",
    version: "1.0.0",
    description: "For tests.",
    runType: "EVALUATION",
    inputs: { data: { type: "DatasetVersion", description: "Rows." } },
    outputs: { report: { type: "Report", description: "Found." } },
    parameters: z.object({}),
    ...given,
    run: async (job) => {
      after(input);
      return await run(job);
    },
  });
  const input = new PassThrough();
  const output = new PassThrough();
  for (const message of start) input.write(`${JSON.stringify(message)}\n`);
  const ok = await serve(plugin, input, new JobChannel(output, plugin.manifest()));
  const lines = String(output.read()).trimEnd().split("\n");
  return { ok, said: lines.map((line) => JobMessage.parse(JSON.parse(line))) };
}

const aborted = async (job: Job) => {
  if (!job.signal.aborted) await new Promise((resolve) => job.signal.addEventListener("abort", resolve));
};

test("a job says hello, what it finds out, and its result", async () => {
  const { ok, said } = await served(
    async (job) => {
      job.progress(0.5, "half");
      job.metric("loss", Number.NaN, 2);
      job.metrics([
        { name: "auc", value: 0.7, step: 2 },
        { name: "rows", value: Number.POSITIVE_INFINITY },
      ]);
      job.output("report", { reportType: "EVALUATION", about: ["data"], verdict: null, metrics: { seed: job.seed } });
      return { file: job.inputs["data"]?.[0]?.path("a.csv") ?? "" };
    },
    { environment: () => ({ backend: "wasm" }) },
  );
  expect(ok).toBe(true);
  expect(said.map((message) => message.type)).toEqual([
    "hello",
    "progress",
    "metric",
    "metric",
    "metric",
    "output",
    "result",
  ]);
  expect(said[0]).toMatchObject({ plugin: "sample", version: "1.0.0", environment: { backend: "wasm" } });
  expect(said[2]).toMatchObject({ value: { $number: "NaN" }, step: 2 });
  expect(said[3]).toMatchObject({ name: "auc", value: 0.7, step: 2 });
  expect(said[4]).toMatchObject({ name: "rows", value: { $number: "Infinity" }, step: 0 });
  expect(said[5]).toMatchObject({ output: { nodeType: "Report", metrics: { seed: 5 } } });
  expect(said[6]).toMatchObject({ summary: { file: "/in/data/0/a.csv" } });
});

test.each([
  ["a PluginFailure", () => new PluginFailure("BAD_INPUT", "no rows"), "BAD_INPUT", "no rows"],
  ["any other error", () => new TypeError("x is not y"), "PLUGIN_ERROR", "x is not y"],
])("%s is the job's failure", async (_, make, type, message) => {
  const { ok, said } = await served(async () => {
    throw make();
  });
  expect(ok).toBe(false);
  expect(said.at(-1)).toMatchObject({ type: "failure", failure: { type, message, retryable: false } });
  const stacks = said.filter((one) => one.type === "log" && one.message.includes("serve-plugin.test.ts"));
  expect(stacks).toHaveLength(type === "PLUGIN_ERROR" ? 1 : 0);
});

test("hello comes first even where the environment cannot be told", async () => {
  const { said } = await served(async () => {}, {
    environment: () => {
      throw new Error("no backend");
    },
  });
  expect(said.map((message) => message.type)).toEqual(["hello", "log", "failure"]);
});

test("bad parameters end the job before it runs", async () => {
  let ran = false;
  const { said } = await served(
    async () => {
      ran = true;
    },
    { parameters: z.object({ epochs: z.int() }) },
  );
  expect(ran).toBe(false);
  expect(said.at(-1)).toMatchObject({
    failure: { type: "BAD_PARAMETERS", message: expect.stringContaining("epochs") },
  });
});

test.each([
  ["a missing input", {}, "input data is required"],
  ["two where one is taken", { data: [DATA, DATA] }, "takes one version, not 2"],
  ["an unknown role", { data: [DATA], more: [DATA] }, "no input role more"],
  ["another type", { data: [{ ...DATA, type: "ModelVersion" }] }, "is a ModelVersion"],
])("%s is BAD_INPUT", async (_, inputs, message) => {
  const { said } = await served(async () => {}, {}, [
    HELLO,
    { type: "parameters", values: {} },
    { type: "inputs", inputs },
  ]);
  expect(said.at(-1)).toMatchObject({ failure: { type: "BAD_INPUT", message: expect.stringContaining(message) } });
});

test("one version twice is BAD_INPUT, where several are taken: its rows would count twice", async () => {
  const many = { inputs: { data: { type: "DatasetVersion", description: "Rows.", many: true } } } as const;
  const given = async (...data: object[]) =>
    (
      await served(async () => {}, many, [
        HELLO,
        { type: "parameters", values: {} },
        { type: "inputs", inputs: { data } },
      ])
    ).said.at(-1);
  const other = { ...DATA, id: `DatasetVersion:${"f".repeat(32)}`, key: "tests/data@9" };
  expect(await given(DATA, other, DATA)).toMatchObject({
    failure: { type: "BAD_INPUT", message: expect.stringContaining(`${DATA.key} twice`) },
  });
  expect(await given(DATA, other)).not.toHaveProperty("failure");
});

test("a file that the version does not have is BAD_INPUT", async () => {
  const { said } = await served(async (job) => {
    job.inputs["data"]?.[0]?.path("../../etc/passwd");
  });
  expect(said.at(-1)).toMatchObject({ failure: { type: "BAD_INPUT" } });
});

test.each([
  ["an undeclared output", (job: Job) => job.output("other", INCOMPLETE), "no output role other"],
  ["an output that is not complete", (job: Job) => job.output("report", INCOMPLETE), "bad output message"],
  [
    "a line of over 16 MiB",
    (job: Job) => {
      job.output("report", {
        reportType: "EVALUATION",
        about: ["data"],
        verdict: null,
        metrics: Object.fromEntries(
          Array.from({ length: 60_000 }, (_, i) => [`metric-number-${i}`.padEnd(300, "-"), i]),
        ),
      });
    },
    "longer than 16 MiB",
  ],
])("%s is a PROTOCOL_VIOLATION", async (_, act, message) => {
  const { said } = await served(async (job) => act(job));
  expect(said.at(-1)).toMatchObject({
    failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining(message) },
  });
});

test("a host that does not keep the order is told so", async () => {
  const { said } = await served(async () => {}, {}, [{ type: "parameters", values: {} }]);
  expect(said.at(-1)).toMatchObject({
    failure: { type: "PROTOCOL_VIOLATION", message: "the host said parameters where hello is due" },
  });
});

test("a cancelled task fails as CANCELLED with the reason, also when it returns", async () => {
  const cancel = (host: PassThrough) => host.write(`${JSON.stringify({ type: "cancel", reason: "not needed" })}\n`);
  const { ok, said } = await served(aborted, {}, undefined, cancel);
  expect(ok).toBe(false);
  expect(said.at(-1)).toMatchObject({ failure: { type: "CANCELLED", message: "not needed" } });
});

test("a cancelled service that returns has stopped as asked", async () => {
  const cancel = (host: PassThrough) => host.write(`${JSON.stringify({ type: "cancel", reason: "scaled down" })}\n`);
  const { ok, said } = await served(aborted, { kind: "service" }, undefined, cancel);
  expect(ok).toBe(true);
  expect(said.at(-1)).toMatchObject({ type: "result" });
});

test("a host that goes away stops the job", async () => {
  const { said } = await served(aborted, {}, undefined, (host) => host.end());
  expect(said.at(-1)).toMatchObject({ failure: { type: "CANCELLED", message: "the host went away" } });
});

const MODEL = anInput("models", "model.json", "{}");
const deployment = (version: number, weight: number) => ({
  type: "deployment",
  id: `Deployment:${version}`,
  key: `tests/live@${version}`,
  serves: [{ model: MODEL, format: "text", weight, mode: "LIVE", isSuspended: false }],
});

test("a service is given the newest of what its endpoint shall serve, and says what it made of it", async () => {
  const seen: { key: string; weight: number; file: string }[] = [];
  const { ok, said } = await served(
    async (job) => {
      for await (const wanted of job.deployments()) {
        const [first] = wanted.serves;
        seen.push({ key: wanted.key, weight: first!.weight, file: first!.model.path("model.json") });
        if (wanted.id === "Deployment:3") job.deployed(wanted, new PluginFailure("BAD_INPUT", "no such format"));
        else job.deployed(wanted);
        if (seen.length === 1) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    { kind: "service" },
    undefined,
    (host) => {
      const lines = [deployment(1, 100), deployment(2, 50), deployment(3, 60)];
      host.write(`${JSON.stringify(lines[0])}\n`);
      setTimeout(
        () =>
          host.write(
            lines
              .slice(1)
              .map((line) => `${JSON.stringify(line)}\n`)
              .join(""),
          ),
        5,
      );
      setTimeout(() => host.write(`${JSON.stringify({ type: "cancel", reason: "enough" })}\n`), 80);
    },
  );
  expect(ok).toBe(true);
  // The second waited while the first was loaded, and was overtaken.
  expect(seen.map(({ key, weight }) => [key, weight])).toEqual([
    ["tests/live@1", 100],
    ["tests/live@3", 60],
  ]);
  expect(seen[0]?.file).toMatch(/^\/in\/models\/0\/model\.json$/);
  const answers = said.filter((message) => message.type === "deployed");
  expect(answers).toMatchObject([
    { deployment: "Deployment:1", failure: null },
    { deployment: "Deployment:3", failure: { type: "BAD_INPUT", message: "no such format" } },
  ]);
});

test("a service says where it listens, what it predicted and what it found out", async () => {
  const about = [`Deployment:${"1".repeat(32)}`];
  const { said } = await served(
    async (job) => {
      job.listening("http://127.0.0.1:8080");
      job.predictions([], { dropped: 2 });
      job.report("july", { reportType: "DRIFT", about, verdict: "FAIL", metrics: { drifting: 1 } });
      job.alert({ about: about[0]!, cause: "drift:x", message: "x has moved", reports: ["july"] });
      job.report("other", { reportType: "DRIFT", about: ["nobody"], verdict: null, metrics: {} });
    },
    { kind: "service" },
  );
  expect(said.slice(1, -1)).toMatchObject([
    { type: "listening", url: "http://127.0.0.1:8080" },
    { type: "predictions", records: [], dropped: 2, sampledOut: 0 },
    { type: "report", name: "july", report: { about, slices: [], drift: [] } },
    { type: "alert", severity: "WARNING", reports: ["july"] },
  ]);
  expect(said.at(-1)).toMatchObject({
    failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining("bad report message") as unknown },
  });
});

const observation = (seq: number, more: object = {}) => ({
  type: "observed",
  seq,
  storedAt: `2026-11-24T07:00:${String(seq).padStart(2, "0")}.000Z`,
  isCaughtUp: false,
  ...more,
});

/** Serves a job that watches; the host's end of the pipe answers each `observe` with as many of `all`. */
async function watched(run: Options["run"], all: readonly object[], given: Partial<Options> = {}) {
  const said: JobMessage[] = [];
  const plugin = definePlugin<z.ZodObject, InputDeclarations, OutputDeclarations>({
    name: "sample",
    version: "1.0.0",
    description: "For tests.",
    runType: "MONITORING",
    kind: "service",
    watches: true,
    inputs: {},
    outputs: {},
    parameters: z.object({}),
    ...given,
    run,
  });
  const input = new PassThrough();
  const output = new PassThrough();
  const waiting = [...all];
  output.on("data", (chunk: Buffer) => {
    for (const line of String(chunk).trimEnd().split("\n")) {
      const message = JobMessage.parse(JSON.parse(line));
      said.push(message);
      const next = message.type === "observe" ? waiting.splice(0, message.count) : [];
      for (const observed of next) input.write(`${JSON.stringify(observed)}\n`);
    }
  });
  for (const message of [HELLO, { type: "parameters", values: {} }, { type: "inputs", inputs: {} }])
    input.write(`${JSON.stringify(message)}\n`);
  const ok = await serve(plugin, input, new JobChannel(output, plugin.manifest()));
  return { ok, said, waiting };
}

test("a service that watches asks for some at a time, takes them in order, and says what it has seen", async () => {
  const first = { kept: "of an attempt before" };
  const all = Array.from({ length: 30 }, (_, i) => observation(i + 1, { isCaughtUp: i === 29, ...(i === 0 && first) }));
  const taken: number[] = [];
  const { ok, said } = await watched(async (job) => {
    for await (const { seq, isCaughtUp, ...rest } of job.observations()) {
      expect(rest).toEqual({
        storedAt: `2026-11-24T07:00:${String(seq).padStart(2, "0")}.000Z`,
        predictions: [],
        dropped: 0,
        sampledOut: 0,
        labels: [],
        missed: 0,
        ...(seq === 1 && first),
      });
      taken.push(seq);
      job.metric("taken", seq);
      // What came before it is seen already.
      for (const seen of seq === 4 ? [4, 2] : []) job.seen(seen, `kept at ${seen}`);
      if (isCaughtUp) return;
    }
  }, all);
  expect(ok).toBe(true);
  expect(taken).toEqual(all.map(({ seq }) => seq));
  expect(said.filter(({ type }) => type === "seen")).toEqual([{ type: "seen", seq: 4, kept: "kept at 4" }]);
  // Eight are on their way before one is taken, and four more when four were.
  const talk = said.flatMap((message) =>
    message.type === "observe" ? [`ask ${message.count}`] : message.type === "metric" ? ["take"] : [],
  );
  expect(talk.slice(0, 7)).toEqual(["ask 8", ...Array<string>(4).fill("take"), "ask 4", "take"]);
});

test("a service that waits for observations ends when it is cancelled", async () => {
  const run: Options["run"] = async (job) => {
    for await (const observed of job.observations()) throw new Error(`nothing was to come, not ${observed.seq}`);
  };
  const { ok, said } = await watched(run, [{ type: "cancel", reason: "enough" }]);
  expect(ok).toBe(true);
  expect(said.map(({ type }) => type)).toEqual(["hello", "observe", "result"]);
});

test.each([
  [
    "is asked of a plugin that does not watch",
    async (job: Job) => void job.observations(),
    {},
    "does not say that it watches",
  ],
  ["was seen before it was given", async (job: Job) => job.seen(1), {}, "1 was not given to the job"],
])("what %s is a PROTOCOL_VIOLATION", async (_, run, given, message) => {
  const { said } = await watched(run, [], { ...given, watches: message.startsWith("1") });
  expect(said.at(-1)).toMatchObject({
    failure: { type: "PROTOCOL_VIOLATION", message: expect.stringContaining(message) as unknown },
  });
});

test("what the host sends unasked is a PROTOCOL_VIOLATION", async () => {
  const run: Options["run"] = async (job) => {
    await aborted(job);
    job.signal.throwIfAborted();
  };
  const { said } = await served(run, { kind: "service", watches: true }, undefined, (host) =>
    host.write(`${JSON.stringify(observation(1))}\n`),
  );
  expect(said.at(-1)).toMatchObject({
    failure: { type: "PROTOCOL_VIOLATION", message: "the host sent an observation that was not asked for" },
  });
});
