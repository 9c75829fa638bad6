import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { InputDeclarations, Job, LocalInput, OutputDeclarations, Plugin } from "@clew/plugin-sdk";
import type { z } from "zod";
import { aVersion } from "./a-version.ts";

/** A model version of the files in a folder. */
export async function modelFrom(dir: string, signature: LocalInput["signature"]): Promise<LocalInput> {
  const read = (await readdir(dir)).map(async (name) => [name, await readFile(join(dir, name))] as const);
  const version = await aVersion("tests/model@1", Object.fromEntries(await Promise.all(read)));
  return { ...version, type: "ModelVersion", signature };
}

/** Does a plugin's job in this process; answers its outputs by role. @throws what the job throws */
export async function ranHere<P extends z.ZodObject, I extends InputDeclarations, O extends OutputDeclarations>(
  plugin: Plugin<P, I, O>,
  parameters: Record<string, unknown>,
  inputs: Record<string, LocalInput[]>,
) {
  const outputDir = await mkdtemp(join(tmpdir(), "clew-job-"));
  onTestFinished(async () => await rm(outputDir, { recursive: true }));
  const outputs = new Map<string, unknown>();
  const quiet = () => {};
  const job = {
    seed: 1,
    runId: "run-1",
    outputDir,
    parameters: await plugin.parseParameters(parameters),
    inputs,
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    progress: quiet,
    metric: quiet,
    output: (role: string, output: unknown) => void outputs.set(role, output),
  };
  await plugin.run(job as unknown as Job<P, I, O>);
  return outputs;
}
