import { awaitRun, type RunNode } from "./await-run.ts";
import type { CliContext } from "./cli-context.ts";
import { paintedState } from "./show/painted-state.ts";
import { type PipelineStep, readSteps } from "./show/show-steps.ts";
import { duration } from "./terminal/format.ts";
import type { StepLog } from "./terminal/steps.ts";
import { clean } from "./terminal/text.ts";

const OPEN = new Set(["WAITING", "RUNNING"]);

/** Waits for a pipeline's run: a line for each of its steps as it ends, and what the others do in the meantime. */
export async function followPipeline(
  { client, paint }: CliContext,
  id: string,
  title: string,
  log: StepLog,
): Promise<RunNode> {
  const told = new Set<string>();
  const line = log.step(`${title} ${id}`);
  const look = async () => {
    const steps = await readSteps(client, id);
    for (const step of steps) {
      if (OPEN.has(step.state) || told.has(step.name)) continue;
      told.add(step.name);
      log.print(`  ${paintedState(step.state, paint)} ${step.name}${endWords(step)}`);
    }
    line.update(
      steps
        .filter(({ state }) => state === "RUNNING")
        .map(doing)
        .join("; "),
    );
  };
  const run = await awaitRun(client, id, { onLook: look });
  await look();
  if (run.state === "SUCCEEDED") line.done();
  else line.failed(`${run.state}${run.failure === null ? "" : `, ${clean(run.failure.message)}`}`);
  return run;
}

function endWords({ startedAt, endedAt, failure, state }: PipelineStep): string {
  const took =
    startedAt === null || endedAt === null || state === "REUSED"
      ? ""
      : ` (${duration(Date.parse(endedAt) - Date.parse(startedAt))})`;
  return `${failure === null ? "" : `: ${clean(failure.message)}`}${took}`;
}

function doing({ name, run, stepType, deployment }: PipelineStep): string {
  if (run !== null)
    return clean(`${name} ${run.state.toLowerCase()}${run.whyWaiting === null ? "" : `, ${run.whyWaiting}`}`);
  if (stepType === "ASK") return `${name} waits for a person`;
  if (stepType === "WATCH") return `${name} waits for a report of a monitor`;
  return deployment === null ? name : clean(`${name} waits until ${deployment.key} is served`);
}
