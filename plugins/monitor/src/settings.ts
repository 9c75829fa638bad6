import type { AbOptions } from "@clew/plugin-ab-test";
import type { SampledColumn } from "@clew/plugin-drift";
import {
  CHAMPION,
  checkGates,
  checkGatesOfModel,
  type Cut,
  Gate,
  type MeasuredRows,
  METRIC_TRAITS,
} from "@clew/plugin-tabular/evaluation";
import { type Answers, answersOf, refused } from "./answers.ts";
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
  /** Null where nothing was said of a prediction. */
  readonly answers: Answers | null;
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
  if (alerts.windows > alerts.of) throw refused("alerts.windows", "are more than alerts.of");
  checkGates(gates, cut);
  const answers = answersOf(given);
  if (answers !== null) checkGatesOfModel(gates, noRows(answers), [{ name: CHAMPION }]);
  const abTest = abSettingsOf(given, answers);
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
    answers,
    abTest,
  };
}

/** What an A/B test may compare of answers, by their kind. */
const OUTCOMES = {
  probability: ["error", "brier_score"],
  number: ["absolute_error"],
  classes: ["error"],
} as const satisfies Record<Answers["kind"], readonly AbSettings["outcome"][]>;

function abSettingsOf({ abTest, labels }: Parameters, answers: Answers | null): AbSettings | null {
  if (abTest === undefined) return null;
  if (labels === undefined || answers === null) throw refused("abTest", "needs labels");
  const { outcome, cap, ...options } = abTest;
  const outcomes: readonly AbSettings["outcome"][] = OUTCOMES[answers.kind];
  if (!outcomes.includes(outcome)) throw refused("abTest.outcome", `there is no ${outcome} of kind ${answers.kind}`);
  if ((outcome === "absolute_error") !== (cap !== undefined))
    throw refused("abTest.cap", "is for absolute_error, which needs one");
  const loss = {
    error: (predicted: number, label: number) => Number(predicted !== label),
    brier_score: (score: number, label: number) => (score - label) ** 2,
    absolute_error: (score: number, label: number) => Math.min(Math.abs(score - label), cap!),
  }[outcome];
  const compared = ({ scores }: { readonly scores: Float64Array }) =>
    outcome === "error" ? answers.predicted(scores) : scores;
  return {
    options: { ...options, high: cap ?? 1 },
    outcome,
    losses: (rows) => Float64Array.from(compared(rows), (value, row) => loss(value, rows.labels[row]!)),
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

function noRows({ measured }: Answers): MeasuredRows {
  return measured(new Float64Array(0), new Float64Array(0));
}
