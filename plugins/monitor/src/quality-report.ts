import { hash53 } from "@clew/plugin-drift";
import { type GateRuleOutcome, type ReportSaid, toMetricValues } from "@clew/plugin-sdk";
import { seedFor, type Table, type TextColumn } from "@clew/plugin-tabular";
import {
  CHAMPION,
  evaluateRows,
  type Gate,
  type GateAnswer,
  type MeasuredRows,
  reportedRules,
  reportMetrics,
  reportSlices,
  runGates,
  sliceColumn,
  sliceRows,
  verdictOf,
} from "@clew/plugin-tabular/evaluation";
import { windowMetrics } from "./drift-report.ts";
import type { Answers } from "./answers.ts";
import type { Settings } from "./settings.ts";
import type { LabelledRows } from "./waiting-rows.ts";
import type { Window } from "./window.ts";

/** What the labels of one model's answers in a window show. */
export interface PartQuality {
  readonly rows: LabelledRows;
  readonly report: ReportSaid;
  /** What is shown to be broken. */
  readonly broken: readonly { readonly gate: Gate; readonly answer: GateRuleOutcome }[];
}

/** @param name of the report, which the random draws follow from */
export async function qualityOf(
  name: string,
  labelled: LabelledRows,
  window: Window,
  settings: Settings,
  signal: AbortSignal,
): Promise<PartQuality> {
  const { resamples } = settings.given.quality;
  const answers = settings.answers!;
  const rows = pairedRows(labelled, answers);
  const { model, champion } = measuredRows(rows, answers);
  const baselines = champion === null ? [] : [{ name: CHAMPION, rows: champion }];
  const { slices } = sliceRows(tableOf(rows, settings), settings.cut);
  const seed = (settings.given.drift.seed ^ hash53(name, 0)) >>> 0;
  const evaluated = await evaluateRows({ model, baselines, slices, resamples, seed, signal });
  const gates = settings.gates.filter((gate) => champion !== null || !isOfChampion(gate));
  const how = { gates, resamples, seed: seedFor(seed, 1_000_000), signal };
  const ruled = await runGates({ ...how, model, baselines, slices });
  const { deployment, model: version } = rows.key;
  const report: ReportSaid = {
    reportType: "EVALUATION",
    verdict: verdictOf(ruled),
    metrics: { ...reportMetrics(evaluated), ...toMetricValues(labelMetrics(labelled, window, settings)) },
    slices: reportSlices(evaluated, answers.classes),
    rules: reportedRules(ruled),
    about: [deployment, version!],
  };
  return { rows, report, broken: brokenGates(gates, ruled) };
}

/** A challenger is measured where the live model has answered too, so that both are measured on the same rows. */
function pairedRows(labelled: LabelledRows, { width }: Answers): LabelledRows {
  const { champion } = labelled;
  if (champion === null) return labelled;
  const isPaired = (_: unknown, row: number) => !Number.isNaN(champion[row * width]!);
  const isOfPaired = (_: unknown, at: number) => isPaired(_, Math.floor(at / width));
  return {
    ...labelled,
    labels: labelled.labels.filter(isPaired),
    scores: labelled.scores.filter(isOfPaired),
    champion: champion.filter(isOfPaired),
    slices: labelled.slices.map((values) => values.filter(isPaired)),
  };
}

function measuredRows(
  { labels, scores, champion }: LabelledRows,
  { measured }: Answers,
): { model: MeasuredRows; champion: MeasuredRows | null } {
  return { model: measured(labels, scores), champion: champion === null ? null : measured(labels, champion) };
}

function tableOf({ labels, slices }: LabelledRows, { given }: Settings): Table {
  const texts = given.slices.map((slice, index) => [sliceColumn(slice), coded(slices[index]!)] as const);
  return { rows: labels.length, numbers: new Map(), texts: new Map(texts) };
}

function coded(values: readonly (string | null)[]): TextColumn {
  const dictionary = [...new Set(values)].filter((value) => value !== null);
  const codes = new Map(dictionary.map((value, code) => [value as string | null, code]));
  return { codes: Int32Array.from(values, (value) => codes.get(value) ?? -1), dictionary };
}

/** Only what is compared with the live model has such a baseline. */
function isOfChampion(gate: Gate): boolean {
  if (gate.kind === "better-than-baseline") return gate.baseline === CHAMPION;
  return gate.kind === "no-slice-worse" && gate.against === CHAMPION;
}

function labelMetrics(
  { answered, labels, unpaired }: LabelledRows,
  { waiting, counts, ...window }: Window,
  { windowing }: Settings,
): Record<string, number> {
  const { duplicate, conflicting, wrongRow, bad, unsampled, withoutValue } = waiting!.counts;
  return {
    ...windowMetrics(window),
    answered_rows: answered,
    labelled_share: labels.length / answered,
    unpaired_rows: unpaired,
    is_sample: Number(waiting!.isSampled),
    labels_without_value: withoutValue,
    duplicate_labels: duplicate,
    conflicting_labels: conflicting,
    bad_labels: bad + wrongRow,
    unsampled_labels: unsampled,
    // By count it does not show whether a label's prediction was read before.
    ...(windowing.by === "time" && { unknown_labels: counts.unknownLabels, late_labels: counts.lateLabels }),
  };
}

function brokenGates(gates: readonly Gate[], answers: readonly GateAnswer[]): PartQuality["broken"] {
  return answers.flatMap(({ answer }, index) => (answer.outcome === "FAIL" ? [{ gate: gates[index]!, answer }] : []));
}
