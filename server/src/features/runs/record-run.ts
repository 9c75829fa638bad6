import { Namespace, NodeId, digestOf, formatKey, timeId, typeOfId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { firstRepeated } from "../../core/first-repeated.ts";
import { JsonObject } from "../../core/json-object.ts";
import { Time } from "../../core/time.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { hyperparameterSetFact, hyperparameterSetId } from "../catalog/index.ts";
import { FinishedOutputs } from "./finished-output.ts";
import { outputHeads, writeOutput } from "./outputs.ts";
import { runRecorded } from "./run.facts.ts";
import { OutputTarget, Run } from "./run.node.ts";

export const RecordRun = z
  .strictObject({
    namespace: Namespace,
    name: Run.fields.name.nullable().default(null),
    inputs: z
      .array(z.strictObject({ role: z.string().min(1).max(64), node: NodeId }).meta({ id: "RecordedInput" }))
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
    startedAt: Time.nullable().default(null),
    endedAt: Time.nullable().default(null),
  })
  .meta({ id: "RecordRun" });
export type RecordRun = z.infer<typeof RecordRun>;

/** Tells of a run that happened outside Clew. Its inputs have been seen before: nodes do not go away, so the lock is not held for them. */
export function recordRun(input: RecordRun) {
  const id = timeId("Run");
  const settings = input.parameters && hyperparameterSetId(digestOf(input.parameters));
  const inputs = [
    ...(input.inputs ?? []).map(({ role, node }) => ({ id: node, role })),
    ...(settings ? [{ id: settings, role: "hyperparameters" }] : []),
  ];
  const heads = [
    ...(settings ? [settings] : []),
    ...input.outputs.flatMap((output) => outputHeads(output, { id, inputs, targets: input.targets })),
  ];
  const decide = (known: Heads, context: FactContext): Decision<{ run: string }> => {
    const wrong = (input.inputs ?? []).findIndex(({ node }) => !Run.edges.inputs.targets.includes(typeOfId(node)));
    if (wrong >= 0)
      return refuse("WRONG_TYPE", ["inputs", String(wrong), "node"], "a run uses versions, settings and code only");
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

/** Says the same of an input that is not there and of one that the caller may not read. */
export function noInput({ inputs }: RecordRun, position: number) {
  return refuse("UNKNOWN_NODE", ["inputs", String(position), "node"], `no node ${inputs?.[position]?.node}`);
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
    startedAt: input.startedAt ?? at,
    endedAt: input.endedAt ?? at,
    declaresInputs: input.inputs !== null,
    measurementsComplete: null,
    triggeredBy: [],
    partOf: null,
    inputs,
  };
}
