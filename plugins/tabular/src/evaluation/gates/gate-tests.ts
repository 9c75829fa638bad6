import { METRIC_TRAITS, type MetricName } from "../metric-traits.ts";
import type { RowSlice } from "../slice-rows.ts";
import type { Estimate, Estimates } from "./estimates.ts";
import {
  type BaselineGate,
  type FairnessGate,
  type Gate,
  OVERALL,
  ratesOf,
  type SliceGate,
  type ThresholdGate,
} from "./gate-parameters.ts";
import { short, whereWords } from "./gate-words.ts";
import type { Rule, Test } from "./judge.ts";
import { differenceOf, metricQuantity, pairedDifference, type Quantity, ratioOf } from "./quantities.ts";

/** What the model's own answers are called beside the baselines'. */
export const MODEL = "model";

/** What a gate is decided by; the tests may be made once the estimates are drawn. */
export interface PlannedGate {
  gate: Gate;
  rule: Rule;
  tests: () => Test[];
}

/** Asks for the estimates that a gate needs. */
export function planGate(gate: Gate, slices: readonly RowSlice[], estimates: Estimates): PlannedGate {
  switch (gate.kind) {
    case "threshold":
      return planned(gate, boundOf(gate), thresholdTests(gate, slices, estimates));
    case "better-than-baseline":
      return planned(gate, { asks: "at least", bound: gate.margin }, gainTests(gate, estimates));
    case "no-slice-worse":
      return planned(gate, { asks: "at least", bound: -gate.tolerance }, sliceTests(gate, slices, estimates));
    default:
      return planned(gate, boundOf(gate), fairnessTests(gate, slices, estimates));
  }
}

function planned(gate: Gate, asked: Pick<Rule, "asks" | "bound">, tests: () => Test[]): PlannedGate {
  const { alpha, minRows, correction, whenUnsure } = gate;
  return { gate, rule: { ...asked, alpha, minRows, correction, whenUnsure }, tests };
}

function boundOf({ min, max }: ThresholdGate | FairnessGate): Pick<Rule, "asks" | "bound"> {
  return min === undefined ? { asks: "at most", bound: max! } : { asks: "at least", bound: min };
}

function thresholdTests({ metric, slices: names }: ThresholdGate, slices: readonly RowSlice[], estimates: Estimates) {
  const parts = names.length === 0 ? [null] : slices.filter(({ name }) => names.includes(name));
  const wanted = parts.map((slice) => ({ slice, estimate: estimates.want(MODEL, slice, metric) }));
  return () => wanted.map(({ slice, estimate }) => testOf(metricQuantity(estimate), [estimate], slice));
}

function gainTests({ metric, baseline }: BaselineGate, estimates: Estimates) {
  const [model, other] = [estimates.want(MODEL, null, metric), estimates.want(baseline, null, metric)];
  return () => [testOf(gainOf(metric, pairedDifference, model, other), [model, other], null)];
}

function sliceTests({ metric, slices: names, against }: SliceGate, slices: readonly RowSlice[], estimates: Estimates) {
  const parts = slices.filter(({ name }) => names.length === 0 || names.includes(name));
  const wanted = parts.map((slice) => {
    const other = against === OVERALL ? estimates.want(MODEL, null, metric) : estimates.want(against, slice, metric);
    return { slice, model: estimates.want(MODEL, slice, metric), other };
  });
  const difference = against === OVERALL ? differenceOf : pairedDifference;
  return () =>
    wanted.map(({ slice, model, other }) => testOf(gainOf(metric, difference, model, other), [model, other], slice));
}

/** How much better the first is. */
function gainOf(metric: MetricName, difference: typeof pairedDifference, model: Estimate, other: Estimate): Quantity {
  return METRIC_TRAITS[metric].better === "lower" ? difference(other, model) : difference(model, other);
}

/**
 * Every group against every other, both ways, in every rate: all the differences are at most the bound where the largest is, and all the ratios at least
 * the bound where the smallest is. A group that is too small is in no pair, and stands for itself.
 */
function fairnessTests(gate: FairnessGate, slices: readonly RowSlice[], estimates: Estimates) {
  const groups = slices.filter(({ name }) => name === gate.groups);
  const wanted = ratesOf(gate.metric).map((rate) =>
    groups.map((group) => ({ group, estimate: estimates.want(MODEL, group, rate) })),
  );
  return () => wanted.flatMap((rates) => pairTests(gate, rates));
}

interface GroupRate {
  group: RowSlice;
  estimate: Estimate;
}

function pairTests({ compare, minRows }: FairnessGate, rates: readonly GroupRate[]): Test[] {
  const quantityOf = compare === "difference" ? differenceOf : ratioOf;
  const large = rates.filter(({ estimate }) => estimate.support >= minRows);
  const small = rates.filter(({ estimate }) => estimate.support < minRows);
  const pairs = large.flatMap((a) => large.filter((b) => b !== a).map((b) => [a, b] as const));
  return [
    ...pairs.map(([a, b]) => ({
      ...testOf(quantityOf(a.estimate, b.estimate), [a.estimate, b.estimate], null),
      rows: a.estimate.rows + b.estimate.rows,
      label: `${rateWords(a)} against ${rateWords(b)}`,
    })),
    ...small.map((one) => ({
      ...testOf(metricQuantity(one.estimate), [one.estimate], one.group),
      label: `${one.group.value} in ${one.estimate.metric}`,
    })),
  ];
}

function rateWords({ group, estimate }: GroupRate): string {
  return `${group.value} (${estimate.metric} ${short(estimate.value)})`;
}

/** @param of what is asked about, and what it is held against */
function testOf(quantity: Quantity, of: readonly [Estimate, ...Estimate[]], slice: RowSlice | null): Test {
  const where = slice?.where ?? {};
  const support = Math.min(...of.map((estimate) => estimate.support));
  const freedom = Math.min(support, of[0].draws.length) - 1;
  return { quantity, rows: of[0].rows, support, freedom, where, label: whereWords(where) };
}
