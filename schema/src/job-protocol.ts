import { z } from "zod";
import { Sha256 } from "./digest.ts";
import { Failure } from "./failures.ts";
import { NodeId } from "./ids.ts";
import { Name } from "./names.ts";
import {
  Column,
  Columns,
  LineageOfColumns,
  ManifestFile,
  ModelSignature,
  RelativePath,
  StatisticsOfColumns,
} from "./tabular.ts";
import { Kept, OBSERVE_MAX, Observed } from "./observed.ts";
import { Predictions } from "./predictions.ts";
import { REPORT_PARTS } from "./report-parts.ts";
import { AlertSeverity, ReportType, TrafficMode, Verdict } from "./states.ts";
import { MetricValue } from "./values.ts";

/**
 * The job protocol: what a host and the process of one job say to each other, one JSON object a line (UTF-8), host to job on
 * standard input, job to host on standard output. A job's line has at most 16 MiB; a host's may be longer, since its inputs list
 * every file, and its end stays open until the job has said how it ended. The host sends hello, parameters, inputs, in this
 * order; the job answers hello, then whatever it finds out, and ends with exactly one result or failure. A service is told of deployments
 * once it has said hello, and ends when it is told to. A line on standard
 * output that is no message counts as a log line, and so does everything on standard error.
 */
export const JOB_PROTOCOL = "clew-job/1";

/** One version that the job may read: its files lie under `<inputDir>/<dir>`, digests checked by the host. */
export const JobInput = z.strictObject({
  id: z.string(),
  /** `namespace/name@3`. */
  key: z.string(),
  type: z.enum(["DatasetVersion", "ModelVersion"]),
  digest: Sha256,
  dir: RelativePath,
  files: z.array(ManifestFile),
  /** The dataset's columns; empty for a model. */
  schema: z.array(Column).default([]),
  signature: ModelSignature.nullable().default(null),
});
export type JobInput = z.infer<typeof JobInput>;

/** A model version that an endpoint serves, its files where an input's would be. */
export const ServedModel = z.strictObject({
  model: JobInput,
  /** As the model's maker stated it: tfjs-layers, onnx, xgboost-json, … */
  format: z.string(),
  /** Its share of the traffic, in percent; the LIVE ones of a deployment make 100. */
  weight: z.number().min(0).max(100),
  mode: TrafficMode,
  /** A person has stopped it, or the whole deployment: it answers no request. */
  isSuspended: z.boolean(),
});
export type ServedModel = z.infer<typeof ServedModel>;

/** Where a service answers requests. */
export const ServiceUrl = z.url({ protocol: /^(https?|grpcs?)$/ }).max(1_000);

export const HostMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.literal(JOB_PROTOCOL),
    runId: z.string(),
    attempt: z.number().int().positive(),
    inputDir: z.string(),
    outputDir: z.string(),
    /** What the job must seed its random numbers with. */
    seed: z.number().int().nonnegative().max(0xffff_ffff),
  }),
  z.strictObject({ type: z.literal("parameters"), values: z.record(z.string(), z.json()) }),
  z.strictObject({ type: z.literal("inputs"), inputs: z.record(z.string(), z.array(JobInput)) }),
  /**
   * To a service: what its endpoint shall serve from now on, whatever was said before. What it served goes on until the job has loaded
   * this; then it says deployed.
   */
  z.strictObject({
    type: z.literal("deployment"),
    /** The deployment's id and `namespace/endpoint@revision`. */
    id: z.string(),
    key: z.string(),
    serves: z.array(ServedModel),
  }),
  /** To a service that watches its endpoint: one for each that it has asked for with observe. */
  Observed.extend({ type: z.literal("observed") }),
  /** Stop: the process is killed when it has not ended after the grace period (10 s). */
  z.strictObject({ type: z.literal("cancel"), reason: z.string() }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

/** A slice of a report: where a column (or several) has these values. */
export const ReportSlice = z.strictObject({
  slice: z.record(z.string(), z.string()),
  count: z.number().int().nonnegative(),
  metrics: z.record(z.string(), MetricValue),
  /** Bootstrap intervals by metric: [low, high]. */
  intervals: z.record(z.string(), z.tuple([MetricValue, MetricValue])).default({}),
});
export type ReportSlice = z.infer<typeof ReportSlice>;

/** All that a report says, besides what it is about and its files. */
const reportSaid = {
  reportType: ReportType,
  verdict: Verdict.nullable(),
  metrics: z.record(z.string(), MetricValue),
  slices: z.array(ReportSlice).max(500).default([]),
  ...REPORT_PARTS,
};

/** A report of a service, about deployments and versions by their ids. */
export const ServiceReport = z.strictObject({ ...reportSaid, about: z.array(NodeId).min(1).max(20) });
export type ServiceReport = z.infer<typeof ServiceReport>;

/** What a job made; `dir` is relative to the output folder and holds the output's files (a report may have none). */
export const JobOutput = z.discriminatedUnion("nodeType", [
  z.strictObject({
    nodeType: z.literal("ModelVersion"),
    dir: RelativePath,
    /** File format a server can load: tfjs-layers, onnx, xgboost-json, … */
    format: z.string().min(1).max(50),
    signature: ModelSignature,
    columnLineage: LineageOfColumns.default([]),
    metrics: z.record(z.string(), MetricValue).default({}),
  }),
  z.strictObject({
    nodeType: z.literal("DatasetVersion"),
    dir: RelativePath,
    schema: Columns,
    rows: z.number().int().nonnegative().nullable(),
    statistics: StatisticsOfColumns.default([]),
    columnLineage: LineageOfColumns.default([]),
  }),
  z.strictObject({
    nodeType: z.literal("Report"),
    ...reportSaid,
    /** The roles of the inputs that the report is about. */
    about: z.array(z.string()).min(1).max(20),
    dir: RelativePath.nullable().default(null),
  }),
]);
export type JobOutput = z.infer<typeof JobOutput>;

export const JobMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.literal(JOB_PROTOCOL),
    plugin: z.string(),
    version: z.string(),
    /** What the plugin knows of its own environment and the host cannot see: the backend it chose, library versions. */
    environment: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    type: z.literal("progress"),
    /** 0 to 1; null where the end is not known. */
    fraction: z.number().min(0).max(1).nullable(),
    message: z.string().max(500).default(""),
  }),
  z.strictObject({
    type: z.literal("metric"),
    name: z.string().min(1).max(200),
    value: MetricValue,
    step: z.number().int().nonnegative().default(0),
  }),
  z.strictObject({
    type: z.literal("log"),
    level: z.enum(["debug", "info", "warn", "error"]),
    message: z.string().max(10_000),
  }),
  z.strictObject({ type: z.literal("output"), role: z.string(), output: JobOutput }),
  /** Of a service: it serves the deployment that it was told of, or cannot and goes on with what it served. */
  z.strictObject({ type: z.literal("deployed"), deployment: z.string(), failure: Failure.nullable().default(null) }),
  /** Of a service: it answers requests at this URL from now on. */
  z.strictObject({ type: z.literal("listening"), url: ServiceUrl }),
  /** Of a service: for those who watch it. */
  Predictions.extend({ type: z.literal("predictions") }),
  /** Of a service that watches its endpoint: it takes so many more of what is observed. Nothing comes unasked. */
  z.strictObject({ type: z.literal("observe"), count: z.number().int().min(1).max(OBSERVE_MAX) }),
  /**
   * Of a service that watches: everything up to this is settled, a later attempt starts after it, and is given what is kept here. No more than it was
   * given. What was kept before goes.
   */
  z.strictObject({ type: z.literal("seen"), seq: z.number().int().nonnegative(), kept: Kept.optional() }),
  /** Of a service: what it has found out, under a name that it gives no other report of its run. */
  z.strictObject({ type: z.literal("report"), name: Name, report: ServiceReport }),
  /** Of a service: something wants a reaction. The same cause on the same thing adds to the alert that is open. */
  z.strictObject({
    type: z.literal("alert"),
    /** The id of what it is about: a deployment or version that the service reads. */
    about: NodeId,
    cause: z.string().min(1).max(200),
    severity: AlertSeverity.default("WARNING"),
    message: z.string().min(1).max(2_000),
    /** Names of reports that were said before and show it. */
    reports: z.array(Name).max(50).default([]),
  }),
  /** The job is done and its outputs are complete. */
  z.strictObject({ type: z.literal("result"), summary: z.record(z.string(), z.json()).default({}) }),
  z.strictObject({ type: z.literal("failure"), failure: Failure }),
]);
export type JobMessage = z.infer<typeof JobMessage>;
/** A job message as it is written, before defaults are filled in. */
export type JobMessageInput = z.input<typeof JobMessage>;
