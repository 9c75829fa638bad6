import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PluginManifest } from "@clew/schema";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { PluginCode } from "./plugin-code.ts";

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "clew-code-"));
  dir = join(root, "plugins/some");
  await mkdir(join(dir, "src"), { recursive: true });
  await writeFile(join(dir, "src/main.ts"), "sum / n");
  onTestFinished(async () => await rm(root, { recursive: true }));
});

function plugin(runtime: PluginManifest["runtime"] = { type: "node", entry: "src/main.ts" }) {
  const manifest = PluginManifest.parse({
    name: "some",
    version: "1.0.0",
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

test("the digest changes with a file's bytes, its name, and a new file, and with nothing else", async () => {
  const code = new PluginCode();
  const digests = [await code.digest(plugin())];
  await writeFile(join(dir, "src/main.ts"), "sum/n+1");
  digests.push(await code.digest(plugin()));
  await writeFile(join(dir, "src/more.ts"), "");
  digests.push(await code.digest(plugin()));
  await rm(join(dir, "src/more.ts"));
  await writeFile(join(dir, "src/other.ts"), "");
  digests.push(await code.digest(plugin()));
  expect(new Set(digests).size).toBe(4);
  await mkdir(join(dir, "node_modules/installed"), { recursive: true });
  await writeFile(join(dir, "node_modules/installed/index.js"), "known by the lock file");
  expect(await code.digest(plugin())).toBe(digests[3]);
  expect(await new PluginCode().digest(plugin())).toBe(digests[3]);
});

test("a package that is linked counts, and what that links to; one that is installed does not", async () => {
  const link = async (name: string, to: string) => {
    await mkdir(join(root, "node_modules"), { recursive: true });
    await symlink(to, join(root, "node_modules", name));
  };
  for (const [name, dependencies] of [
    ["lib", { deeper: "1.0.0" }],
    ["deeper", {}],
  ] as const) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, "package.json"), JSON.stringify({ dependencies }));
    await link(name, join(root, name));
  }
  await mkdir(join(root, "node_modules/installed"));
  await writeFile(join(dir, "package.json"), JSON.stringify({ dependencies: { lib: "1.0.0", installed: "1.0.0" } }));
  const code = new PluginCode();
  const before = await code.digest(plugin());
  await writeFile(join(root, "node_modules/installed/index.js"), "new");
  expect(await code.digest(plugin())).toBe(before);
  await writeFile(join(root, "deeper/index.ts"), "new");
  expect(await code.digest(plugin())).not.toBe(before);
});
