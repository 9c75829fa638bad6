import type { RunQuery } from "@clew/schema/graphql";
import { readRun, type RunNode } from "../await-run.ts";
import type { CliContext } from "../cli-context.ts";
import { valuesOf } from "../lineage/node-label.ts";
import { facts, table } from "../terminal/columns.ts";
import { duration, time } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { paintedState } from "./painted-state.ts";
import { agentName } from "./agent-name.ts";
import { headlines } from "./evaluation-table.ts";
import { section } from "./section.ts";
import { readSteps, stepLines } from "./show-steps.ts";

type Run = Extract<NonNullable<RunQuery["node"]>, { state: string }>;

export async function showRun({ client, paint }: CliContext, id: string): Promise<{ lines: string[]; value: object }> {
  const run = await readRun(client, id);
  const steps = run.runType === "PIPELINE" ? await readSteps(client, id) : [];
  const lines = [...runLines(run, paint), ...section("Steps", stepLines(steps, paint))];
  return { lines, value: steps.length === 0 ? run : { ...run, steps } };
}

export function runLines(run: RunNode, paint: Paint): string[] {
  const took =
    run.startedAt === null || run.endedAt === null ? null : Date.parse(run.endedAt) - Date.parse(run.startedAt);
  const head = facts(
    [
      ["run", `${run.runType} ${clean(run.name)}`],
      ["id", run.id],
      ["state", paintedState(run.state, paint)],
      ["waits", run.whyWaiting],
      ["plugin", run.plugin === null ? null : `${run.plugin.name}@${run.plugin.version}`],
      ["namespace", run.namespace],
      ["submitted by", agentName(run.attributedTo)],
      ["seed", String(run.seed)],
      ["queued", time(run.queuedAt)],
      ["started", run.startedAt === null ? null : time(run.startedAt)],
      ["ended", run.endedAt === null ? null : `${time(run.endedAt)}${took === null ? "" : ` after ${duration(took)}`}`],
      ["failure", run.failure === null ? null : paint("red", clean(`${run.failure.type}: ${run.failure.message}`))],
      ["measurements", run.measurementsComplete === false ? paint("yellow", "incomplete") : null],
    ],
    paint,
  );
  return [
    ...head,
    ...section("Inputs", endTable(run.inputs, paint)),
    ...section("Outputs", endTable(run.outputs, paint)),
    ...section("Attempts", run.attempts.length > 1 || run.state === "FAILED" ? attemptTable(run, paint) : []),
  ];
}

type End = Run["inputs"][number] | Run["outputs"][number];

function endTable(ends: readonly End[], paint: Paint): string[] {
  if (ends.length === 0) return [];
  const rows = ends.map(({ role, node }) => [clean(role ?? ""), clean(endName(node)), clean(endDetail(node))]);
  return table([{ title: "role" }, { title: "what" }, { title: "" }], rows, paint);
}

export function endName(node: End["node"]): string {
  if ("key" in node) return node.key;
  if ("commit" in node) return `${node.name} ${node.commit.slice(0, 12)}`;
  return node.id;
}

function endDetail(node: End["node"]): string {
  if ("parameters" in node) return valuesOf(node.parameters);
  if ("values" in node) return valuesOf(node.values);
  if (!("metrics" in node)) return "";
  const verdict = "verdict" in node && node.verdict !== null ? [node.verdict] : [];
  return [...verdict, ...headlines(node.metrics)].join(", ");
}

function attemptTable({ attempts }: Run, paint: Paint): string[] {
  const rows = attempts.map(({ attempt, state, runner, claimedAt, endedAt, failure }) => [
    String(attempt),
    paintedState(state, paint),
    runner,
    time(claimedAt),
    time(endedAt),
    clean(failure === null ? "" : `${failure.type}: ${failure.message}`),
  ]);
  const titles = ["#", "state", "runner", "claimed", "ended", "failure"].map((title) => ({ title }));
  return table(titles, rows, paint);
}
