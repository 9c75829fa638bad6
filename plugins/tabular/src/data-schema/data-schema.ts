import { z } from "zod";
import { DATE, microsecondsOf } from "./iso-times.ts";
import { patternFault } from "./pattern.ts";

const Fraction = z.number().min(0).max(1);
const Count = z.number().int().nonnegative();
const Environment = z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/, "must be upper case with _");

/** How far a column's statistics may move from the reference's; null: not compared. */
const bounds = {
  infinityNorm: Fraction.nullable().describe("Categorical: the largest change of one value's share (L-infinity)"),
  jensenShannonDivergence: Fraction.nullable().describe("Numeric: divergence of the histograms, base 2"),
  mean: z.number().nonnegative().nullable().describe("Change of the mean, in standard deviations of the reference"),
  stdDev: z.number().nonnegative().nullable().describe("Relative change of the standard deviation"),
  nullFraction: Fraction.nullable().describe("Change of the share of missing values"),
  distinct: z.number().nonnegative().nullable().describe("Relative change of the number of distinct values"),
};

/** Every bound is on unless it is null. */
export const ShiftBounds = z.strictObject({
  infinityNorm: bounds.infinityNorm.default(0.1),
  jensenShannonDivergence: bounds.jensenShannonDivergence.default(0.1),
  mean: bounds.mean.default(0.5),
  stdDev: bounds.stdDev.default(0.5),
  nullFraction: bounds.nullFraction.default(0.05),
  distinct: bounds.distinct.default(0.5),
});
export type ShiftBounds = z.output<typeof ShiftBounds>;

const base = {
  name: z.string().min(1).max(255),
  presence: z
    .strictObject({
      minFraction: Fraction.default(0).describe("1: in each row"),
      minCount: Count.default(0).describe("Rows that have a value"),
    })
    .prefault({}),
  minDomainMass: Fraction.default(1).describe(
    "Share of the values that must lie in the domain; below 1 a single value outside is only a warning",
  ),
  uniqueConstraints: z
    .strictObject({
      min: Count.optional().describe("Distinct values"),
      max: Count.optional(),
      minFraction: Fraction.optional().describe("Distinct values a value that is there; 1: no value twice"),
      maxFraction: Fraction.optional(),
    })
    .optional(),
  inEnvironment: z.array(Environment).max(20).default([]).describe("Beside those of defaultEnvironment"),
  notInEnvironment: z
    .array(Environment)
    .max(20)
    .default([])
    .describe("Where the column may be absent: SERVING, for a label"),
  driftComparator: z.strictObject(bounds).partial().optional().describe("Instead of the bounds for all columns"),
};

const Int = z.number().int();
const IsoDate = z.string().refine((text) => microsecondsOf(text, DATE) !== null, "must be a date as 2013-01-31");
const IntColumn = z.strictObject({
  ...base,
  type: z.literal("INT"),
  domain: z
    .strictObject({ min: Int.optional(), max: Int.optional(), values: z.array(Int).min(1).max(1000).optional() })
    .optional(),
});
const FloatColumn = z.strictObject({
  ...base,
  type: z.literal("FLOAT"),
  domain: z
    .strictObject({
      min: z.number().optional(),
      max: z.number().optional(),
      disallowNan: z.boolean().default(false),
      disallowInf: z.boolean().default(false),
    })
    .optional(),
});
const StringColumn = z.strictObject({
  ...base,
  type: z.literal("STRING"),
  domain: z
    .strictObject({
      values: z.array(z.string().max(1000)).min(1).max(1000).optional(),
      pattern: z
        .string()
        .max(1000)
        .superRefine((pattern, context) => {
          const message = patternFault(pattern);
          if (message !== null) context.addIssue({ code: "custom", message });
        })
        .optional()
        .describe("Regular expression that the whole value must match"),
      minLength: Count.optional().describe("Code points"),
      maxLength: Count.optional().describe("Code points"),
    })
    .optional(),
});
const DateColumn = z.strictObject({
  ...base,
  type: z.literal("DATE"),
  domain: z.strictObject({ min: IsoDate.optional(), max: IsoDate.optional() }).optional(),
});
const IsoTime = z
  .string()
  .refine((text) => microsecondsOf(text) !== null, "must be a time as 2013-01-31T23:59:59Z")
  .describe("ISO 8601; without an offset it is UTC");
const TimestampColumn = z.strictObject({
  ...base,
  type: z.literal("TIMESTAMP"),
  domain: z.strictObject({ min: IsoTime.optional(), max: IsoTime.optional() }).optional(),
});
const BoolColumn = z.strictObject({ ...base, type: z.literal("BOOL") });
/** Lists, structs, bytes: only whether a value is there. */
const AnyColumn = z.strictObject({ ...base, type: z.literal("ANY") });

export const SchemaColumn = z.discriminatedUnion("type", [
  IntColumn,
  FloatColumn,
  StringColumn,
  BoolColumn,
  DateColumn,
  TimestampColumn,
  AnyColumn,
]);
export type SchemaColumn = z.output<typeof SchemaColumn>;
export type ColumnKind = SchemaColumn["type"];

export const FileFormat = z.enum(["PARQUET", "CSV", "TSV", "JSONL", "OTHER"]);
export type FileFormat = z.output<typeof FileFormat>;

const DatasetConstraints = z.strictObject({
  minExamplesCount: Count.optional().describe("Rows"),
  maxExamplesCount: Count.optional(),
  maxDuplicateFraction: Fraction.optional().describe("Rows that repeat another one, of all rows"),
  fileFormats: z.array(FileFormat).min(1).optional(),
  minFileBytes: Count.optional(),
  maxFileBytes: Count.optional(),
  unknownColumns: z
    .enum(["ALLOWED", "WARNING", "ERROR"])
    .default("WARNING")
    .describe("What a column is that the schema does not name"),
});

/** As many as a dataset version's schema may have column lineage for. */
export const MAX_COLUMNS = 2000;

/**
 * What data must look like. The words are those of TensorFlow Data Validation's schema.proto (domains, presence, environments,
 * comparators), in JSON.
 */
export const DataSchema = z
  .strictObject({
    columns: z.array(SchemaColumn).max(MAX_COLUMNS),
    defaultEnvironment: z
      .array(Environment)
      .max(20)
      .default([])
      .describe("Where a column is expected unless it says otherwise"),
    datasetConstraints: DatasetConstraints.prefault({}),
  })
  .superRefine(({ columns }, context) => {
    const names = columns.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    if (twice >= 0)
      context.addIssue({ code: "custom", path: ["columns", twice, "name"], message: `${names[twice]} stands twice` });
    for (const [index, column] of columns.entries()) {
      if (isEmptyRange(column))
        context.addIssue({ code: "custom", path: ["columns", index, "domain"], message: "min is above max" });
      if (column.type === "ANY" && column.uniqueConstraints !== undefined) {
        const message = "the values of ANY are not told apart";
        context.addIssue({ code: "custom", path: ["columns", index, "uniqueConstraints"], message });
      }
    }
  });
export type DataSchema = z.output<typeof DataSchema>;

function isEmptyRange(column: SchemaColumn): boolean {
  if (column.type === "STRING") return (column.domain?.minLength ?? 0) > (column.domain?.maxLength ?? Infinity);
  if (column.type === "BOOL" || column.type === "ANY") return false;
  const { min, max } = column.domain ?? {};
  if (min === undefined || max === undefined) return false;
  return typeof min === "number" ? min > Number(max) : microsecondsOf(min)! > microsecondsOf(String(max))!;
}

/** All environments that a schema names. */
export function environmentsOf({ defaultEnvironment, columns }: DataSchema): Set<string> {
  return new Set([
    ...defaultEnvironment,
    ...columns.flatMap((column) => [...column.inEnvironment, ...column.notInEnvironment]),
  ]);
}

/** Whether a column must be there in an environment; without one, each column must. */
export function isExpectedIn(schema: DataSchema, column: SchemaColumn, environment: string | undefined): boolean {
  if (environment === undefined) return true;
  if (column.notInEnvironment.includes(environment)) return false;
  return schema.defaultEnvironment.includes(environment) || column.inEnvironment.includes(environment);
}
