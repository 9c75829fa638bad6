import { setTimeout as delay } from "node:timers/promises";
import { FINAL_RUN_STATES } from "@clew/schema";
import { RunDocument, RunMetricsDocument, type RunMetricsQuery, type RunQuery } from "@clew/schema/graphql";
import type { ClewClient } from "./client.ts";
import { CliError, NoServerError } from "./errors.ts";

export type RunNode = Extract<NonNullable<RunQuery["node"]>, { state: string }>;
export type MetricPoint = Extract<
  NonNullable<RunMetricsQuery["node"]>,
  { metricPoints: unknown }
>["metricPoints"][number];

export interface WatchOptions {
  /** Called when the run looks other than before, and at first. */
  readonly onChange?: (run: RunNode) => void | Promise<void>;
  /** Called with every metric point once, in the order in which they were measured. */
  readonly onMetrics?: (points: readonly MetricPoint[]) => void | Promise<void>;
  /** Called each time that the run was looked at. */
  readonly onLook?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

const POLL_MS = 500;
/** A server that restarts is waited for so long. */
export const ABSENCE_MS = 60_000;
const PAGE = 500;

/** @throws {CliError} where there is no such run. */
export async function readRun(client: ClewClient, id: string, signal?: AbortSignal): Promise<RunNode> {
  const { node } = await client.request(RunDocument, { id }, signal);
  if (!isRun(node)) throw new CliError(`there is no run ${id}`, { code: "NOT_FOUND" });
  return node;
}

function isRun(node: RunQuery["node"]): node is RunNode {
  return node !== null && "state" in node;
}

/** Metric points of a run behind the nth, to the last that there is. */
export async function readMetrics(
  client: ClewClient,
  id: string,
  afterN = 0,
  signal?: AbortSignal,
): Promise<MetricPoint[]> {
  const points: MetricPoint[] = [];
  for (;;) {
    const after = points.at(-1)?.n ?? afterN;
    const { node } = await client.request(RunMetricsDocument, { id, first: PAGE, after }, signal);
    const page = node !== null && "metricPoints" in node ? node.metricPoints : [];
    points.push(...page);
    if (page.length < PAGE) return points;
  }
}

/** Watches a run until it ends, and answers it then. Outlives a restart of the server. */
export async function awaitRun(client: ClewClient, id: string, options: WatchOptions = {}): Promise<RunNode> {
  const { onChange, onMetrics, onLook, signal } = options;
  let before = "";
  let lastN = 0;
  let heardAt = Date.now();
  for (;;) {
    try {
      const run = await readRun(client, id, signal);
      const points = onMetrics ? await readMetrics(client, id, lastN, signal) : [];
      heardAt = Date.now();
      if (points.length > 0) await onMetrics?.(points);
      lastN = points.at(-1)?.n ?? lastN;
      await onLook?.();
      const now = JSON.stringify([run.state, run.whyWaiting, run.attempts]);
      if (now !== before) await onChange?.(run);
      before = now;
      if (FINAL_RUN_STATES.has(run.state)) return run;
    } catch (error) {
      if (!(error instanceof NoServerError) || Date.now() - heardAt > ABSENCE_MS) throw error;
    }
    await delay(POLL_MS, undefined, signal ? { signal } : {});
  }
}

/** What a run does now, in a few words. */
export function runProgress({ state, whyWaiting, attempts }: RunNode): string {
  const attempt = attempts.at(-1);
  const again = attempt !== undefined && attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : "";
  return `${state.toLowerCase()}${again}${whyWaiting === null ? "" : `: ${whyWaiting}`}`;
}
