import { digestOf, type Json, type PluginManifest, type Sha256, typeOfId } from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import { attributeIs } from "../../ports/node-reader.ts";
import { missingFiles, ModelVersion } from "../catalog/index.ts";
import { Run, type SubmitRun } from "../runs/index.ts";
import type { PipelineParts } from "./beginning.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import type { StepNode } from "./step-outcome.ts";

/** How many earlier runs of the same content are looked at, the newest first. */
const LOOKED_AT = 20;
/** Files of an output that are looked for in the artifact store. */
const FILES_MAX = 2000;
/** What a person has stopped is not brought back by a cache. */
const STOPPED: ReadonlySet<unknown> = new Set(["REJECTED", "SUSPENDED"]);

/** The digest of all that decides what a run makes. A seed that nobody stated is no part of it. */
export function runKey({ name, version }: PluginManifest, input: SubmitRun, seed: Json | null): Sha256 {
  const { parameters, inputs, outputs, code } = input;
  const sorted = <One extends { readonly role: string }>(ends: readonly One[]) =>
    ends.toSorted((a, b) => (a.role < b.role ? -1 : a.role > b.role ? 1 : 0));
  return digestOf({
    plugin: `${name}@${version}`,
    parameters: digestOf(parameters),
    inputs: sorted(inputs),
    outputs: sorted(outputs),
    code,
    seed,
  });
}

/** A step of an earlier pipeline run whose run had this key, whose outputs are all still there. */
export async function reusableStep(
  parts: PipelineParts,
  { namespace, pipelineRun }: StepNode,
  cacheKey: Sha256,
): Promise<StepNode | null> {
  const filter = {
    types: [PipelineStep.name],
    namespaces: [namespace],
    states: ["SUCCEEDED"],
    attributes: [attributeIs(PipelineStep, "cacheKey", [cacheKey])],
  };
  for (const state of await parts.reader.list(filter, "NEWEST", null, LOOKED_AT)) {
    const step = nodeOf(PipelineStep, state);
    if (step.pipelineRun !== pipelineRun && (await hasOutputs(parts, step))) return step;
  }
  return null;
}

async function hasOutputs({ reader, artifacts }: PipelineParts, { run }: StepNode): Promise<boolean> {
  const [state] = await reader.byIds([run!]);
  const ids = outputsOf(nodeOf(Run, state!));
  const made = await reader.byIds(ids);
  if (made.length < ids.length || made.some(isStopped)) return false;
  const versions = ids.filter((id) => typeOfId(id) !== "Report");
  const files = await Promise.all(versions.map((id) => reader.files(id, "", FILES_MAX)));
  return (await missingFiles(artifacts, files.flat())).length === 0;
}

function outputsOf({ outputs }: NodeOf<typeof Run>): string[] {
  return [...new Set(outputs.map(({ id }) => id))];
}

function isStopped({ type, attributes }: NodeState): boolean {
  return type === ModelVersion.name && STOPPED.has(attributes["state"]);
}
