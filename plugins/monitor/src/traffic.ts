import type { NumericSample, WindowSample } from "@clew/plugin-drift";
import { percentile } from "@clew/plugin-tabular/evaluation";
import type { Finding } from "./findings.ts";
import { short } from "./findings.ts";
import type { Limits } from "./parameters.ts";
import type { Part } from "./part.ts";
import type { Window } from "./window.ts";

/** Requests of one or several parts of a window. */
export interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly serverErrors: number;
  /** Of the errors those that nobody was to answer, which are no fault of what is served. */
  readonly suspended: number;
  /** Requests that were being answered at the same time, on average over the window (Little 1961); NaN where it has no length. */
  readonly inFlight: number;
  /** Milliseconds of the answered requests, ascending. */
  readonly latenciesMs: Float64Array;
}

export function trafficOf(parts: readonly Part[], { startMs, endMs }: Pick<Window, "startMs" | "endMs">): Traffic {
  const total = (of: (part: Part) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  return {
    requests: total(({ requests }) => requests),
    errors: total(({ errors }) => errors),
    serverErrors: total(({ serverErrors }) => serverErrors),
    suspended: total(({ suspended }) => suspended),
    inFlight: endMs > startMs ? total(({ busyMs }) => busyMs) / (endMs - startMs) : Number.NaN,
    latenciesMs: sortedLatencies(parts.map(({ latencies }) => latencies)),
  };
}

/** By the names that reports have; NaN where there is nothing to say it of. */
export function trafficMetrics({
  requests,
  errors,
  serverErrors,
  suspended,
  inFlight,
  latenciesMs,
}: Traffic): Record<string, number> {
  return {
    requests,
    errors,
    error_rate: errors / requests,
    server_errors: serverErrors,
    server_error_rate: serverErrors / requests,
    suspended,
    latency_ms_p50: quantile(latenciesMs, 0.5),
    latency_ms_p95: quantile(latenciesMs, 0.95),
    latency_ms_p99: quantile(latenciesMs, 0.99),
    in_flight: inFlight,
  };
}

/** Answers that a quantile of latencies must rest on before it alarms. */
const ANSWERS_MIN = 30;

type Shown = Pick<Finding, "kind" | "cause" | "message">;

/** What the answers of one deployment show beyond its limits. */
export function answersBeyond(traffic: Traffic, limits: Limits): Shown[] {
  return [...errorFindings(traffic, limits), ...latencyFindings(traffic, limits)];
}

function errorFindings({ requests, errors, serverErrors, suspended }: Traffic, limits: Limits): Shown[] {
  const meant = requests - suspended;
  const rates = [
    { what: "requests failed", count: errors - suspended, limit: limits.errorRate },
    { what: "requests failed with 500 or above", count: serverErrors - suspended, limit: limits.serverErrorRate },
  ];
  const beyond = rates.filter(({ count, limit }) => limit !== undefined && surelyAtLeast(count, meant) > limit);
  if (beyond.length === 0) return [];
  const words = beyond.map(
    ({ what, count, limit }) => `${count} of ${meant} ${what}, ${short(count / meant)} where ${limit} is the limit`,
  );
  return [{ kind: "errors", cause: "errors", message: words.join("; ") }];
}

function latencyFindings({ latenciesMs }: Traffic, limits: Limits): Shown[] {
  if (latenciesMs.length < ANSWERS_MIN) return [];
  const quantiles = [
    { share: 0.5, limit: limits.latencyP50Ms },
    { share: 0.95, limit: limits.latencyP95Ms },
    { share: 0.99, limit: limits.latencyP99Ms },
  ];
  const words = quantiles.flatMap(({ share, limit }) => {
    const value = quantile(latenciesMs, share);
    if (limit === undefined || value <= limit) return [];
    return [`${share * 100} % of the answers took up to ${short(value)} ms where ${limit} ms is the limit`];
  });
  return words.length === 0 ? [] : [{ kind: "latency", cause: "latency", message: words.join("; ") }];
}

/** What the load of an endpoint shows beyond its limits, whatever deployments shared it. */
export function loadBeyond({ requests, inFlight }: Traffic, limits: Limits, isOfTime: boolean): Shown[] {
  const { minRequests, maxRequests, inFlight: most } = limits;
  const found: Shown[] = [];
  const traffic = (message: string) => found.push({ kind: "traffic", cause: "traffic", message });
  if (isOfTime && minRequests !== undefined && requests < minRequests)
    traffic(`${requests} requests came where ${minRequests} is the least`);
  if (maxRequests !== undefined && requests > maxRequests)
    traffic(`${requests} requests came where ${maxRequests} is the most`);
  if (most !== undefined && inFlight > most) {
    const message = `${short(inFlight)} requests were in flight on average where ${most} is the limit`;
    found.push({ kind: "saturation", cause: "saturation", message });
  }
  return found;
}

/** The lower end of Wilson's 99 % interval of a share. */
function surelyAtLeast(count: number, of: number): number {
  if (of === 0) return 0;
  const [share, pull] = [count / of, 2.5758 ** 2 / of];
  return (share + pull / 2 - Math.sqrt(pull * share * (1 - share) + pull ** 2 / 4)) / (1 + pull);
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted.length === 0 ? Number.NaN : percentile(sorted, share);
}

function sortedLatencies(samples: readonly WindowSample[]): Float64Array {
  const all = samples.map((sample) => (sample.samples().get("ms") as NumericSample).sorted);
  const merged = new Float64Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of all) {
    merged.set(one, at);
    at += one.length;
  }
  return merged.sort();
}
