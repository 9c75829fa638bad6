import { failure, timeId } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { Basis, basisErrors, decisionFact, Reason } from "../decisions/index.ts";
import { EndpointRef } from "./deploy.ts";
import { deploymentFailed, deploymentResumed, deploymentSuspended } from "./deployment.facts.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";

export const SuspendDeployment = z
  .strictObject({ endpoint: EndpointRef, reason: Reason, basis: Basis })
  .meta({ id: "SuspendDeployment" });
type Input = z.infer<typeof SuspendDeployment>;
type EndpointNode = NodeOf<typeof Endpoint>;
type Answer = { deployment: string; decision: string; endpoint: string };

/** Stops what an endpoint serves, and what was to come next: it answers no request until somebody resumes it or deploys something else. */
export const suspendDeployment = (input: Input, endpoint: EndpointNode) =>
  switchActive(input, endpoint, { decisionType: "SUSPENSION", from: "ACTIVE", fact: deploymentSuspended.of });

/** Lets it go on. */
export const resumeDeployment = (input: Input, endpoint: EndpointNode) =>
  switchActive(input, endpoint, { decisionType: "RESUMPTION", from: "SUSPENDED", fact: deploymentResumed.of });

interface Switch {
  readonly decisionType: "SUSPENSION" | "RESUMPTION";
  readonly from: "ACTIVE" | "SUSPENDED";
  readonly fact: typeof deploymentSuspended.of;
}

function switchActive({ reason, basis }: Input, before: EndpointNode, { decisionType, from, fact }: Switch) {
  const decision = timeId("Decision");
  return {
    heads: [before.id, ...[before.active, before.wanted].filter((id) => id !== null), ...basis],
    decide: (heads: Heads, context: FactContext): Decision<Answer> => {
      const endpoint = heads.get(Endpoint, before.id)!;
      const { id, active, namespace, name } = endpoint;
      const deployment = active === null ? undefined : heads.get(Deployment, active);
      if (deployment?.state !== from) {
        const state =
          active === null ? "serves nothing" : `serves what is ${deployment?.state ?? "another revision by now"}`;
        return refuse("STATE_CONFLICT", ["endpoint"], `${namespace}/${name} ${state}`);
      }
      if (endpoint.wanted !== before.wanted)
        return refuse(
          "DEPLOYMENT_CONFLICT",
          ["endpoint"],
          `${namespace}/${name} is to serve something else; try again`,
        );
      const errors = basisErrors(heads, basis);
      if (errors.length > 0) return { errors };
      const about = deployment.id;
      const decided = decisionFact(context, { id: decision, namespace, decisionType, reason, about, basis });
      const dropped = decisionType === "SUSPENSION" ? dropPending(heads, endpoint, context) : [];
      return {
        facts: [decided, fact({ deployment: about }), ...dropped],
        answer: { deployment: about, decision, endpoint: id },
      };
    },
  };
}

/** A revision that is still being loaded would end the suspension as soon as it is there. */
function dropPending(heads: Heads, { id: endpoint, wanted, active }: EndpointNode, { at }: FactContext): Fact[] {
  const pending = wanted === null ? undefined : heads.get(Deployment, wanted);
  if (pending?.state !== "PENDING") return [];
  const why = failure("CANCELLED", "what the endpoint served was suspended before this was there");
  return [deploymentFailed.of({ deployment: pending.id, endpoint, wanted: active, failure: why, endedAt: at })];
}
