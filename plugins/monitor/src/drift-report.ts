import { setImmediate } from "node:timers/promises";
import {
  decideDrift,
  type DriftFeature,
  driftMeasures,
  type FeatureDecision,
  presentCount,
  type WindowDecision,
} from "@clew/plugin-drift";
import { type ReportSaid, type ReportSlice, toMetricValues, type Verdict } from "@clew/plugin-sdk";
import type { Parameters } from "./parameters.ts";
import type { Part } from "./part.ts";
import type { Reference } from "./reference.ts";
import { sampledSlice } from "./settings.ts";
import { trafficMetrics, trafficOf } from "./traffic.ts";
import type { Window } from "./window.ts";

type Deciding = Pick<Parameters, "slices" | "drift">;

/** A slice of a part, decided by itself. */
interface SliceDecision {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly decision: WindowDecision;
}

/** What came of comparing a part with the reference. */
export interface PartDrift {
  readonly part: Part;
  /** Null where there is nothing to compare. */
  readonly whole: WindowDecision | null;
  readonly slices: readonly SliceDecision[];
}

/** A report holds no more. */
const MEASURES_MAX = 2_000;

const VERDICTS = { DRIFT: "FAIL", NO_DRIFT: "PASS", NOT_ENOUGH_DATA: "NOT_ENOUGH_DATA" } as const;

/**
 * Compares a part with the reference, all rows and each slice. All slices together are said to drift without cause in at most as many windows as all rows
 * are: each is decided at its share of alpha.
 */
export async function driftOf(
  part: Part,
  reference: Reference,
  { slices, drift }: Deciding,
  signal: AbortSignal,
): Promise<PartDrift> {
  if (part.features.length === 0 || part.key.model === null) return { part, whole: null, slices: [] };
  const whole = decideDrift(featuresOf(part, reference, null), drift);
  const cuts = part.key.mode === "LIVE" ? slices.flatMap((slice) => cutsOf(slice, reference)) : [];
  const decided: SliceDecision[] = [];
  for (const cut of cuts) {
    // The job hears that it shall stop.
    await setImmediate();
    signal.throwIfAborted();
    const decision = sliceDecision(part, reference, cut, { ...drift, alpha: drift.alpha / cuts.length });
    if (decision !== null) decided.push(decision);
  }
  return { part, whole, slices: decided };
}

function cutsOf(slice: Parameters["slices"][number], reference: Reference): { name: string; value: string }[] {
  return reference.valuesOf(slice).map((value) => ({ name: slice.name, value }));
}

function sliceDecision(
  part: Part,
  reference: Reference,
  cut: { name: string; value: string },
  options: Deciding["drift"],
): SliceDecision | null {
  const features = featuresOf(part, reference, cut);
  const [first] = features;
  if (first === undefined) return null;
  const { current } = first;
  const rows = presentCount(current) + current.missing;
  return { column: cut.name, value: cut.value, rows, decision: decideDrift(features, options) };
}

function featuresOf(part: Part, reference: Reference, cut: { name: string; value: string } | null): DriftFeature[] {
  const before = reference.samples(cut ?? undefined);
  const now = part.sample.samples(cut === null ? undefined : (row) => row[sampledSlice(cut.name)] === cut.value);
  // In a slice its own column has one value.
  const own = part.features.filter(({ name, from }) => from === "outputs" || name !== cut?.name);
  return own.map(({ name, method, importance }) => ({
    name,
    reference: before.get(name)!,
    current: now.get(name)!,
    ...(method !== undefined && { method }),
    ...(importance !== undefined && { importance }),
  }));
}

/** The report of one part of a window: its traffic, its answers, and its drift. */
export function driftReport({ part, whole, slices }: PartDrift, window: Window): ReportSaid {
  const { deployment, model } = part.key;
  const measures = [
    ...(whole === null ? [] : driftMeasures(whole)),
    ...slices.flatMap(({ column, value, decision }) =>
      driftMeasures(decision, [{ column, value: value.slice(0, 500) }]),
    ),
  ];
  const metrics = {
    ...windowMetrics(window),
    ...trafficMetrics(trafficOf([part], window)),
    ...answerMetrics(part),
    ...(whole !== null && {
      compared_rows: part.sample.size,
      drifting_importance: whole.driftingImportance,
      compared_importance: whole.comparedImportance,
      measures_left_out: Math.max(0, measures.length - MEASURES_MAX),
    }),
    ...streamMetrics(window),
  };
  return {
    reportType: "DRIFT",
    verdict: verdictOf(whole, slices),
    metrics: toMetricValues(metrics),
    slices: slices.slice(0, 500).map(reportSlice),
    drift: measures.slice(0, MEASURES_MAX),
    about: model === null ? [deployment] : [deployment, model],
  };
}

/** FAIL where all rows drift, or a slice of them. */
function verdictOf(whole: WindowDecision | null, slices: readonly SliceDecision[]): Verdict | null {
  if (slices.some(({ decision }) => decision.outcome === "DRIFT")) return "FAIL";
  return whole === null ? null : VERDICTS[whole.outcome];
}

function reportSlice({ column, value, rows, decision }: SliceDecision): ReportSlice {
  const metrics = {
    drifting_importance: decision.driftingImportance,
    compared_importance: decision.comparedImportance,
  };
  return { slice: { [column]: value.slice(0, 500) }, count: rows, metrics: toMetricValues(metrics), intervals: {} };
}

export function windowMetrics({ startMs, endMs }: Pick<Window, "startMs" | "endMs">): Record<string, number> {
  return { window_start_ms: startMs, window_end_ms: endMs };
}

function answerMetrics(part: Part): Record<string, number> {
  const { rows, rowsWithoutValues, scored, unscored, scores, positives } = part;
  const answers =
    scored === 0 ? {} : { prediction_mean: scores / scored, positives, positive_share: positives / scored };
  return { rows, rows_without_values: rowsWithoutValues, unscored_rows: unscored, ...answers };
}

/** What the stream lost, and what came too late or with a wrong clock, while the window lasted: of the endpoint, not of a model. */
function streamMetrics({ counts, leftOut }: Window): Record<string, number> {
  const { dropped, sampledOut, missed, late, wrongClock, unknowable } = counts;
  return {
    dropped,
    sampled_out: sampledOut,
    missed_messages: missed,
    late,
    put_aside: wrongClock + unknowable,
    left_out: leftOut,
  };
}

/** What drifts, as a person says it, the most important first; empty where nothing does. */
export function driftWords({ whole, slices }: PartDrift): string {
  const drifting = slices.filter(({ decision }) => decision.outcome === "DRIFT");
  const of = drifting.map(({ column, value, decision }) => `where ${column} = ${value}: ${featureWords(decision)}`);
  return [...(whole?.outcome === "DRIFT" ? [featureWords(whole)] : []), ...of].join("; ");
}

/** Features that drift, in all rows or in slices that do. */
export function driftingFeatures({ whole, slices }: PartDrift): string[] {
  const decisions = [whole, ...slices.map(({ decision }) => decision)];
  const names = decisions.flatMap((one) =>
    one?.outcome === "DRIFT" ? drifted(one).map(({ feature }) => feature) : [],
  );
  return [...new Set(names)];
}

/** The importance of what drifts in all rows. */
export function driftingShare({ whole }: PartDrift): number {
  return whole?.driftingImportance ?? 0;
}

function featureWords(decision: WindowDecision): string {
  return drifted(decision).map(measureWords).join(", ");
}

function drifted({ features }: WindowDecision): FeatureDecision[] {
  return features
    .filter(({ outcome }) => outcome === "DRIFT")
    .toSorted((a, b) => b.importance - a.importance || (a.feature < b.feature ? -1 : 1));
}

function measureWords({ feature, measures }: FeatureDecision): string {
  const { method, value, floor } = measures.find(({ outcome }) => outcome === "DRIFT")!;
  return `${feature} (${method} ${value.toPrecision(3)}, floor ${floor?.toPrecision(3)})`;
}
