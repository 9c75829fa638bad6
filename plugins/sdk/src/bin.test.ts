import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { aFolder, aPackageFolder } from "../test/a-job.ts";
import { scaffoldPlugin } from "./scaffold/scaffold-plugin.ts";

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one of the package's programs; without a terminal it writes no colours. */
async function run(program: string, ...args: string[]): Promise<Ended> {
  const file = fileURLToPath(new URL(`../bin/${program}.mjs`, import.meta.url));
  return await new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

test("clew-plugin-manifest writes plugin.json from the code, and only when it says otherwise", async () => {
  const dir = join(await aPackageFolder({}), "fresh");
  await scaffoldPlugin(dir, { name: "fresh", runType: "TRAINING", language: "node" });
  const file = join(dir, "plugin.json");
  const source = join(dir, "src/plugin.ts");
  const committed = await readFile(file, "utf8");
  expect((await run("clew-plugin-manifest", "--write", dir)).stderr).toBe("");
  await writeFile(source, (await readFile(source, "utf8")).replace('"0.1.0"', '"0.2.0"'));
  expect((await run("clew-plugin-manifest", "--write", dir)).stderr).toContain("wrote plugin.json");
  const written = await readFile(file, "utf8");
  expect(JSON.parse(written)).toEqual({ ...(JSON.parse(committed) as object), version: "0.2.0" });
  expect((await run("clew-plugin-manifest", dir)).stdout).toBe(written);
});

test("clew-plugin-test ends with status 1 when a check fails, and prints JSON on demand", async () => {
  const dir = await aFolder({ "plugin.json": "{}" });
  const asText = await run("clew-plugin-test", dir);
  expect(asText.code).toBe(1);
  expect(asText.stdout).toContain("✗ plugin.json and conformance/job.json can be read");
  const asJson = await run("clew-plugin-test", "--json", dir);
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ passed: false, checks: [{ id: "manifest", status: "fail" }] });
  expect((await run("clew-plugin-test")).code).toBe(2);
});
