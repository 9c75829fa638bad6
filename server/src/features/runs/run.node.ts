import { AttemptState, Failure, Name, Namespace, NodeId, RunKind, RunState, RunType } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, maybe } from "../../core/define-node.ts";
import { namesOf } from "../../core/stated-value.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

/** Attempts that a run keeps; a service has more in its life, which the ledger knows. */
export const ATTEMPTS_KEPT = 20;

export const AttemptNumber = z.number().int().min(1).max(1_000_000);

/** One try at a run by one runner. */
export const Attempt = z
  .strictObject({
    attempt: AttemptNumber.describe("Counts from 1."),
    state: AttemptState,
    runner: NodeId,
    claimedAt: Time,
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
    failure: Failure.nullable(),
  })
  .meta({ id: "Attempt" });
export type Attempt = z.infer<typeof Attempt>;

/** Where an output goes: the asset whose next version it becomes. */
export const OutputTarget = z
  .strictObject({ role: z.string().min(1).max(64), namespace: Namespace, name: Name })
  .meta({ id: "OutputTarget" });

export const RunOutput = z.strictObject({
  role: z.string().min(1).max(64),
  id: NodeId,
  /** True when this very content was a version before the run made it again. */
  existed: z.boolean(),
});

export const PluginRef = z
  .strictObject({ name: z.string().min(1).max(63), version: z.string().min(1).max(50) })
  .meta({ id: "PluginRef" });

/** The role in which a run uses its hyperparameters, and the value by which it names them. */
export const HYPERPARAMETERS = "hyperparameters";

export const Run = defineNode("Run", {
  description: "One execution: it used versions and generated versions (a PROV activity).",
  fields: {
    namespace: Namespace,
    name: Label.describe("The plugin's name, unless the run was given one."),
    runType: RunType,
    kind: RunKind,
    state: RunState,
    plugin: PluginRef.nullable().describe("Null for EXTERNAL runs, and for those of pipelines."),
    endpoint: NodeId.nullable().describe("Of a SERVICE: the endpoint that it serves or watches."),
    pool: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be 1 to 40 of a-z 0-9 -"),
    seed: z.number().int().min(0).max(0xffff_ffff),
    maxAttempts: z.number().int().min(1).max(20),
    attempts: z.array(Attempt).max(ATTEMPTS_KEPT).describe("The last 20."),
    targets: z.array(OutputTarget).max(50),
    outputs: z.array(RunOutput).max(1000),
    failure: Failure.nullable(),
    queuedAt: Time,
    /** Not before this time may a retry begin. */
    notBefore: Time,
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
    declaresInputs: z
      .boolean()
      .describe("False for an EXTERNAL run that said nothing of its inputs: what it used is unknown."),
    measurementsComplete: z.boolean().nullable().describe("Null until the run has ended."),
  },
  edges: {
    inputs: many(
      "USED",
      "DatasetVersion",
      "ModelVersion",
      "CodeVersion",
      "HyperparameterSet",
      "Environment",
      "PipelineVersion",
    ),
    triggeredBy: many("TRIGGERED_BY", "Alert", "Decision", "Report", "DatasetVersion", "ModelVersion", "TriggerFiring"),
    partOf: maybe("PART_OF", "Run"),
    attributedTo,
  },
  hidden: ["outputs", "endpoint"],
  indexed: ["runType", "kind", "plugin.name", "attributedTo", "triggeredBy"],
  values: ({ inputs }) =>
    namesOf(
      HYPERPARAMETERS,
      inputs.filter(({ role }) => role === HYPERPARAMETERS),
    ),
});
