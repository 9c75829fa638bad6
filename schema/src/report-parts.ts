import { z } from "zod";
import { Verdict } from "./states.ts";
import { MetricValue } from "./values.ts";

const MetricName = z.string().min(1).max(200);
const ColumnName = z.string().min(1).max(255);

export const SliceValue = z.strictObject({ column: ColumnName, value: z.string().max(500) }).meta({ id: "SliceValue" });
export type SliceValue = z.infer<typeof SliceValue>;

/** The rows where these columns have these values; empty: all rows. */
const Where = z.array(SliceValue).max(10).default([]);

/** Something in data that its schema does not allow. */
export const Anomaly = z
  .strictObject({
    type: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,99}$/, "must be upper case with _")
      .describe(
        "The name that TensorFlow Data Validation (anomalies.proto, AnomalyInfo.Type) has for it, where it has one.",
      ),
    column: ColumnName.nullable().default(null).describe("Null: the dataset as a whole."),
    severity: z.enum(["WARNING", "ERROR"]).meta({ id: "AnomalySeverity" }),
    message: z.string().min(1).max(1000),
    count: z.number().int().nonnegative().nullable().default(null).describe("Rows concerned, where that can be said."),
  })
  .meta({ id: "Anomaly" });
export type Anomaly = z.infer<typeof Anomaly>;

export const DriftMethod = z
  .enum(["KS", "CHI_SQUARED", "PSI", "JENSEN_SHANNON", "WASSERSTEIN"])
  .meta({ id: "DriftMethod" });
export type DriftMethod = z.infer<typeof DriftMethod>;

export const DriftOutcome = z.enum(["DRIFT", "NO_DRIFT", "NOT_ENOUGH_DATA"]).meta({ id: "DriftOutcome" });
export type DriftOutcome = z.infer<typeof DriftOutcome>;

/** How far one feature's values have moved from the reference, by one measure. */
export const DriftMeasure = z
  .strictObject({
    feature: ColumnName,
    where: Where,
    method: DriftMethod,
    definition: z
      .string()
      .min(1)
      .max(500)
      .describe("How exactly the number is computed: bins, filling, base of the logarithm."),
    value: MetricValue,
    pValue: MetricValue.nullable().default(null),
    adjustedPValue: MetricValue.nullable().default(null).describe("After the correction over features."),
    floor: MetricValue.nullable().default(null).describe("Below this size of effect nothing counts as drift."),
    importance: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(null)
      .describe("The feature's share in the model's answers."),
    referenceCount: z.number().int().nonnegative(),
    currentCount: z.number().int().nonnegative(),
    outcome: DriftOutcome,
  })
  .meta({ id: "DriftMeasure" });
export type DriftMeasure = z.infer<typeof DriftMeasure>;

export const GateRuleKind = z
  .enum(["THRESHOLD", "BETTER_THAN_BASELINE", "NO_SLICE_WORSE", "FAIRNESS"])
  .meta({ id: "GateRuleKind" });
export type GateRuleKind = z.infer<typeof GateRuleKind>;

/** What a gate's rule came to, with what it was decided by. */
export const GateRuleOutcome = z
  .strictObject({
    rule: z.string().min(1).max(200).describe("Its name, unique in the gate."),
    kind: GateRuleKind,
    metric: MetricName,
    where: Where,
    value: MetricValue.nullable()
      .default(null)
      .describe("What was measured: the metric, its gain over what it is held against, or its spread between groups."),
    low: MetricValue.nullable().default(null).describe("The interval of the value."),
    high: MetricValue.nullable().default(null),
    count: z.number().int().nonnegative().nullable().default(null).describe("Rows that the value rests on."),
    bound: MetricValue.describe("What the rule asks for: the least or the most, or the margin."),
    pValue: MetricValue.nullable().default(null),
    adjustedPValue: MetricValue.nullable().default(null).describe("After the correction over slices."),
    outcome: Verdict,
    message: z.string().min(1).max(1000),
  })
  .meta({ id: "GateRuleOutcome" });
export type GateRuleOutcome = z.infer<typeof GateRuleOutcome>;

/** What a report says beside metrics and slices. */
export const REPORT_PARTS = {
  anomalies: z.array(Anomaly).max(2000).default([]),
  drift: z.array(DriftMeasure).max(2000).default([]),
  rules: z.array(GateRuleOutcome).max(500).default([]),
};
