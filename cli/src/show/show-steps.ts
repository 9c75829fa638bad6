import { PipelineRunDocument, type PipelineRunQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { table } from "../terminal/columns.ts";
import { duration } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { paintedState } from "./painted-state.ts";

type PipelineRun = Extract<NonNullable<PipelineRunQuery["node"]>, { steps?: unknown }>;
export type PipelineStep = NonNullable<PipelineRun["steps"]>[number];

/** The steps of a pipeline's run, each behind those that it needs; none of another run. */
export async function readSteps(client: ClewClient, run: string): Promise<readonly PipelineStep[]> {
  const { node } = await client.request(PipelineRunDocument, { id: run });
  return (node !== null && "steps" in node && node.steps) || [];
}

/** A line for each step, below and to the right of those that it needs. */
export function stepLines(steps: readonly PipelineStep[], paint: Paint): string[] {
  if (steps.length === 0) return [];
  const rows = inOrder(steps).map(({ step, depth }) => [
    `${"  ".repeat(depth)}${step.name}`,
    paintedState(step.state, paint),
    took(step),
    what(step),
    clean(step.failure === null ? (step.run?.whyWaiting ?? "") : `${step.failure.type}: ${step.failure.message}`),
  ]);
  return table(
    ["step", "state", "took", "by", ""].map((title) => ({ title })),
    rows,
    paint,
  );
}

interface Placed {
  readonly step: PipelineStep;
  readonly depth: number;
}

/** Each step behind the last of those that it needs, one deeper. */
function inOrder(steps: readonly PipelineStep[]): Placed[] {
  const placed: Placed[] = [];
  for (const step of steps) {
    const needed = placed.findLastIndex((other) => step.needs.includes(other.step.name));
    const depth = needed < 0 ? 0 : placed[needed]!.depth + 1;
    const end = placed.findIndex((other, index) => index > needed && other.depth < depth);
    placed.splice(needed < 0 || end < 0 ? placed.length : end, 0, { step, depth });
  }
  return placed;
}

function took({ startedAt, endedAt }: PipelineStep): string {
  return startedAt === null || endedAt === null ? "" : duration(Date.parse(endedAt) - Date.parse(startedAt));
}

function what({ run, decision, deployment, report, stepType }: PipelineStep): string {
  if (run !== null) return `${run.plugin === null ? "" : `${run.plugin.name}@${run.plugin.version} `}${run.id}`;
  if (deployment !== null) return `deployment ${clean(deployment.key)} ${deployment.state}`;
  if (decision !== null) return `${decision.decisionType} ${decision.id}`;
  if (report !== null) return `${report.verdict ?? "report"} ${report.id}`;
  if (stepType === "WATCH") return "a monitor";
  return stepType === "ASK" ? "a person" : "";
}
