import { z } from "zod";
import { Sha256 } from "./digest.ts";
import { AssetKeyText } from "./names.ts";

/** A path inside a version: relative, "/" between folders, no "." or ".." parts, no control characters. */
export const RelativePath = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) =>
      !/[\u0000-\u001f\\]/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== ".."),
    "must be a relative path without . or .. parts",
  );

/** One file of a version, by content. */
export const ManifestFile = z
  .strictObject({
    path: RelativePath,
    sizeBytes: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
    digest: Sha256,
  })
  .meta({ id: "ManifestFile" });
export type ManifestFile = z.infer<typeof ManifestFile>;

/** Columns of a version, and with them their statistics, their lineage and the inputs of a model's signature. */
export const COLUMNS_MAX = 10_000;

/** A column; `type` is the SQL type that DuckDB reports (BIGINT, DOUBLE, VARCHAR, TIMESTAMP, …). */
export const Column = z
  .strictObject({
    name: z.string().min(1).max(255),
    type: z.string().min(1).max(100),
    nullable: z.boolean().default(true),
  })
  .meta({ id: "Column" });
export type Column = z.infer<typeof Column>;

export const Columns = z.array(Column).max(COLUMNS_MAX);

/** What DuckDB's SUMMARIZE says of a column; numbers that do not apply are null. */
export const ColumnStatistics = z
  .strictObject({
    column: z.string().min(1).max(255),
    nulls: z.number().int().nonnegative(),
    distinctApprox: z.number().int().nonnegative(),
    min: z.string().max(200).nullable(),
    max: z.string().max(200).nullable(),
    mean: z.number().nullable(),
    stddev: z.number().nullable(),
  })
  .meta({ id: "ColumnStatistics" });
export type ColumnStatistics = z.infer<typeof ColumnStatistics>;

export const StatisticsOfColumns = z.array(ColumnStatistics).max(COLUMNS_MAX);

/** A column of one of a run's inputs. */
export const ColumnSource = z
  .strictObject({
    /** The role of the run's input. */
    input: z.string().min(1).max(64),
    dataset: AssetKeyText.optional().describe("namespace/name, where the role holds versions of several datasets."),
    column: z.string().min(1).max(255),
  })
  .meta({ id: "ColumnSource" });

/** Where a column (of a model's features, or of a generated dataset) comes from, as OpenLineage's column lineage facet has it. */
export const ColumnLineage = z
  .strictObject({
    column: z.string().min(1).max(255),
    from: z.array(ColumnSource).max(50),
    /** How: IDENTITY, TRANSFORMATION (of single rows) or AGGREGATION, and an expression a person can read. */
    via: z.enum(["IDENTITY", "TRANSFORMATION", "AGGREGATION"]).meta({ id: "ColumnLineageType" }),
    expression: z.string().max(500).optional(),
    masking: z.boolean().default(false),
  })
  .meta({ id: "ColumnLineage" });
export type ColumnLineage = z.infer<typeof ColumnLineage>;

export const LineageOfColumns = z.array(ColumnLineage).max(COLUMNS_MAX);

/** A named, typed field of a model's input or output. */
export const SignatureField = z
  .strictObject({ name: z.string().min(1).max(255), type: z.string().min(1).max(100) })
  .meta({ id: "SignatureField" });

/** A model's signature, as MLflow has it: what it takes and what it answers. */
export const ModelSignature = z
  .strictObject({
    inputs: z.array(SignatureField).max(COLUMNS_MAX),
    outputs: z.array(SignatureField).min(1).max(100),
  })
  .meta({ id: "ModelSignature" });
export type ModelSignature = z.infer<typeof ModelSignature>;
