import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PluginManifest, digestOf, sha256 } from "@clew/schema";
import { expect, onTestFinished, test } from "vitest";
import { PluginCode } from "./plugin-code.ts";
import { hostEnvironment, mergedEnvironment } from "./environment.ts";

async function aPlugin(runtime: PluginManifest["runtime"]) {
  const root = await mkdtemp(join(tmpdir(), "clew-environment-"));
  onTestFinished(async () => await rm(root, { recursive: true }));
  const dir = join(root, "plugins/some");
  await mkdir(dir, { recursive: true });
  await writeFile(join(root, "package-lock.json"), "locked");
  const manifest = PluginManifest.parse({
    name: "some",
    version: "1.2.3",
    description: "For a test.",
    hostApi: 1,
    runType: "TRAINING",
    inputs: {},
    outputs: {},
    parameters: { type: "object" },
    runtime,
  });
  return { dir, manifest };
}

test("the host states runtime, hardware, plugin, and the digest of the nearest lock file", async () => {
  const plugin = await aPlugin({ type: "node", entry: "main.ts" });
  expect(await hostEnvironment(plugin, "9.9.9", new PluginCode())).toMatchObject({
    node: process.versions.node,
    arch: process.arch,
    cores: expect.stringMatching(/^\d+$/),
    memoryMiB: expect.stringMatching(/^\d+$/),
    runner: "9.9.9",
    plugin: "some",
    pluginVersion: "1.2.3",
    manifestDigest: digestOf(plugin.manifest),
    codeDigest: await new PluginCode().digest(plugin),
    lockfileDigest: sha256("locked"),
  });
});

test("only a python plugin's environment has Python's version", async () => {
  const python = await hostEnvironment(await aPlugin({ type: "python", entry: "main.py" }), "1.0.0", new PluginCode());
  expect(python["python"]).toMatch(/^\d+\.\d+\.\d+/);
  expect(python["pythonPackages"]).toMatch(/(^| )pip==\d/);
  expect(python["pythonPackagesDigest"]).toMatch(/^sha256:/);
  expect(
    await hostEnvironment(await aPlugin({ type: "command", command: ["sh"] }), "1.0.0", new PluginCode()),
  ).not.toHaveProperty("python");
});

test("what the plugin says is added, and what the host has seen itself stays", () => {
  const merged = mergedEnvironment({ node: "24.0.0" }, { node: "99", backend: "wasm", long: "x".repeat(3000) });
  expect(merged).toMatchObject({ node: "24.0.0", backend: "wasm" });
  expect(merged["long"]).toHaveLength(2000);
});
