import { Failure, NodeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { deploymentActivated, deploymentFailed } from "./deployment.facts.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";
import { leaseErrors, Run } from "../runs/index.ts";

export const ReportDeployment = z
  .strictObject({
    deployment: NodeId,
    failure: Failure.nullable().default(null).describe("Why it cannot be served; null: it is served now."),
  })
  .meta({ id: "ReportDeployment" });
type Input = z.infer<typeof ReportDeployment>;
type DeploymentNode = NodeOf<typeof Deployment>;
type EndpointNode = NodeOf<typeof Endpoint>;
/** The attempt of the service that says it; null when a tool does that serves models in a way of its own. */
export type Reporter = { readonly runId: string; readonly attempt: number } | null;
type Decided = Decision<{ deployment: string; endpoint: string }>;

/** Whoever serves an endpoint says that it serves a revision now, or cannot. What is said already changes nothing. */
export function reportDeployment(input: Input, before: EndpointNode, by: Reporter) {
  return {
    heads: [input.deployment, before.id, ...(by ? [by.runId] : []), ...(before.active === null ? [] : [before.active])],
    decide: (heads: Heads, context: FactContext): Decided => {
      const deployment = heads.get(Deployment, input.deployment)!;
      const endpoint = heads.get(Endpoint, before.id)!;
      const lost = by && leaseErrors(heads.get(Run, by.runId), by.attempt);
      if (lost) return lost;
      const answer = { deployment: deployment.id, endpoint: endpoint.id };
      if (input.failure === null && endpoint.active === deployment.id) return { facts: [], answer };
      if (endpoint.wanted !== deployment.id || deployment.state !== "PENDING") return notWanted(deployment);
      if (endpoint.active !== before.active)
        return refuse("DEPLOYMENT_CONFLICT", ["deployment"], "another revision became active meanwhile; say it again");
      const fact = input.failure
        ? failed(endpoint, input, context)
        : activated(endpoint, input, by?.runId ?? null, context);
      return { facts: [fact], answer };
    },
  };
}

function notWanted({ namespace, name, version, state }: DeploymentNode): Decided {
  return refuse("STATE_CONFLICT", ["deployment"], `${namespace}/${name}@${version} is ${state} and not waited for`);
}

function activated(
  { id: endpoint, active }: EndpointNode,
  { deployment }: Input,
  run: string | null,
  { at }: FactContext,
) {
  return deploymentActivated.of({ deployment, endpoint, superseded: active, run, activatedAt: at });
}

function failed({ id: endpoint, active }: EndpointNode, { deployment, failure }: Input, { at }: FactContext) {
  return deploymentFailed.of({ deployment, endpoint, wanted: active, failure: failure!, endedAt: at });
}
