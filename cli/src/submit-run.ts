import { SubmitRunDocument, type SubmitRunInput } from "@clew/schema/graphql";
import { awaitRun, type RunNode, runProgress } from "./await-run.ts";
import { accepted, type ClewClient } from "./client.ts";
import { metric } from "./terminal/format.ts";
import type { Step } from "./terminal/steps.ts";
import { clean } from "./terminal/text.ts";

/** Queues a run and answers its id. */
export async function submitRun(client: ClewClient, input: SubmitRunInput, idempotencyKey?: string): Promise<string> {
  const variables = { input, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  const { submitRun: payload } = await client.request(SubmitRunDocument, variables);
  return accepted(payload).run!.id;
}

/** Waits for a run and shows in a step how it goes: its state, and the newest value of each metric. */
export async function awaitInStep(client: ClewClient, id: string, step: Step, signal?: AbortSignal): Promise<RunNode> {
  const newest = new Map<string, string>();
  let state = "";
  const show = () => step.update([state, ...newest.values()].join("  "));
  const run = await awaitRun(client, id, {
    onChange: (now) => {
      state = runProgress(now);
      show();
    },
    onMetrics: (points) => {
      for (const { name, step: at, value } of points) newest.set(name, `${clean(name)}[${at}] ${metric(value)}`);
      show();
    },
    ...(signal ? { signal } : {}),
  });
  if (run.state === "SUCCEEDED") step.done(run.id);
  else
    step.failed(
      `${run.state}${run.failure === null ? "" : `, ${clean(`${run.failure.type}: ${run.failure.message}`)}`}`,
    );
  return run;
}
