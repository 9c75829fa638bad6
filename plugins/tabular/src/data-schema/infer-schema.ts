import { z } from "zod";
import type { ColumnProfile } from "./data-profile.ts";
import { DataSchema } from "./data-schema.ts";

/** How a schema is inferred. */
export const Inference = z.strictObject({
  maxStringDomainSize: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(100)
    .describe("A string column with at most so many distinct values gets them as its domain"),
  minDomainMass: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe("Share of later values that must lie in an inferred domain"),
  rangeMargin: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe(
      "Numbers may lie outside the range that was seen by this many of its widths; null: only its sign is kept",
    ),
  duplicateMargin: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe("Share of duplicates that may be added to what was seen"),
  notInServing: z
    .array(z.string().min(1).max(255))
    .max(200)
    .default([])
    .describe("Columns that SERVING lacks, such as the label"),
});
export type Inference = z.output<typeof Inference>;

type Inferred = z.input<typeof DataSchema>["columns"][number];

/** Of a column's profile, what a schema is inferred from. */
export interface InferredFrom
  extends Pick<ColumnProfile, "name" | "type" | "present" | "nan" | "infinite" | "min" | "max"> {
  /** Of numbers too, where they are categories. */
  values: readonly { value: string }[] | null;
}

/** Of a table's profile. */
interface Evidence {
  rows: number;
  /** Null where they were not counted: then there is no bound for them. */
  duplicates: number | null;
  columns: readonly InferredFrom[];
}

/**
 * A schema that the profile keeps. Following TFDV: present in all rows → required, else at least once; a string of few values →
 * its domain. Beyond it: numbers that were never negative stay so, and what was always finite stays finite.
 */
export function inferSchema({ rows, duplicates, columns }: Evidence, options: Inference): DataSchema {
  return DataSchema.parse({
    columns: columns.map((column) => ({ ...inferColumn(column, rows, options), ...environmentsFor(column, options) })),
    defaultEnvironment: ["TRAINING", "SERVING"],
    datasetConstraints: duplicates === null ? {} : duplicateBound(rows === 0 ? 0 : duplicates / rows, options),
  });
}

function duplicateBound(share: number, { duplicateMargin }: Inference) {
  return { maxDuplicateFraction: Math.min(1, round(share + duplicateMargin)) };
}

function environmentsFor({ name }: InferredFrom, { notInServing }: Inference) {
  return notInServing.includes(name) ? { notInEnvironment: ["SERVING"] } : {};
}

function inferColumn(profile: InferredFrom, rows: number, options: Inference): Inferred {
  const { name, type, present } = profile;
  const presence = { minFraction: present === rows && rows > 0 ? 1 : 0, minCount: Math.min(present, 1) };
  switch (type) {
    case "INT":
      return { name, type, presence, ...intDomain(profile, options) };
    case "FLOAT": {
      const finite = { disallowNan: profile.nan === 0, disallowInf: profile.infinite === 0 };
      return { name, type, presence, domain: { ...range(profile, options, roundDown, roundUp), ...finite } };
    }
    case "STRING":
      return { name, type, presence, ...stringDomain(profile, options) };
    default:
      return { name, type, presence };
  }
}

function intDomain(profile: InferredFrom, options: Inference) {
  const values = fewValues(profile, options)
    ?.map(Number)
    .toSorted((a, b) => a - b);
  const isListed = values?.every((value) => Number.isSafeInteger(value));
  const domain = { ...range(profile, options, Math.floor, Math.ceil), ...(isListed && { values }) };
  return Object.keys(domain).length === 0 ? {} : { domain };
}

function range(
  { type, min, max }: InferredFrom,
  { rangeMargin }: Inference,
  down: (value: number) => number,
  up: (value: number) => number,
): { min?: number; max?: number } {
  if (typeof min !== "number" || typeof max !== "number") return {};
  const margin = rangeMargin === null ? Infinity : (max - min) * rangeMargin;
  const low = min >= 0 ? Math.max(0, min - margin) : min - margin;
  const high = max <= 0 ? Math.min(0, max + margin) : max + margin;
  // A column of zeros only has shown no sign.
  const isZero = rangeMargin === null && min === 0 && max === 0;
  return {
    ...(isBound(low, type) && { min: down(low) }),
    ...(isBound(high, type) && !isZero && { max: up(high) }),
  };
}

function isBound(bound: number, type: InferredFrom["type"]): boolean {
  return type === "INT" ? Math.abs(bound) < Number.MAX_SAFE_INTEGER : Number.isFinite(bound);
}

function stringDomain(profile: InferredFrom, options: Inference) {
  const values = fewValues(profile, options);
  if (values === null || values.some((value) => value.length > 1000)) return {};
  return { domain: { values }, minDomainMass: options.minDomainMass };
}

/** In order; null where they are none, unknown or too many. */
function fewValues({ values }: InferredFrom, { maxStringDomainSize }: Inference): string[] | null {
  if (values === null || values.length === 0 || values.length > maxStringDomainSize) return null;
  return values.map(({ value }) => value).toSorted();
}

/** To seven digits, which FLOAT has: a bound is for people to read. */
function round(value: number): number {
  return Number(value.toPrecision(7));
}

/** What was seen lies within. */
function roundDown(value: number): number {
  return Math.min(value, round(value));
}

function roundUp(value: number): number {
  return Math.max(value, round(value));
}
