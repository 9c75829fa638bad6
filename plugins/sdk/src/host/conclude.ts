import { type Failure, failure } from "@clew/schema";
import type { z } from "zod";
import { PluginFailure } from "../plugin-failure.ts";
import { collectOutput } from "./collect-outputs.ts";
import type { EndedJob } from "./hosted-job.ts";
import type { CollectedOutput, JobOutcome, JobSpec } from "./job-spec.ts";
import type { Exit } from "./process-group.ts";

type Details = Record<string, z.core.util.JSONType>;

/** What became of a job, its outputs checked and digested. */
export async function conclude(spec: JobSpec, job: EndedJob): Promise<JobOutcome> {
  const facts = {
    environment: job.mask.value(job.talk.environment),
    peakRssBytes: job.peakRssBytes,
    exitCode: job.exit.code,
  };
  const fault = faultOf(job);
  if (fault !== null) return { ...failed(fault), ...facts };
  try {
    const outputs = await collectAll(spec.outputDir, job);
    const { ending } = job.talk;
    const summary = ending?.type === "result" ? job.mask.value(ending.summary) : {};
    return { outcome: "result", outputs, summary, ...facts };
  } catch (error) {
    if (!(error instanceof PluginFailure)) throw error;
    return { ...failed(error.toFailure()), ...facts };
  }
}

/** The outcome of a job that never had a process. */
export function failed(cause: Failure): JobOutcome {
  return {
    outcome: "failure",
    failure: cause,
    outputs: [],
    summary: {},
    environment: {},
    peakRssBytes: 0,
    exitCode: null,
  };
}

async function collectAll(outputDir: string, { talk, mask }: EndedJob): Promise<CollectedOutput[]> {
  const collected: CollectedOutput[] = [];
  for (const [role, output] of talk.outputs) {
    const found = await collectOutput(outputDir, role, output);
    collected.push({ ...found, output: mask.output(output) });
  }
  return collected;
}

function faultOf(job: EndedJob): Failure | null {
  const { ending } = job.talk;
  const { cause, isCancel } = job.stop;
  // A job that comes to its result in spite of a cancel has done its work.
  if (cause !== null && !(isCancel && ending?.type === "result")) return cause;
  if (ending?.type === "failure") return { ...job.mask.value(ending.failure), type: ending.failure.type };
  if (ending === null)
    return withDetails(failure("PLUGIN_ERROR", `the job ${howItEnded(job.exit)} without a result`), job);
  if (!job.stop.lingered && job.exit.code !== 0) {
    return withDetails(failure("PLUGIN_ERROR", `the job ${howItEnded(job.exit)} after its result`), job);
  }
  const missing = job.talk.missingOutputs();
  return missing.length === 0 ? null : failure("PROTOCOL_VIOLATION", `no required output ${missing.join(", ")}`);
}

function howItEnded({ code, signal, error }: Exit): string {
  if (error !== null) return `could not be started (${error.message})`;
  if (signal === "SIGKILL") return "was killed by SIGKILL (as a system does that has run out of memory)";
  return signal === null ? `ended with status ${code}` : `was killed by ${signal}`;
}

function withDetails(cause: Failure, { exit, stderrTail }: EndedJob): Failure {
  const details: Details = { exitCode: exit.code, signal: exit.signal, stderr: [...stderrTail] };
  return { ...cause, details };
}
