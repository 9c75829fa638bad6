import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Job } from "@clew/plugin-sdk";
import { aVersion } from "../../tabular/test/a-version.ts";
import type { PreparationJob } from "../src/job-types.ts";
import { plugin } from "../src/plugin.ts";
import { prepare } from "../src/prepare.ts";

type Output = Parameters<PreparationJob["output"]>[1];

/** Does the job in this process, on one version with these files or one CSV. */
export async function prepared(
  parameters: Record<string, unknown>,
  files: string | Uint8Array | Record<string, string | Uint8Array>,
  { seed = 1, memoryMiB }: { seed?: number; memoryMiB?: number } = {},
) {
  const outputDir = await mkdtemp(join(tmpdir(), "prepare-tabular-"));
  onTestFinished(async () => await rm(outputDir, { recursive: true }));
  const named = typeof files === "string" || files instanceof Uint8Array ? { "rows.csv": files } : files;
  const outputs = new Map<string, Output>();
  const metrics: Record<string, number> = {};
  const log: string[] = [];
  const job: Partial<PreparationJob> = {
    seed,
    outputDir,
    parameters: await plugin.parseParameters(parameters),
    inputs: { data: [await aVersion("tests/data@1", named)], join: [] },
    signal: new AbortController().signal,
    log: { warn: (message: string) => void log.push(message) } as Job["log"],
    progress: () => {},
    metric: (name, value) => {
      metrics[name] = value;
    },
    output: (role, output) => void outputs.set(role, output),
  };
  await prepare(job as PreparationJob, memoryMiB);
  return { outputs, metrics, log, path: (file: string) => join(outputDir, file) };
}
