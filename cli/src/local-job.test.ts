import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadManifest } from "@clew/plugin-sdk/host";
import type { JobMessage } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runLocalJob } from "./local-job.ts";

const PLUGIN = resolve(import.meta.dirname, "../../plugins/count-rows");

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-local-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(inputs: readonly { name: string; value: string }[], parameters: Record<string, number> = {}) {
  const messages: JobMessage[] = [];
  const outputDir = join(dir, "out");
  const outcome = await runLocalJob({
    pluginDir: PLUGIN,
    manifest: await loadManifest(PLUGIN),
    parameters,
    inputs,
    outputDir,
    seed: 1,
    onMessage: (message) => void messages.push(message),
  });
  return { outcome, messages, outputDir };
}

describe("runLocalJob", () => {
  it("runs a plugin on files and folders, each a version, and keeps what it said of its outputs", async () => {
    mkdirSync(join(dir, "more", "deep"), { recursive: true });
    writeFileSync(join(dir, "one.csv"), "a,b\n1,2\n3,4\n");
    writeFileSync(join(dir, "more", "deep", "two.csv"), "a,b\n5,6\n");
    const inputs = ["one.csv", "more"].map((path) => ({ name: "data", value: join(dir, path) }));
    const { outcome, outputDir } = await run(inputs, { minRows: 3 });
    expect(outcome).toMatchObject({
      outcome: "result",
      outputs: [{ role: "report", output: { verdict: "PASS", metrics: { rows: 3 } } }],
    });
    const kept = JSON.parse(readFileSync(join(outputDir, "outputs.json"), "utf8")) as unknown;
    expect(kept).toMatchObject([{ role: "report", output: { nodeType: "Report" } }]);
    expect(existsSync(join(dir, "one.csv"))).toBe(true);
  });

  it("hands on the plugin's own failure for parameters that it refuses", async () => {
    writeFileSync(join(dir, "one.csv"), "a\n1\n");
    const { outcome } = await run([{ name: "data", value: join(dir, "one.csv") }], { minRows: -1 });
    expect(outcome).toMatchObject({ outcome: "failure", failure: { type: "BAD_PARAMETERS" } });
  });

  it("names the plugin's inputs where there is no such one", async () => {
    await expect(run([{ name: "nonsense", value: dir }])).rejects.toThrow("no input nonsense; its inputs are: data");
  });
});
