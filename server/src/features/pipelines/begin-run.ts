import { type Json, type PluginManifest, type RunStep } from "@clew/schema";
import { findPlugin } from "../runners/index.ts";
import { SubmitRun, submitRun } from "../runs/index.ts";
import type { Progress } from "./progress.ts";
import { reusableStep, runKey } from "./step-cache.ts";
import { type Beginning, failing, type PipelineParts } from "./beginning.ts";
import { filledParameters, statedSeed } from "./step-parameters.ts";
import { stepFailure, type StepNode } from "./step-outcome.ts";

/** A run of the step's plugin, queued; or an earlier one that stands for it. */
export async function beginRun(
  parts: PipelineParts,
  step: StepNode,
  definition: RunStep,
  progress: Progress,
): Promise<Beginning> {
  const required = progress.required(definition);
  if ("failure" in required) return failing(required.failure);
  const manifest = await findPlugin(parts.reader, definition.plugin, definition.version ?? null);
  if (manifest === null)
    return failing(stepFailure("PLUGIN_UNKNOWN", `no runner has offered the plugin ${definition.plugin}`));
  const inputs = inputsOf(definition, progress);
  if ("failure" in inputs) return failing(inputs.failure);
  const input = submission(step, definition, { progress, manifest, inputs: inputs.found, requires: required.ids });
  const cacheKey = runKey(manifest, input, statedSeed(definition, progress.parameters));
  const earlier = definition.cache && step.mayReuse ? await reusableStep(parts, step, cacheKey) : null;
  if (earlier)
    return {
      heads: [],
      begin: () => ({
        facts: [],
        change: { state: "REUSED", run: earlier.run, reusedFrom: earlier.id, cacheKey },
      }),
    };
  return submitting(input, manifest, cacheKey);
}

type Found = readonly { readonly role: string; readonly node: string }[];

function inputsOf(
  { inputs }: RunStep,
  progress: Progress,
): { found: Found } | { failure: ReturnType<typeof stepFailure> } {
  const named = Object.entries(inputs).flatMap(([role, sources]) => sources.map((source) => ({ role, source })));
  const found = named.map(({ role, source }) => progress.idsOf(source).map((node) => ({ role, node })));
  const missing = found.findIndex(({ length }) => length === 0);
  if (missing < 0) return { found: found.flat() };
  const { role, source } = named[missing]!;
  const from = "step" in source ? `the step ${source.step} made no ${source.output}` : `there is no ${source.input}`;
  return { failure: stepFailure("UNKNOWN_NODE", `${from}, which is needed as ${role}`) };
}

interface Submission {
  readonly progress: Progress;
  readonly manifest: PluginManifest;
  readonly inputs: Found;
  readonly requires: readonly string[];
}

function submission(
  step: StepNode,
  definition: RunStep,
  { progress, manifest, inputs, requires }: Submission,
): SubmitRun {
  const { run } = progress;
  const stated = statedSeed(definition, progress.parameters);
  return SubmitRun.parse({
    namespace: run.namespace,
    name: `${run.name}: ${step.name}`.slice(0, LABEL_MAX),
    plugin: manifest.name,
    pluginVersion: manifest.version,
    parameters: filledParameters(definition, progress.parameters),
    inputs,
    code: progress.code,
    outputs: Object.entries(definition.outputs).map(([role, key]) => ({ role, key })),
    // What was required is a cause here: a gate may be about other versions than those that the step uses.
    triggeredBy: requires,
    partOf: run.id,
    pool: definition.pool,
    seed: (stated ?? run.seed) as Json,
    maxAttempts: definition.maxAttempts,
  });
}

const LABEL_MAX = 200;

function submitting(input: SubmitRun, manifest: PluginManifest, cacheKey: string): Beginning {
  const inputIds = input.inputs.map(({ node }) => node);
  const submitted = submitRun(input, { manifest, inputIds, endpoint: null });
  const { errors } = submitted;
  if (errors !== undefined) return { heads: [], begin: () => ({ errors }) };
  return {
    heads: submitted.heads,
    begin: (heads, context) => {
      const decided = submitted.decide(heads, context);
      if ("errors" in decided) return decided;
      const { run } = decided.answer;
      return { facts: decided.facts, change: { run, waitsFor: run, cacheKey } };
    },
  };
}
