import { type Failure, failure, type PipelineStepState } from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { Heads } from "../../ledger/command.ts";
import { ModelVersion } from "../catalog/index.ts";
import { Deployment } from "../deployments/index.ts";
import { Run } from "../runs/index.ts";
import type { PipelineStep } from "./pipeline-step.node.ts";

export type StepNode = NodeOf<typeof PipelineStep>;

/** How a step has ended: well where there is no failure. */
export interface Outcome {
  readonly failure: Failure | null;
}

/** What a step that watches has found: a report that decides, or why none will. */
export interface Found extends Outcome {
  readonly report: string | null;
}

const WELL: Outcome = { failure: null };

/** Steps in one of these states have a result that others may use. */
export const DONE: ReadonlySet<PipelineStepState> = new Set(["SUCCEEDED", "REUSED"]);
/** Steps in one of these states may still change. */
export const OPEN: ReadonlySet<PipelineStepState> = new Set(["WAITING", "RUNNING"]);

/** A failure of a step that no further try would mend; `code` is that of the refusal behind it. */
export function stepFailure(code: string, message: string): Failure {
  return { ...failure("BAD_INPUT", message), details: { code } };
}

/** What a step may wait for. */
export type Waited = NodeOf<typeof Run> | NodeOf<typeof Deployment> | NodeOf<typeof ModelVersion>;

export function waitedIn(heads: Heads, id: string): Waited | undefined {
  return heads.get(Run, id) ?? heads.get(Deployment, id) ?? heads.get(ModelVersion, id);
}

export function waitedNode(state: NodeState): Waited {
  if (state.type === Run.name) return nodeOf(Run, state);
  return state.type === Deployment.name ? nodeOf(Deployment, state) : nodeOf(ModelVersion, state);
}

/** How a step that runs has ended, by what it waits for; null while it has not. */
export function outcomeOf(waitsFor: Waited): Outcome | null {
  if (waitsFor.type === Run.name) return ofRun(waitsFor);
  return waitsFor.type === Deployment.name ? ofDeployment(waitsFor) : ofModel(waitsFor);
}

function ofRun({ id, state, failure: why }: NodeOf<typeof Run>): Outcome | null {
  if (state === "SUCCEEDED") return WELL;
  if (state !== "FAILED" && state !== "CANCELLED") return null;
  return { failure: why ?? failure("INTERNAL", `${id} is ${state}`, false) };
}

function ofModel({ namespace, name, version, state }: NodeOf<typeof ModelVersion>): Outcome | null {
  if (state === "APPROVED") return WELL;
  if (state !== "REJECTED") return null;
  return { failure: stepFailure("MODEL_NOT_APPROVED", `${namespace}/${name}@${version} was rejected`) };
}

/** One that was served is a success, whatever has become of it since. */
function ofDeployment({
  namespace,
  name,
  version,
  state,
  activatedAt,
  failure: why,
}: NodeOf<typeof Deployment>): Outcome | null {
  if (activatedAt !== null) return WELL;
  if (state === "PENDING") return null;
  return { failure: why ?? stepFailure("DEPLOYMENT_CONFLICT", `${namespace}/${name}@${version} is ${state}`) };
}
