import { z } from "zod";

/**
 * Numbers that JSON cannot hold exactly travel as tagged strings in an object of their own, so that no plain string can
 * be taken for one: `{"$int64": "9007199254740993"}`, `{"$number": "NaN"}`.
 */
export const TaggedInt64 = z.strictObject({
  $int64: z
    .string()
    .regex(/^(0|-?[1-9]\d{0,18})$/, { abort: true })
    .refine(isInt64, "must be of 64 bits"),
});
export const TaggedNumber = z.strictObject({ $number: z.literal(["NaN", "Infinity", "-Infinity"]) });

/** A measured number: finite, or tagged. */
export const MetricValue = z.union([z.number(), TaggedNumber]);
export type MetricValue = z.infer<typeof MetricValue>;

export function toMetricValue(value: number): MetricValue {
  return Number.isFinite(value) ? value : { $number: String(value) as "NaN" };
}

/** Numbers by name, as a report or a version has them. */
export function toMetricValues(values: Readonly<Record<string, number>>): Record<string, MetricValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toMetricValue(value)]));
}

export function fromMetricValue(value: MetricValue): number {
  return typeof value === "number" ? value : Number(value.$number);
}

/** A hyperparameter: any JSON, with tagged numbers where JSON is not exact. */
export const ParameterValue = z.json();
export type ParameterValue = z.infer<typeof ParameterValue>;

/** Whether decimal digits are a whole number of 64 bits. */
export function isInt64(digits: string): boolean {
  return BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}
