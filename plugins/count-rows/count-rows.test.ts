import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { hashFile, loadManifest, runConformance, runJob } from "@clew/plugin-sdk/host";

const DIR = fileURLToPath(new URL(".", import.meta.url));
const DATA = join(DIR, "conformance");

async function counted(files: readonly string[], parameters: Record<string, unknown> = {}) {
  const outputDir = await mkdtemp(join(tmpdir(), "count-rows-"));
  onTestFinished(async () => await rm(outputDir, { recursive: true }));
  const described = files.map(async (path) => ({ path, ...(await hashFile(join(DATA, "data", path))) }));
  const digest = `sha256:${"0".repeat(64)}`;
  const version = { id: "1", key: "tests/data@1", digest, dir: "data", schema: [], signature: null };
  return await runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: DATA,
    outputDir,
    parameters,
    inputs: { data: [{ ...version, type: "DatasetVersion", files: await Promise.all(described) }] },
    seed: 1,
    runId: "run-1",
    attempt: 1,
  });
}

test("rows are counted over all files, line breaks in quotes and empty lines not among them", async () => {
  const outcome = await counted(["a.csv", "b.csv"]);
  expect(outcome.outputs[0]?.output).toMatchObject({ verdict: "PASS", metrics: { rows: 4, files: 2 } });
});

test("header rows are a parameter", async () => {
  const outcome = await counted(["a.csv", "b.csv"], { headerRows: 0 });
  expect(outcome.outputs[0]?.output).toMatchObject({ metrics: { rows: 6 } });
});

test("too few rows give the verdict FAIL", async () => {
  const outcome = await counted(["a.csv", "b.csv"], { minRows: 5 });
  expect(outcome.outputs[0]?.output).toMatchObject({ verdict: "FAIL" });
});

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
});
