import { type DeployStep, parseKey, type WithdrawStep } from "@clew/schema";
import { nodeOf } from "../../core/define-node.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { assetId } from "../catalog/index.ts";
import { Endpoint, goBackTo, revisionBefore } from "../deployments/index.ts";
import { beginRevision } from "./begin-revision.ts";
import { type Beginning, failing } from "./beginning.ts";
import type { Progress } from "./progress.ts";
import { firstFailed } from "./step-changes.ts";
import { stepFailure, type StepNode } from "./step-outcome.ts";

const REASON_MAX = 2000;

/** A revision of the endpoint that serves what it did before the pipeline run; the step ends when that is served. */
export async function beginWithdraw(
  reader: NodeReader,
  step: StepNode,
  definition: WithdrawStep,
  progress: Progress,
): Promise<Beginning> {
  const { endpoint: key } = progress.definition.steps[definition.deployment] as DeployStep;
  const [state] = await reader.byIds([assetId("Endpoint", parseKey(key)!)]);
  const endpoint = nodeOf(Endpoint, state!);
  if (endpoint.wanted !== progress.deploymentOf(definition.deployment))
    return { heads: [], begin: () => ({ facts: [], change: { state: "SKIPPED" } }) };
  const own = new Set(progress.steps.flatMap(({ deployment }) => deployment ?? []));
  const target = await revisionBefore(reader, endpoint, own);
  if (target === null) return failing(stepFailure("UNKNOWN_NODE", `${key} has no earlier revision that was active`));
  return beginRevision(endpoint, {
    ...goBackTo(target),
    ...whyWithdrawn(progress),
    expectedVersion: null,
    policy: progress.policyOf(step.name),
    path: () => ["deployment"],
  });
}

/** It rests on what the steps that failed have decided, or found out. */
function whyWithdrawn({ run, steps }: Progress) {
  const failed = firstFailed(steps)!;
  const reason = `the step ${failed.name} of the pipeline run ${run.id} has failed: ${failed.failure!.message}`;
  const basis = steps.flatMap(({ state, decision, report }) => (state === "FAILED" ? [decision, report] : []));
  return { reason: reason.slice(0, REASON_MAX), basis: basis.filter((id) => id !== null) };
}
