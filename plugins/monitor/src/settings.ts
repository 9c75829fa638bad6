import type { AbOptions } from "@clew/plugin-ab-test";
import { PluginFailure } from "@clew/plugin-sdk";
import type { SampledColumn } from "@clew/plugin-drift";
import { RegressionRows, ScoredRows } from "@clew/plugin-tabular";
import {
  CHAMPION,
  checkGates,
  checkGatesOfModel,
  type Cut,
  Gate,
  METRIC_TRAITS,
} from "@clew/plugin-tabular/evaluation";
import { durationMs } from "./duration.ts";
import type { Feature, Parameters } from "./parameters.ts";

/** Windows of time, or of so many rows; all times in milliseconds. */
export type Windowing = { readonly graceMs: number } & (
  | { readonly by: "time"; readonly lengthMs: number }
  | { readonly by: "count"; readonly rows: number }
);

/** The parameters, checked against one another. */
export interface Settings {
  readonly given: Parameters;
  readonly windowing: Windowing;
  readonly aheadMs: number;
  readonly behindMs: number;
  /** How long labels are waited for; null where none are. */
  readonly waitMs: number | null;
  /** Those of the parameters, and one for each drop. */
  readonly gates: readonly Gate[];
  readonly cut: Cut;
  /** Null where live models are not compared. */
  readonly abTest: AbSettings | null;
}

/** How two live models are compared. */
export interface AbSettings {
  readonly options: Pick<AbOptions, "alpha" | "margin" | "tightestAt"> & { readonly high: number };
  readonly outcome: NonNullable<Parameters["abTest"]>["outcome"];
  /** From 0 to `options.high`, one for each row. */
  readonly losses: (rows: { readonly labels: Float64Array; readonly scores: Float64Array }) => Float64Array;
}

/** @throws {PluginFailure} BAD_PARAMETERS where they contradict one another. */
export function settingsOf(given: Parameters): Settings {
  refuseTwice(given);
  const { window, labels, quality, slices, clock, alerts } = given;
  const graceMs = durationMs("window.grace", window.grace);
  const cut = { slices, crosses: quality.crosses, minSliceRows: quality.minSliceRows };
  const gates = [...quality.gates, ...quality.drops.map(gateOfDrop)];
  if (labels !== undefined && given.prediction === undefined) throw refused("labels", "need prediction");
  if (labels === undefined && gates.length > 0) throw refused("quality", "gates and drops need labels");
  if (labels !== undefined && sameLabel(labels.positive, labels.negative))
    throw refused("labels", "the positive and the negative label are the same");
  if (alerts.windows > alerts.of) throw refused("alerts.windows", "are more than alerts.of");
  checkGates(gates, cut);
  if (given.prediction !== undefined) checkGatesOfModel(gates, noRows(given.prediction.kind), [{ name: CHAMPION }]);
  return {
    given,
    windowing:
      window.by === "time"
        ? { by: "time", lengthMs: durationMs("window.length", window.length), graceMs }
        : { by: "count", rows: window.rows, graceMs },
    aheadMs: durationMs("clock.ahead", clock.ahead),
    behindMs: durationMs("clock.behind", clock.behind),
    waitMs: labels === undefined ? null : durationMs("labels.wait", labels.wait),
    gates,
    cut,
    abTest: abSettingsOf(given),
  };
}

function abSettingsOf({ abTest, labels, prediction }: Parameters): AbSettings | null {
  if (abTest === undefined) return null;
  if (labels === undefined || prediction === undefined) throw refused("abTest", "needs labels");
  const { outcome, cap, ...options } = abTest;
  if ((outcome === "absolute_error") !== (prediction.kind === "number"))
    throw refused("abTest.outcome", `${outcome} is none of a ${prediction.kind}`);
  if ((outcome === "absolute_error") !== (cap !== undefined))
    throw refused("abTest.cap", "is for absolute_error, which needs one");
  const { threshold } = prediction;
  const loss = {
    error: (score: number, label: number) => Number(Number(score >= threshold) !== label),
    brier_score: (score: number, label: number) => (score - label) ** 2,
    absolute_error: (score: number, label: number) => Math.min(Math.abs(score - label), cap!),
  }[outcome];
  return {
    options: { ...options, high: cap ?? 1 },
    outcome,
    losses: ({ labels: truth, scores }) => scores.map((score, row) => loss(score, truth[row]!)),
  };
}

/** What a row of a sample holds: features by their names, and what it is cut by. */
export function sampledColumns({ features, slices }: Pick<Parameters, "features" | "slices">): SampledColumn[] {
  return [
    ...features.map(({ name, kind }) => ({ name, kind })),
    ...slices.map(({ name }) => ({ name: sampledSlice(name), kind: "categorical" as const })),
  ];
}

/** The column of a sample that holds a slice's values: a feature may have the slice's name. */
export function sampledSlice(name: string): string {
  return `slice ${name}`;
}

export function isOfAnswers({ from }: Feature): boolean {
  return from === "outputs";
}

/** One label as another, where true is 1 and false is 0. */
export function sameLabel(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => (typeof value === "boolean" ? Number(value) : value);
  return plain(a) === plain(b);
}

function refuseTwice({ features, slices }: Parameters): void {
  const names = sampledColumns({ features, slices }).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw refused("features and slices", `two are called ${twice}`);
}

function gateOfDrop({ metric, baseline, by }: Parameters["quality"]["drops"][number]): Gate {
  const better = METRIC_TRAITS[metric as keyof typeof METRIC_TRAITS]?.better;
  if (!better) throw refused("quality.drops", `neither more nor less of ${metric} makes a better model`);
  // Without the last digits of a binary fraction, which nobody asked for.
  const worst = Number((better === "higher" ? baseline - by : baseline + by).toPrecision(12));
  const bound = better === "higher" ? { min: worst } : { max: worst };
  const name = `${metric} is no more than ${by} worse than ${baseline}`;
  return Gate.parse({ kind: "threshold", name, metric, ...bound });
}

function noRows(kind: "probability" | "number"): ScoredRows | RegressionRows {
  if (kind === "probability") return new ScoredRows(new Uint8Array(0), new Float64Array(0), 0.5);
  return new RegressionRows(new Float64Array(0), new Float64Array(0));
}

function refused(what: string, why: string): PluginFailure {
  return new PluginFailure("BAD_PARAMETERS", `${what}: ${why}`);
}
