import { PluginFailure } from "@clew/plugin-sdk";
import { randomFrom } from "@clew/plugin-tabular/random";
import type { z } from "zod";
import { type Comparison, compareCategorical, compareMissing, type Terms } from "./compare-counts.ts";
import { compareNumeric } from "./compare-numeric.ts";
import { adjustedPValues } from "./false-discovery.ts";
import { hash53 } from "./hash.ts";
import { type DriftMethod, DriftOptions } from "./options.ts";
import { type FeatureSample, presentCount, sum } from "./samples.ts";

export type DriftOutcome = "DRIFT" | "NO_DRIFT" | "NOT_ENOUGH_DATA";

/** A feature in the reference and in the window that is decided on. */
export interface DriftFeature {
  readonly name: string;
  readonly reference: FeatureSample;
  readonly current: FeatureSample;
  /** Its share in the model's answers; where any feature has one, those without have none. */
  readonly importance?: number;
  /** By default KS for numbers, CHI_SQUARED for categories. */
  readonly method?: DriftMethod;
}

/** One comparison and what came of it: of the values, or of the share of missing ones. */
export interface FeatureMeasure {
  readonly method: DriftMethod;
  readonly definition: string;
  /** NaN where it was not computed. */
  readonly value: number;
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
  readonly floor: number | null;
  /** The rows that were compared. */
  readonly referenceCount: number;
  readonly currentCount: number;
  readonly outcome: DriftOutcome;
}

export interface FeatureDecision {
  readonly feature: string;
  /** 1 / features where none was given. */
  readonly importance: number;
  readonly outcome: DriftOutcome;
  /** First that of the values; that of the missing ones where there are any. */
  readonly measures: readonly FeatureMeasure[];
}

export interface WindowDecision {
  readonly outcome: DriftOutcome;
  /** Of the features that drift; 0 to 1. */
  readonly driftingImportance: number;
  /** Of the features whose values were compared or that drift; 0 to 1. */
  readonly comparedImportance: number;
  /** In the order in which they were given. */
  readonly features: readonly FeatureDecision[];
}

/** A comparison to make, or the reason why it cannot be made. */
interface Planned {
  readonly feature: number;
  readonly counts: { readonly referenceCount: number; readonly currentCount: number };
  readonly method: DriftMethod;
  readonly compare: ((terms: Terms) => Comparison) | null;
}

/**
 * Whether a window drifts from the reference. Where it does not, it is said to in at most about `alpha` of all windows, at any number of
 * rows. The same input and seed give the same answer, in whatever order the features come.
 *
 * @throws {PluginFailure} BAD_INPUT where a feature is numeric in one sample and categorical in the other, has a method that its kind
 * does not allow, or an importance that is not from 0 to 1.
 */
export function decideDrift(
  features: readonly DriftFeature[],
  given: z.input<typeof DriftOptions> = {},
): WindowDecision {
  const options = DriftOptions.parse(given);
  const importances = importancesOf(features);
  const planned = features.flatMap((feature, index) => plan(feature, index, options.minCount));
  const measures = measureAll(planned, features, importances.shares, options);
  const decisions = features.map(({ name }, index): FeatureDecision => {
    const own = measures.filter((_, n) => planned[n]!.feature === index);
    return { feature: name, importance: importances.shares[index]!, outcome: featureOutcome(own), measures: own };
  });
  return decideWindow(decisions, importances.areGiven ? options.minImportance : 0, options.minCompared);
}

function importancesOf(features: readonly DriftFeature[]): { areGiven: boolean; shares: number[] } {
  const bad = features.find(({ importance }) => importance !== undefined && !(importance >= 0 && importance <= 1));
  if (bad !== undefined) throw new PluginFailure("BAD_INPUT", `the importance of ${bad.name} is not from 0 to 1`);
  const total = sum(features.map(({ importance }) => importance ?? 0));
  if (total === 0) return { areGiven: false, shares: features.map(() => 1 / features.length) };
  return { areGiven: true, shares: features.map(({ importance }) => (importance ?? 0) / total) };
}

function plan(feature: DriftFeature, index: number, minCount: number): Planned[] {
  const { reference, current } = feature;
  const present = [presentCount(reference), presentCount(current)] as const;
  const counts = { referenceCount: present[0], currentCount: present[1] };
  const { method, compare } = valueComparison(feature);
  const values: Planned = { feature: index, counts, method, compare: Math.min(...present) < minCount ? null : compare };
  const rows = { referenceCount: present[0] + reference.missing, currentCount: present[1] + current.missing };
  if (reference.missing + current.missing === 0) return [values];
  const isEnough = Math.min(rows.referenceCount, rows.currentCount) >= minCount;
  const missing = (terms: Terms) =>
    compareMissing(
      { present: present[0], missing: reference.missing },
      { present: present[1], missing: current.missing },
      terms,
    );
  return [values, { feature: index, counts: rows, method: "CHI_SQUARED", compare: isEnough ? missing : null }];
}

function valueComparison({ name, reference, current, method }: DriftFeature) {
  if (reference.kind === "numeric" && current.kind === "numeric") {
    const chosen = method ?? "KS";
    return { method: chosen, compare: (terms: Terms) => compareNumeric(chosen, reference, current, terms) };
  }
  if (reference.kind === "categorical" && current.kind === "categorical") {
    const chosen = method ?? "CHI_SQUARED";
    if (chosen === "KS" || chosen === "WASSERSTEIN") {
      throw new PluginFailure("BAD_INPUT", `${chosen} compares numbers, and ${name} has categories`);
    }
    return { method: chosen, compare: (terms: Terms) => compareCategorical(chosen, reference, current, terms) };
  }
  throw new PluginFailure(
    "BAD_INPUT",
    `${name} is ${reference.kind} in the reference and ${current.kind} in the window`,
  );
}

function measureAll(
  planned: readonly Planned[],
  features: readonly DriftFeature[],
  shares: readonly number[],
  options: DriftOptions,
): FeatureMeasure[] {
  const tests = planned.filter(({ compare }) => compare !== null).length;
  // The least p-value that a simulation can give must be small enough for one feature alone, the least important one too.
  const draws = Math.max(1_999, Math.ceil((3 * tests) / options.alpha));
  const comparisons = planned.map(({ feature, compare }) => {
    const random = randomFrom(hash53(features[feature]!.name, options.seed));
    return compare?.({ floors: options.floors, simulation: { random, draws } }) ?? null;
  });
  const adjusted = adjust(
    comparisons,
    planned.map(({ feature }) => shares[feature]!),
    options,
  );
  return planned.map((plan, n) => measureOf(plan, comparisons[n]!, adjusted[n]!, options));
}

/** The adjusted p-values of the comparisons that were made; null for the others. */
function adjust(
  comparisons: readonly (Comparison | null)[],
  shares: readonly number[],
  { correction }: DriftOptions,
): (number | null)[] {
  const made = comparisons.flatMap((comparison, n) => (comparison ? [{ n, pValue: comparison.pValue }] : []));
  const mean = sum(made.map(({ n }) => shares[n]!)) / made.length;
  // Half of the weight is the same for all: a feature without importance may still be found to drift.
  const weight = (n: number) => (mean === 0 ? 1 : 0.5 + (0.5 * shares[n]!) / mean);
  const adjusted = adjustedPValues(
    made.map(({ n, pValue }) => ({ pValue, weight: weight(n) })),
    correction,
  );
  const byIndex = new Map(made.map(({ n }, at) => [n, adjusted[at]!]));
  return comparisons.map((_, n) => byIndex.get(n) ?? null);
}

function measureOf(
  { counts, method }: Planned,
  comparison: Comparison | null,
  adjustedPValue: number | null,
  { alpha, minCount }: DriftOptions,
): FeatureMeasure {
  if (comparison === null || adjustedPValue === null) {
    const definition = `not computed: fewer than ${minCount} values in one of the samples`;
    const nothing = { value: Number.NaN, pValue: null, adjustedPValue: null, floor: null };
    return { method, definition, ...nothing, ...counts, outcome: "NOT_ENOUGH_DATA" };
  }
  const isDrift = adjustedPValue <= alpha && comparison.value >= comparison.floor;
  return { ...comparison, adjustedPValue, ...counts, outcome: isDrift ? "DRIFT" : "NO_DRIFT" };
}

function featureOutcome(measures: readonly FeatureMeasure[]): DriftOutcome {
  return measures.some(({ outcome }) => outcome === "DRIFT") ? "DRIFT" : measures[0]!.outcome;
}

function decideWindow(
  features: readonly FeatureDecision[],
  minImportance: number,
  minCompared: number,
): WindowDecision {
  const share = (isCounted: (outcome: DriftOutcome) => boolean) =>
    sum(features.filter(({ outcome }) => isCounted(outcome)).map(({ importance }) => importance));
  const driftingImportance = share((outcome) => outcome === "DRIFT");
  const comparedImportance = share((outcome) => outcome !== "NOT_ENOUGH_DATA");
  const rest = { driftingImportance, comparedImportance, features };
  if (driftingImportance > 0 && driftingImportance >= minImportance) return { outcome: "DRIFT", ...rest };
  const isEnough = comparedImportance > 0 && comparedImportance >= minCompared - 1e-9;
  return { outcome: isEnough ? "NO_DRIFT" : "NOT_ENOUGH_DATA", ...rest };
}
