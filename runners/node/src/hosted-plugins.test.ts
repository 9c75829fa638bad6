import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { findPlugins } from "./hosted-plugins.ts";
import { jobConsumers } from "./job-queue.ts";
import { subjects } from "@clew/schema";
import { createLogger } from "./logger.ts";

const COUNT_ROWS = fileURLToPath(new URL("../../../plugins/count-rows", import.meta.url));

async function aFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "clew-plugins-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  return dir;
}

function aLog() {
  const lines: string[] = [];
  return { lines, log: createLogger("info", [], { write: (line) => void lines.push(line) }) };
}

test("a folder is a plugin's, or holds plugins' folders; a broken one is logged and the others are found", async () => {
  const dir = await aFolder();
  await cp(COUNT_ROWS, join(dir, "count-rows"), { recursive: true });
  await mkdir(join(dir, "broken"));
  await writeFile(join(dir, "broken/plugin.json"), "{}");
  await mkdir(join(dir, "no-plugin"));
  const { lines, log } = aLog();
  const found = await findPlugins([dir], log);
  expect(found.map(({ manifest }) => manifest.name)).toEqual(["count-rows"]);
  expect(lines.join("")).toContain(join(dir, "broken"));
  expect(await findPlugins([COUNT_ROWS], log)).toHaveLength(1);
});

test("the same version in two folders is hosted once, and both are named", async () => {
  const dir = await aFolder();
  await cp(COUNT_ROWS, join(dir, "copy"), { recursive: true });
  const { lines, log } = aLog();
  const found = await findPlugins([COUNT_ROWS, dir], log);
  expect(found.map((plugin) => plugin.dir)).toEqual([COUNT_ROWS]);
  expect(lines.join("")).toContain(join(dir, "copy"));
});

test("two versions of one major share a consumer, whose name no other plugin or pool has", async () => {
  const plugins = await findPlugins([COUNT_ROWS], aLog().log);
  const version = (name: string, value: string) =>
    plugins.map(({ dir, manifest }) => ({ dir, manifest: { ...manifest, name, version: value } }));
  const space = subjects("t");
  expect(
    jobConsumers([...version("a", "1.0.0"), ...version("a", "1.2.0"), ...version("a", "2.0.0")], "p", space),
  ).toEqual([
    { name: "a_1_p", subject: "t.jobs.a.1.p" },
    { name: "a_2_p", subject: "t.jobs.a.2.p" },
  ]);
  const [one] = jobConsumers(version("a", "1.0.0"), "2-x", space);
  const [other] = jobConsumers(version("a-1", "2.0.0"), "x", space);
  expect(one?.name).not.toBe(other?.name);
});
