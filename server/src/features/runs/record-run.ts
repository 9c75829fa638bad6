import { Namespace, digestOf, formatKey, timeId, typeOfId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { firstRepeated } from "../../core/first-repeated.ts";
import { IdOrKey } from "../../core/id-or-key.ts";
import { JsonObject } from "../../core/json-object.ts";
import { Time } from "../../core/time.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import { hyperparameterSetFact, hyperparameterSetId } from "../catalog/index.ts";
import { FinishedOutputs } from "./finished-output.ts";
import { outputHeads, writeOutput } from "./outputs.ts";
import { runRecorded } from "./run.facts.ts";
import { HYPERPARAMETERS, OutputTarget, Run } from "./run.node.ts";
import { TriggeredBy, triggerErrors } from "./submit-run.ts";

export const RecordRun = z
  .strictObject({
    namespace: Namespace,
    name: Run.fields.name.nullable().default(null),
    inputs: z
      .array(
        z
          .strictObject({
            role: z.string().min(1).max(64),
            node: IdOrKey.describe("A version's id, or its key (namespace/name@3, @latest or @alias)."),
          })
          .meta({ id: "RecordedInput" }),
      )
      .max(1000)
      .nullable()
      .default(null)
      .describe("Null: what the run used is unknown."),
    parameters: JsonObject.nullable().default(null),
    targets: z
      .array(OutputTarget)
      .max(50)
      .default([])
      .refine((targets) => firstRepeated(targets.map((target) => formatKey(target))) < 0, {
        message: "two outputs become versions of the same asset",
      }),
    outputs: FinishedOutputs.default([]),
    triggeredBy: TriggeredBy,
    startedAt: Time.nullable().default(null).describe("Now when neither time is given; else unknown when left out."),
    endedAt: Time.nullable().default(null).describe("Now when left out."),
  })
  .superRefine(({ targets, outputs }, context) => {
    const made = new Set(outputs.map(({ role }) => role));
    const without = targets.findIndex(({ role }) => !made.has(role));
    const path = ["targets", without, "role"];
    if (without >= 0) context.addIssue({ code: "custom", path, message: "no output has this role" });
  })
  .refine(({ startedAt, endedAt }) => startedAt === null || endedAt === null || startedAt <= endedAt, {
    path: ["endedAt"],
    message: "a run ends after it has started",
  })
  .meta({ id: "RecordRun" });
export type RecordRun = z.infer<typeof RecordRun>;

/** By how much another machine's clock may be ahead. */
const CLOCK_SKEW_MS = 300_000;

/** What has been recorded has happened. */
function futureErrors(input: RecordRun, now: number): UserError[] {
  return (["startedAt", "endedAt"] as const).flatMap((field) =>
    (input[field] ?? 0) <= now + CLOCK_SKEW_MS
      ? []
      : [{ code: "INVALID_INPUT", path: [field], message: "lies in the future" }],
  );
}

/** Tells of a run that happened outside Clew. Its inputs (here ids) have been seen before: nodes do not go away, so the lock is not held for them. */
export function recordRun(input: RecordRun) {
  const id = timeId("Run");
  const settings = input.parameters && hyperparameterSetId(digestOf(input.parameters));
  const inputs = [
    ...(input.inputs ?? []).map(({ role, node }) => ({ id: node, role })),
    ...(settings ? [{ id: settings, role: HYPERPARAMETERS }] : []),
  ];
  const heads = [
    ...(settings ? [settings] : []),
    ...input.triggeredBy,
    ...input.outputs.flatMap((output) => outputHeads(output, { id, inputs, targets: input.targets })),
  ];
  const decide = (known: Heads, context: FactContext): Decision<{ run: string }> => {
    const future = futureErrors(input, context.at);
    if (future.length > 0) return { errors: future };
    const wrong = (input.inputs ?? []).findIndex(({ node }) => !Run.edges.inputs.targets.includes(typeOfId(node)));
    if (wrong >= 0)
      return refuse("WRONG_TYPE", ["inputs", String(wrong), "node"], "a run uses versions, settings and code only");
    const wrongCauses = triggerErrors(known, input);
    if (wrongCauses.length > 0) return { errors: wrongCauses };
    const run = externalRun(id, input, inputs, context);
    const written = input.outputs.map((output, index) => writeOutput(known, context, run, output, index));
    const errors = written.flatMap((one) => ("errors" in one ? one.errors : []));
    if (errors.length > 0) return { errors };
    const made = written.flatMap((one) => ("errors" in one ? [] : [one]));
    if (made.some((one) => inputs.some((used) => used.id === one.id))) {
      return refuse("LINEAGE_CYCLE", ["outputs"], "an output is one of the run's inputs");
    }
    const parameters = settings && !known.has(settings) ? [hyperparameterSetFact(input.parameters!, context)] : [];
    const { type: _, ...payload } = run;
    const outputs = made.map(({ role, id: output, existed }) => ({ role, id: output, existed }));
    const facts = [...parameters, runRecorded.of({ ...payload, outputs }), ...made.flatMap((one) => one.facts)];
    return { facts, answer: { run: id }, side: { files: made.flatMap((one) => one.files) } };
  };
  return { heads, decide };
}

/** The run as it stands once it is told of, with nothing made yet. */
export function externalRun(id: string, input: RecordRun, inputs: { id: string; role: string }[], { at }: FactContext) {
  return {
    id,
    type: Run.name,
    namespace: input.namespace,
    name: input.name ?? "external",
    runType: "EXTERNAL" as const,
    kind: "TASK" as const,
    state: "SUCCEEDED" as const,
    plugin: null,
    endpoint: null,
    pool: "external",
    seed: 0,
    maxAttempts: 1,
    attempts: [],
    targets: input.targets,
    outputs: [],
    failure: null,
    queuedAt: at,
    notBefore: at,
    startedAt: input.startedAt ?? (input.endedAt === null ? at : null),
    endedAt: input.endedAt ?? Math.max(at, input.startedAt ?? 0),
    declaresInputs: input.inputs !== null,
    measurementsComplete: null,
    triggeredBy: [...new Set(input.triggeredBy)].map((cause) => ({ id: cause })),
    partOf: null,
    inputs,
  };
}
