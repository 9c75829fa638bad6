import { type DeployStep, parseKey } from "@clew/schema";
import { nodeOf } from "../../core/define-node.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { assetId } from "../catalog/index.ts";
import { Endpoint } from "../deployments/index.ts";
import { beginRevision } from "./begin-revision.ts";
import { type Beginning, failing } from "./beginning.ts";
import type { Progress } from "./progress.ts";
import { stepFailure, type StepNode } from "./step-outcome.ts";

/** A new revision of the endpoint; the step ends when that is served, or will not be. */
export async function beginDeploy(
  reader: NodeReader,
  step: StepNode,
  definition: DeployStep,
  progress: Progress,
): Promise<Beginning> {
  const required = progress.required(definition);
  const [state] = await reader.byIds([assetId("Endpoint", parseKey(definition.endpoint)!)]);
  const models = definition.serves.map(({ model }) => progress.idOf(model));
  const missing = models.indexOf(null);
  if ("failure" in required) return failing(required.failure);
  if (state === undefined) return failing(stepFailure("UNKNOWN_NODE", `there is no endpoint ${definition.endpoint}`));
  if (missing >= 0) return failing(stepFailure("UNKNOWN_NODE", `the model ${missing + 1} was not made`));
  return beginRevision(nodeOf(Endpoint, state), {
    decisionType: "PROMOTION",
    reason: `a step of the pipeline run ${progress.run.id}`,
    basis: required.ids,
    serves: definition.serves.map(({ weight, mode }, index) => ({ id: models[index]!, weight, mode })),
    restores: null,
    expectedVersion: null,
    policy: progress.policyOf(step.name),
    path: (index) => ["serves", String(index), "model"],
  });
}
