import { z } from "zod";
import { PluginName } from "./manifest.ts";
import { AssetKeyText } from "./names.ts";
import { ReportType, TrafficMode } from "./states.ts";

/** Steps of one pipeline. */
export const STEPS_MAX = 100;

/** A step's name: its key in the definition. */
export const StepName = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "must be 1 to 41 of a-z 0-9 -, first a letter");
/** As in a plugin's manifest. */
const Role = z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/, "must be 1 to 41 letters and digits, first a small letter");

/** A value of the pipeline's own parameters, filled in when a run of it starts. */
const ParameterReference = z.strictObject({ parameter: z.string().min(1).max(200) });

/** What a pipeline run is given under a role. `default`: a version's key, as `clew/flights@latest`, looked up when a run starts. */
export const PipelineInput = z.strictObject({
  type: z.enum(["DatasetVersion", "ModelVersion"]),
  description: z.string().max(500).default(""),
  /** Whether it may be given several versions, as a table's months. */
  many: z.boolean().default(false),
  default: z.string().min(1).max(400).optional(),
});
export type PipelineInput = z.infer<typeof PipelineInput>;

/** What another step makes under a role. */
export const StepOutput = z.strictObject({ step: StepName, output: Role });
export type StepOutput = z.infer<typeof StepOutput>;

/** Where a version comes from: the pipeline's input, or what a step makes. */
export const StepSource = z.union([z.strictObject({ input: Role }), StepOutput], {
  error: "must be {input: <role>} or {step: <name>, output: <role>}",
});
export type StepSource = z.infer<typeof StepSource>;

/** What every step may say of when it may begin. */
const order = {
  description: z.string().max(500).default(""),
  /** Reports that must have the verdict PASS. */
  requires: z.array(StepOutput).max(50).default([]),
  /** Steps that must have ended well, although nothing of theirs is used. */
  after: z.array(StepName).max(STEPS_MAX).default([]),
};

/** Runs a plugin, which is a task. */
export const RunStep = z.strictObject({
  type: z.literal("run"),
  ...order,
  plugin: PluginName,
  /** The newest that a runner has offered when the step begins, when left out. */
  version: z.string().max(50).optional(),
  /** A value {parameter: name} is the pipeline's own. */
  parameters: z.record(z.string().min(1).max(200), z.json()).default({}),
  inputs: z.record(Role, z.array(StepSource).min(1).max(100)).default({}),
  /** The asset, in the pipeline's namespace, of which each output becomes a version. */
  outputs: z.record(Role, AssetKeyText).default({}),
  maxAttempts: z.number().int().min(1).max(20).default(3),
  pool: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be 1 to 40 of a-z 0-9 -")
    .default("default"),
  /** The pipeline run's seed, when left out. */
  seed: z.union([z.number().int().min(0).max(0xffff_ffff), ParameterReference]).optional(),
  /** Whether an earlier run of the same plugin on the same content may stand for this one. */
  cache: z.boolean().default(true),
});
export type RunStep = z.infer<typeof RunStep>;

/** Approves a model version by rule: where every report that it requires has passed. */
export const DecideStep = z.strictObject({
  type: z.literal("decide"),
  ...order,
  requires: order.requires.removeDefault().min(1),
  about: StepOutput,
  /** What is decided where a report has not passed; nothing is when left out. The step fails either way. */
  otherwise: z.literal("REJECTION").optional(),
});
export type DecideStep = z.infer<typeof DecideStep>;

/** Waits until somebody has approved or rejected a model version. */
export const AskStep = z.strictObject({
  type: z.literal("ask"),
  ...order,
  about: StepOutput,
  question: z.string().max(500).default(""),
});
export type AskStep = z.infer<typeof AskStep>;

/** Wants an endpoint, in the pipeline's namespace, to serve model versions, and waits until it does. */
export const DeployStep = z.strictObject({
  type: z.literal("deploy"),
  ...order,
  endpoint: AssetKeyText,
  serves: z
    .array(
      z.strictObject({
        model: StepSource,
        weight: z.number().int().min(0).max(100).default(100),
        mode: TrafficMode.default("LIVE"),
      }),
    )
    .min(1)
    .max(20),
});
export type DeployStep = z.infer<typeof DeployStep>;

/** The role of what a step that watches makes. */
export const WATCHED = "report";

/** Waits for what a monitor finds out of a model at a deployment. Its output `report` is the first report that has decided. */
export const WatchStep = z.strictObject({
  type: z.literal("watch"),
  ...order,
  /** The step that has deployed the model. */
  deployment: StepName,
  about: StepSource,
  reportType: ReportType.default("EVALUATION"),
  /** The rule of the report that decides; the verdict of the whole report does when left out. */
  rule: z.string().min(1).max(200).optional(),
  /** After so many reports that have not decided the step fails; it waits for ever when left out. */
  maxReports: z.number().int().min(1).max(10_000).optional(),
});
export type WatchStep = z.infer<typeof WatchStep>;

/**
 * Begins only where another step has failed: an endpoint then serves again what it did before the pipeline run, unless it is wanted to serve
 * something else by now.
 */
export const WithdrawStep = z.strictObject({
  type: z.literal("withdraw"),
  description: order.description,
  /** The step whose deployment is withdrawn. */
  deployment: StepName,
});
export type WithdrawStep = z.infer<typeof WithdrawStep>;

export const PipelineStepDefinition = z.discriminatedUnion("type", [
  RunStep,
  DecideStep,
  AskStep,
  DeployStep,
  WatchStep,
  WithdrawStep,
]);
export type PipelineStepDefinition = z.infer<typeof PipelineStepDefinition>;

/** A pipeline's definition, the same in YAML and in GraphQL: its inputs and parameters, and steps that use each other's outputs. */
export const PipelineDefinition = z.strictObject({
  description: z.string().max(2000).default(""),
  /** JSON Schema 2020-12 of the parameters, always an object; as in a plugin's manifest. */
  parameters: z.record(z.string(), z.json()).default({ type: "object", properties: {}, additionalProperties: false }),
  inputs: z.record(Role, PipelineInput).default({}),
  steps: z.record(StepName, PipelineStepDefinition).refine((steps) => {
    const count = Object.keys(steps).length;
    return count >= 1 && count <= STEPS_MAX;
  }, `must be 1 to ${STEPS_MAX} steps`),
});
export type PipelineDefinition = z.infer<typeof PipelineDefinition>;

/** The name of the parameter that a value refers to; null for any other value. */
export function referredParameter(value: unknown): string | null {
  return ParameterReference.safeParse(value).data?.parameter ?? null;
}
