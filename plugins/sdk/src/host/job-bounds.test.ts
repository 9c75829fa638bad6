import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  FOR_EVER,
  HELLO,
  OUTPUT,
  RESULT,
  aFolder,
  aManifest,
  aPackageFolder,
  aJob,
  aShellJob,
} from "../../test/a-job.ts";
import { PluginFailure } from "../plugin-failure.ts";
import { linuxGroupMemory, psGroupMemory } from "./group-memory.ts";

const MIB = 1024 * 1024;

/** Holds so many MiB for ten seconds. */
const holding = (mib: number) =>
  `python3 -c 'import time; held = bytearray(b"x") * (${mib} * 1024 * 1024); time.sleep(10)'`;

/** Cancels as soon as the job has said hello. */
function cancelOnHello(reason: unknown = "not needed") {
  const cancel = new AbortController();
  return {
    signal: cancel.signal,
    onMessage: ({ type }: { type: string }) => {
      if (type === "hello") cancel.abort(reason);
    },
  };
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) Z/.test(stat);
}

async function seconds(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return (performance.now() - startedAt) / 1000;
}

test.concurrent("a job that takes too long is a TIMEOUT", async () => {
  const { outcome } = await aShellJob(`${HELLO}; sleep 10`, { resources: { timeoutSeconds: 1 } });
  expect(outcome).toMatchObject({
    failure: { type: "TIMEOUT", message: "the job took longer than 1 s" },
    exitCode: null,
  });
});

test.concurrent("a service has no timeout", async () => {
  const manifest = aManifest({ kind: "service" });
  const { outcome } = await aShellJob(`${HELLO}; sleep 1.5; ${RESULT}`, { manifest, resources: { timeoutSeconds: 1 } });
  expect(outcome.outcome).toBe("result");
});

test.concurrent("a job that holds too much memory is OUT_OF_MEMORY, its children counted", async () => {
  const { outcome } = await aShellJob(`${HELLO}; ${holding(120)}; ${RESULT}`, { resources: { memoryMiB: 64 } });
  expect(outcome).toMatchObject({
    failure: { type: "OUT_OF_MEMORY", message: expect.stringContaining("bound is 64 MiB") },
  });
  expect(outcome.peakRssBytes).toBeGreaterThan(64 * MIB);
});

test.concurrent("several processes count together", async () => {
  const script = `${HELLO}; ${holding(50)} & ${holding(50)} & wait; ${RESULT}`;
  const { outcome } = await aShellJob(script, { resources: { memoryMiB: 90 } });
  expect(outcome).toMatchObject({ failure: { type: "OUT_OF_MEMORY" } });
});

test.concurrent("below its bound a job is left alone and its peak is told", async () => {
  const script = `${HELLO}; ${holding(60).replace("sleep(10)", "sleep(3)")}; ${RESULT}`;
  const { outcome } = await aShellJob(script, { resources: { memoryMiB: 512 } });
  expect(outcome.outcome).toBe("result");
  expect(outcome.peakRssBytes).toBeGreaterThan(60 * MIB);
  expect(outcome.peakRssBytes).toBeLessThan(200 * MIB);
});

test.concurrent("/proc and ps agree on what a group holds", async () => {
  let pid = 0;
  let both: [number, number] = [0, 0];
  const isMeasured = `${await aFolder()}/yes`;
  const metric = `print("{\\"type\\":\\"metric\\",\\"name\\":\\"held\\",\\"value\\":1}", flush=True)`;
  const untilMeasured = `${metric}; import os; [time.sleep(0.05) for _ in iter(lambda: os.path.exists("${isMeasured}"), True)]`;
  await aShellJob(`${HELLO}; ${holding(80).replace("time.sleep(10)", untilMeasured)}; ${RESULT}`, {
    onStart: (started) => {
      pid = started;
    },
    onMessage: async ({ type }) => {
      if (type !== "metric") return;
      both = [(await linuxGroupMemory(pid)).rssBytes, (await psGroupMemory(pid)).rssBytes];
      await writeFile(isMeasured, "");
    },
  });
  expect(both[0]).toBeGreaterThan(80 * MIB);
  expect(Math.abs(both[0] - both[1])).toBeLessThan(2 * MIB);
});

test.concurrent("a plugin that heeds its signal ends at once as CANCELLED", async () => {
  const dir = await aPackageFolder({
    "src/main.ts": `
      import { z } from "zod";
      import { definePlugin, servePlugin } from "@clew/plugin-sdk";
      await servePlugin(definePlugin({
        name: "sample", version: "1.0.0", description: "For tests.", runType: "TRAINING",
        inputs: {}, outputs: {}, parameters: z.object({}),
        run: async (job) => {
          await new Promise((resolve) => job.signal.addEventListener("abort", resolve));
        },
      }));`,
  });
  const manifest = aManifest({ outputs: {}, runtime: { type: "node", entry: "src/main.ts" } });
  const cancelling = cancelOnHello(new Error("not needed"));
  const { outcome } = await aJob(dir, { manifest, graceMs: 60_000, ...cancelling });
  expect(outcome).toMatchObject({
    failure: { type: "CANCELLED", message: "not needed", retryable: false },
    exitCode: 1,
  });
});

test.concurrent("a job that does not listen gets SIGTERM before SIGKILL", async () => {
  const script = `trap 'echo terminated; exit 0' TERM; ${HELLO}; sleep 10 & wait`;
  const { outcome, messages } = await aShellJob(script, { graceMs: 6000, ...cancelOnHello() });
  expect(outcome).toMatchObject({ failure: { type: "CANCELLED", message: "not needed" }, exitCode: 0 });
  expect(messages).toContainEqual({ type: "log", level: "info", message: "terminated" });
});

test.concurrent("a job that ignores SIGTERM is killed with all its children at the end of the grace period", async () => {
  let child = 0;
  const cancelling = cancelOnHello();
  const took = await seconds(async () => {
    const { outcome } = await aShellJob(`trap '' TERM; sleep 20 & echo "child $!"; ${HELLO}; wait; sleep 20`, {
      graceMs: 1000,
      signal: cancelling.signal,
      onMessage: (message) => {
        if (message.type === "log") child = Number(message.message.split(" ")[1]);
        cancelling.onMessage(message);
      },
    });
    expect(outcome).toMatchObject({ failure: { type: "CANCELLED" }, exitCode: null });
  });
  expect(took).toBeGreaterThan(1);
  expect(child).toBeGreaterThan(0);
  expect(await isAlive(child)).toBe(false);
});

test.concurrent("a job that comes to its result in spite of a cancel keeps it", async () => {
  const script = `${HELLO}; sleep 0.2; mkdir "$CLEW_OUTPUT_DIR/made"; echo x > "$CLEW_OUTPUT_DIR/made/x"; ${OUTPUT}; ${RESULT}`;
  const { outcome } = await aShellJob(script, { graceMs: 20_000, ...cancelOnHello() });
  expect(outcome).toMatchObject({ outcome: "result", outputs: [{ role: "data" }] });
});

test.concurrent("a PluginFailure as the signal's reason is the outcome's failure", async () => {
  const cancelling = cancelOnHello(new PluginFailure("RUNNER_STOPPED", "draining"));
  const { outcome } = await aShellJob(`${HELLO}; exec sleep 10`, { graceMs: 500, ...cancelling });
  expect(outcome).toMatchObject({ failure: { type: "RUNNER_STOPPED", message: "draining", retryable: true } });
});

test.concurrent("a job cancelled before it began is never started", async () => {
  const { outcome, messages } = await aShellJob(`${HELLO}; ${RESULT}`, { signal: AbortSignal.abort("no") });
  expect(outcome).toMatchObject({ failure: { type: "CANCELLED" } });
  expect(messages).toEqual([]);
});

test.concurrent("a process that is killed from outside leaves a failure", async () => {
  let pid = 0;
  const { outcome } = await aShellJob(`${HELLO}; sleep 10`, {
    onStart: (started) => {
      pid = started;
    },
    onMessage: () => {
      process.kill(pid, "SIGKILL");
    },
  });
  expect(outcome).toMatchObject({
    failure: { type: "PLUGIN_ERROR", message: expect.stringContaining("killed by SIGKILL") },
    exitCode: null,
  });
});

test.concurrent("what a job leaves running is killed when it ends", async () => {
  let child = 0;
  const { outcome } = await aShellJob(`sleep 20 & echo "child $!"; ${HELLO}; ${RESULT}`, {
    onMessage: (message) => {
      if (message.type === "log") child = Number(message.message.split(" ")[1]);
    },
  });
  expect(outcome.outcome).toBe("result");
  expect(child).toBeGreaterThan(0);
  expect(await isAlive(child)).toBe(false);
});

test.concurrent("a process that has left the group and holds the pipe does not hold the host", async () => {
  const pidFile = `${await aFolder()}/pid`;
  const script = `setsid sh -c 'echo $$ > "${pidFile}"; exec sleep 60' & ${HELLO}; until [ -s "${pidFile}" ]; do sleep 0.05; done; ${RESULT}`;
  const took = await seconds(async () => {
    const { outcome } = await aShellJob(script);
    expect(outcome.outcome).toBe("result");
  });
  process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
  expect(took).toBeLessThan(30);
});

test.concurrent("a job that goes on after its result is killed after the grace period and keeps the result", async () => {
  const { outcome } = await aShellJob(`${HELLO}; ${RESULT}; exec sleep ${FOR_EVER}`, { graceMs: 500 });
  expect(outcome).toMatchObject({ outcome: "result", exitCode: null });
});

test.concurrent("a job that waits for the end of its input after its result is let go at once", async () => {
  const took = await seconds(async () => {
    const { outcome } = await aShellJob(`${HELLO}; ${RESULT}; cat > /dev/null`, { graceMs: 50_000 });
    expect(outcome).toMatchObject({ outcome: "result", exitCode: 0 });
  });
  expect(took).toBeLessThan(30);
});
