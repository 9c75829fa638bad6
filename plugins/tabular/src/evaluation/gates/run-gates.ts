import { type GateRuleOutcome, toMetricValue, type Verdict } from "@clew/plugin-sdk";
import type { MeasuredRows } from "../metric-traits.ts";
import type { RowSlice } from "../slice-rows.ts";
import { checkGatesOfModel } from "./check-gates.ts";
import { Estimates } from "./estimates.ts";
import type { Gate } from "./gate-parameters.ts";
import { MODEL, type PlannedGate, planGate } from "./gate-tests.ts";
import { fairnessName, gateName, gateWords, short } from "./gate-words.ts";
import { type Judged, judge, together, worstOf } from "./judge.ts";

/** A gate's answer, and where it has several tests, what each came to. */
export interface GateAnswer {
  answer: GateRuleOutcome;
  parts: GateRuleOutcome[];
}

/** What gates are decided of, and how. */
export interface Gated {
  gates: readonly Gate[];
  resamples: number;
  seed: number;
  signal: AbortSignal;
  model: MeasuredRows;
  baselines: readonly { name: string; rows: MeasuredRows }[];
  slices: readonly RowSlice[];
}

/** Decides the gates, all from the same resamples. */
export async function runGates({ gates, model, baselines, slices, ...how }: Gated): Promise<GateAnswer[]> {
  if (gates.length === 0) return [];
  checkGatesOfModel(gates, model, baselines);
  const models = new Map([[MODEL, model], ...baselines.map(({ name, rows }) => [name, rows] as const)]);
  const estimates = new Estimates(models, how.resamples);
  const planned = gates.map((gate) => planGate(gate, slices, estimates));
  await estimates.draw(how.seed, how.signal);
  return planned.map(answerOf);
}

/** All gates together; null where there are none. */
export function verdictOf(answers: readonly GateAnswer[]): Verdict | null {
  return answers.length === 0
    ? null
    : together(
        answers.map(({ answer }) => answer.outcome),
        "NOT_ENOUGH_DATA",
      );
}

/** A report holds no more. */
const MAX_RULES = 500;

/** The gates' answers, then their parts: those that did not pass first. */
export function reportedRules(answers: readonly GateAnswer[]): GateRuleOutcome[] {
  const parts = answers.flatMap((answer) => answer.parts);
  const ordered = [
    ...parts.filter(({ outcome }) => outcome !== "PASS"),
    ...parts.filter(({ outcome }) => outcome === "PASS"),
  ];
  return [...answers.map(({ answer }) => answer), ...ordered].slice(0, MAX_RULES);
}

/** What a gate comes to, once its estimates are drawn. */
export function answerOf(planned: PlannedGate): GateAnswer {
  const { gate, rule } = planned;
  const judged = judge(planned.tests(), rule);
  const parts = isOfSlices(gate) ? judged.map((one) => outcomeOf(planned, one, true)) : [];
  const isOne = !isOfSlices(gate) && gate.kind !== "fairness";
  return { answer: isOne ? outcomeOf(planned, judged[0]!, false) : summary(planned, judged), parts };
}

function isOfSlices(gate: Gate): boolean {
  return gate.kind === "no-slice-worse" || (gate.kind === "threshold" && gate.slices.length > 0);
}

function outcomeOf(planned: PlannedGate, judged: Judged, isPart: boolean): GateRuleOutcome {
  const { test, low, high, pValue, adjustedPValue, outcome } = judged;
  const { minRows } = planned.rule;
  const measured = `${interval(test.quantity.value, low, high)} on ${test.rows} rows`;
  const small =
    test.support < minRows ? `; ${test.support} of them count, fewer than ${minRows}` : unsure(judged, planned);
  return {
    ...shared(planned),
    where: Object.entries(test.where).map(([column, value]) => ({ column, value: value.slice(0, 500) })),
    ...numbers({ value: test.quantity.value, low, high, pValue, adjustedPValue: isPart ? adjustedPValue : Number.NaN }),
    count: test.rows,
    outcome,
    message: message(planned, `${test.label === "" ? "it" : test.label} is ${measured}${small}`),
  };
}

function summary(planned: PlannedGate, judged: readonly Judged[]): GateRuleOutcome {
  const worst = bounded(planned, worstOf(judged, planned.rule));
  const outcome = together(
    judged.map((one) => one.outcome),
    planned.rule.whenUnsure,
  );
  const words = worst === null ? "there is nothing to compare" : worstWords(planned, judged, worst);
  return {
    ...shared(planned),
    where: [],
    ...numbers(
      worst ?? { value: Number.NaN, low: Number.NaN, high: Number.NaN, pValue: Number.NaN, adjustedPValue: Number.NaN },
    ),
    count: worst === null ? 0 : worst.worst.test.rows,
    outcome,
    message: message(planned, words),
  };
}

/** The most less the least is no less than 0, the least over the most no more than 1. */
function bounded({ gate }: PlannedGate, worst: ReturnType<typeof worstOf>): ReturnType<typeof worstOf> {
  if (worst === null || gate.kind !== "fairness") return worst;
  if (gate.compare === "difference") return { ...worst, low: Math.max(0, worst.low) };
  return { ...worst, high: Math.min(1, worst.high) };
}

function worstWords(
  { gate }: PlannedGate,
  judged: readonly Judged[],
  { worst, value, low, high }: NonNullable<ReturnType<typeof worstOf>>,
): string {
  const count = (outcome: Verdict) => judged.filter((one) => one.outcome === outcome).length;
  const small = judged.filter(({ pValue }) => Number.isNaN(pValue)).map(({ test }) => test.label);
  const left = small.length === 0 ? "" : `; too small to say: ${small.join("; ")}`;
  if (gate.kind === "fairness") return `it is ${interval(value, low, high)}: ${worst.test.label}${left}`;
  const counts = `${count("PASS")} pass, ${count("FAIL")} fail, ${count("NOT_ENOUGH_DATA")} have not enough data`;
  return `the worst is ${worst.test.label} with ${interval(value, low, high)}; of ${judged.length}, ${counts}${left}`;
}

function shared({ gate, rule }: PlannedGate): Pick<GateRuleOutcome, "rule" | "kind" | "metric" | "bound"> {
  const kinds = {
    threshold: "THRESHOLD",
    "better-than-baseline": "BETTER_THAN_BASELINE",
    "no-slice-worse": "NO_SLICE_WORSE",
    fairness: "FAIRNESS",
  } as const;
  const metric = gate.kind === "fairness" ? fairnessName(gate) : gate.metric;
  return { rule: gateName(gate), kind: kinds[gate.kind], metric, bound: toMetricValue(rule.bound) };
}

function numbers(given: { value: number; low: number; high: number; pValue: number; adjustedPValue: number }) {
  const known = (value: number) => (Number.isNaN(value) ? null : toMetricValue(value));
  return {
    value: known(given.value),
    low: known(given.low),
    high: known(given.high),
    pValue: known(given.pValue),
    adjustedPValue: known(given.adjustedPValue),
  };
}

function interval(value: number, low: number, high: number): string {
  return Number.isNaN(low) ? short(value) : `${short(value)} (${short(low)} to ${short(high)})`;
}

function unsure({ outcome, pValue }: Judged, { rule }: PlannedGate): string {
  if (Number.isNaN(pValue)) return "; too few resamples define it";
  return outcome === "FAIL" || 1 - pValue <= rule.alpha ? "" : ", which does not tell";
}

function message({ gate }: PlannedGate, found: string): string {
  return `${gateWords(gate)}: ${found}`.slice(0, 1000);
}
