import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PluginManifest } from "@clew/schema";
import { JobGuard } from "@clew/plugin-sdk/host";
import { expect, onTestFinished, test, vi } from "vitest";
import { Prestarted } from "./prestarted.ts";

/** A plugin that writes its process's number down and waits for its standard input to end, and what starts it before its jobs. */
async function aWaitingPlugin({ keepMs = 60_000, prestart = true, rest = "process.stdin.resume()" } = {}) {
  const root = await mkdtemp(join(tmpdir(), "clew-prestarted-"));
  const [dir, pidFile] = [join(root, "plugin"), join(root, "pid")];
  await mkdir(dir);
  // Where the file is there, the whole number is.
  const note = `fs.writeFileSync("${pidFile}.new", String(process.pid)); fs.renameSync("${pidFile}.new", "${pidFile}");`;
  await writeFile(join(dir, "main.js"), `const fs = require("fs"); ${note} ${rest};`);
  const manifest = PluginManifest.parse({
    name: "waits",
    version: "1.0.0",
    description: "For tests.",
    hostApi: 1,
    runType: "TRAINING",
    inputs: {},
    outputs: {},
    parameters: { type: "object" },
    runtime: { type: "node", entry: "main.js", prestart },
  });
  const guard = new JobGuard();
  const prestarted = new Prestarted({ guard, secrets: {}, compileCacheDir: join(root, "cache"), keepMs });
  onTestFinished(async () => {
    prestarted.close();
    guard.close();
    await rm(root, { recursive: true, force: true });
  });
  const plugin = { dir, manifest };
  /** Takes the process, which then is the test's to end. */
  const take = async () => {
    const process = await prestarted.take(plugin);
    onTestFinished(() => process?.discard());
    return process;
  };
  const pid = async () => await vi.waitFor(async () => Number.parseInt(await readFile(pidFile, "utf8"), 10), WITHIN);
  return { dir, plugin, prestarted, take, pid };
}

const WITHIN = { timeout: 10_000 };

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const untilGone = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), WITHIN);

test("one process waits for a plugin's next job, and is given once", async () => {
  const { plugin, prestarted, take, pid } = await aWaitingPlugin();
  expect(await take()).toBeNull();
  await Promise.all([prestarted.keep(plugin), prestarted.keep(plugin)]);
  const started = await pid();
  expect((await take())?.pid).toBe(started);
  expect(isAlive(started)).toBe(true);
  expect(await take()).toBeNull();
});

test("none is started for a plugin that does not allow it, nor where none shall wait", async () => {
  for (const given of [{ prestart: false }, { keepMs: 0 }]) {
    const { plugin, prestarted, take } = await aWaitingPlugin(given);
    await prestarted.keep(plugin);
    expect(await take()).toBeNull();
  }
});

test("one that has loaded other files than are there now is ended, and given to no job", async () => {
  const { dir, plugin, prestarted, take, pid } = await aWaitingPlugin();
  await prestarted.keep(plugin);
  const started = await pid();
  await appendFile(join(dir, "main.js"), "// changed");
  expect(await take()).toBeNull();
  await untilGone(started);
});

test("one that ends by itself is given to no job", async () => {
  const { plugin, prestarted, take, pid } = await aWaitingPlugin({ rest: "" });
  await prestarted.keep(plugin);
  await untilGone(await pid());
  expect(await take()).toBeNull();
});

test("one that has waited for too long is ended, and given to no job", async () => {
  const { plugin, prestarted, take, pid } = await aWaitingPlugin({ keepMs: 5_000 });
  await prestarted.keep(plugin);
  await untilGone(await pid());
  expect(await take()).toBeNull();
});

test("those that wait are ended when no more jobs are taken, and none is started any more", async () => {
  const { plugin, prestarted, take, pid } = await aWaitingPlugin();
  await prestarted.keep(plugin);
  const started = await pid();
  prestarted.close();
  await untilGone(started);
  await prestarted.keep(plugin);
  expect(await take()).toBeNull();
});
