import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkParameters, describeFaults, type Failure, failure } from "@clew/schema";
import { inputFault } from "../input-fault.ts";
import { conclude, failed } from "./conclude.ts";
import { HostedJob } from "./hosted-job.ts";
import type { JobOutcome, JobSpec } from "./job-spec.ts";
import { JobGuard } from "./job-guard.ts";
import { launchOf } from "./launch.ts";
import { ProcessGroup } from "./process-group.ts";
import { secretsFault } from "./secrets.ts";

/**
 * The host's side of the job protocol: runs one job of any runtime in a process group of its own, within its bounds of time
 * and memory, and checks and digests what it made. Every way in which the job itself can go wrong is a failure in the
 * outcome.
 * @throws {Error} only for what the host did wrong: an output folder that is not empty, a disk that is full, a listener that
 * throws.
 */
export async function runJob(given: JobSpec): Promise<JobOutcome> {
  const parameters = structuredClone(given.parameters);
  const refusal = refusalOf(given, parameters);
  if (refusal !== null) return failed(refusal);
  const { inputDir, outputDir } = given;
  const spec = { ...given, parameters, inputDir: resolve(inputDir), outputDir: resolve(outputDir) };
  requireEmpty(spec.outputDir);
  return await inScratchFolder(async (scratch) => {
    const file = join(scratch, "parameters.json");
    writeFileSync(file, JSON.stringify(parameters));
    const ended = await guarded(spec, async (guard) => {
      const process = (await spec.takeProcess?.()) ?? new ProcessGroup(launchOf(spec, { parameters: file }), guard);
      return await new HostedJob(spec, process).run();
    });
    return await conclude(spec, ended);
  });
}

/** With the caller's guard, or one for this job alone. */
async function guarded<T>({ guard }: JobSpec, use: (guard: JobGuard) => Promise<T>): Promise<T> {
  if (guard !== undefined) return await use(guard);
  const own = new JobGuard();
  try {
    return await use(own);
  } finally {
    own.close();
  }
}

/** Fills the parameters' defaults in. */
function refusalOf(
  { manifest, inputs, secrets, signal, isChecked }: JobSpec,
  parameters: Record<string, unknown>,
): Failure | null {
  if (signal?.aborted === true) return failure("CANCELLED", "cancelled before it began");
  const faults = isChecked === true ? [] : checkParameters(manifest.parameters, parameters);
  if (faults.length > 0) return failure("BAD_PARAMETERS", describeFaults(faults));
  const fault = inputFault(manifest, inputs);
  if (fault !== null) return failure("BAD_INPUT", fault);
  const lacking = secretsFault(manifest, secrets);
  // Trying again would not help before an operator has done something.
  return lacking === null ? null : failure("UNAVAILABLE", lacking, false);
}

// Synchronous, here and below: a job waits for these few calls, of which each takes less time than a turn of the thread pool.
function requireEmpty(dir: string): void {
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) throw new Error(`the output folder ${dir} is not empty`);
}

async function inScratchFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "clew-job-"));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
