import { z } from "zod";
import { METRIC_TRAITS, type MetricName } from "../metric-traits.ts";
import { CORRECTIONS } from "./corrections.ts";

/** What reports and gates call the model version of the input `baseline`. */
export const CHAMPION = "baseline";

const NAMES = Object.keys(METRIC_TRAITS) as [MetricName, ...MetricName[]];
const AnyMetric = z.enum(NAMES);
const DirectedMetric = z.enum(NAMES.filter((name) => METRIC_TRAITS[name].better !== null));
const SliceNames = z.array(z.string().min(1).max(255)).max(40);

const common = {
  name: z.string().min(1).max(200).optional().describe("Made of the rule where it is left out; each gate has its own"),
  alpha: z
    .number()
    .min(0.0001)
    .max(0.2)
    .default(0.025)
    .describe("How often at most the gate fails though the truth lies on its bound; intervals are of 1 - 2 alpha"),
  minRows: z.int().min(2).default(30).describe("What rests on fewer rows is NOT_ENOUGH_DATA"),
  whenUnsure: z
    .enum(["NOT_ENOUGH_DATA", "PASS"])
    .default("NOT_ENOUGH_DATA")
    .describe("The answer where the interval holds the bound: neither kept nor broken for sure"),
  correction: z.enum(CORRECTIONS).default("HOLM").describe("Over the slices, or the pairs of groups"),
};

const Threshold = z
  .strictObject({
    kind: z.literal("threshold"),
    metric: AnyMetric,
    min: z.number().optional(),
    max: z.number().optional(),
    slices: SliceNames.default([]).describe("In each slice of these slices and crosses, instead of over all rows"),
    ...common,
  })
  .refine(({ min, max }) => (min === undefined) !== (max === undefined), "give min or max; for both, two gates");

const BetterThanBaseline = z.strictObject({
  kind: z.literal("better-than-baseline"),
  metric: DirectedMetric,
  baseline: z
    .string()
    .default(CHAMPION)
    .describe("One of the model's own baselines, instead of the version at the input baseline"),
  margin: z.number().min(0).default(0).describe("So much better, at least"),
  ...common,
});

/** What slices are held against where it is no baseline. */
export const OVERALL = "overall";

const NoSliceWorse = z.strictObject({
  kind: z.literal("no-slice-worse"),
  metric: DirectedMetric,
  slices: SliceNames.default([]).describe("Names of slices and crosses; all where it is left out"),
  tolerance: z.number().min(0).describe("A slice may be worse by so much"),
  against: z
    .string()
    .default(OVERALL)
    .describe("overall: the model on all rows; the name of a baseline: that baseline on the same rows"),
  ...common,
});

/** Fairlearn's measures and the rates that they compare between groups. */
export const FAIRNESS_RATES = {
  demographic_parity: ["selection_rate"],
  equalized_odds: ["recall", "false_positive_rate"],
  equal_opportunity: ["recall"],
} as const satisfies Record<string, MetricName[]>;

type FairnessMeasure = keyof typeof FAIRNESS_RATES | MetricName;

/** What a measure compares between groups. */
export function ratesOf(measure: FairnessMeasure): readonly MetricName[] {
  return measure in FAIRNESS_RATES ? FAIRNESS_RATES[measure as keyof typeof FAIRNESS_RATES] : [measure as MetricName];
}

const Fairness = z
  .strictObject({
    kind: z.literal("fairness"),
    metric: z
      .enum([...(Object.keys(FAIRNESS_RATES) as (keyof typeof FAIRNESS_RATES)[]), ...NAMES])
      .describe("One of Fairlearn's measures, or any metric that is compared between groups"),
    groups: z.string().min(1).max(255).describe("Name of the slice or cross whose values are the groups"),
    compare: z.enum(["difference", "ratio"]).default("difference").describe("Most minus least, or least over most"),
    max: z.number().min(0).optional().describe("Of a difference"),
    min: z.number().min(0).max(1).optional().describe("Of a ratio"),
    ...common,
  })
  .refine(
    ({ compare, max, min }) => (compare === "difference" ? max : min) !== undefined,
    "a difference needs max, a ratio min",
  )
  .refine(({ max, min }) => max === undefined || min === undefined, "give max or min")
  .refine(
    ({ metric, compare }) =>
      compare === "difference" || ratesOf(metric).every((rate) => METRIC_TRAITS[rate].scale !== "real"),
    "a metric that may be negative has no ratio",
  );

export const Gate = z.discriminatedUnion("kind", [Threshold, BetterThanBaseline, NoSliceWorse, Fairness]);
export type Gate = z.output<typeof Gate>;
export type ThresholdGate = z.output<typeof Threshold>;
export type BaselineGate = z.output<typeof BetterThanBaseline>;
export type SliceGate = z.output<typeof NoSliceWorse>;
export type FairnessGate = z.output<typeof Fairness>;
