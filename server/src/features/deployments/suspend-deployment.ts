import { timeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { Basis, basisErrors, decisionFact, Reason } from "../decisions/index.ts";
import { EndpointRef } from "./deploy.ts";
import { deploymentResumed, deploymentSuspended } from "./deployment.facts.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";

export const SuspendDeployment = z
  .strictObject({ endpoint: EndpointRef, reason: Reason, basis: Basis })
  .meta({ id: "SuspendDeployment" });
type Input = z.infer<typeof SuspendDeployment>;
type Answer = { deployment: string; decision: string; endpoint: string };

/** Stops what an endpoint serves: it answers no request until somebody resumes it or deploys something else. */
export const suspendDeployment = (input: Input, endpoint: NodeOf<typeof Endpoint>) =>
  switchActive(input, endpoint, { decisionType: "SUSPENSION", from: "ACTIVE", fact: deploymentSuspended.of });

/** Lets it go on. */
export const resumeDeployment = (input: Input, endpoint: NodeOf<typeof Endpoint>) =>
  switchActive(input, endpoint, { decisionType: "RESUMPTION", from: "SUSPENDED", fact: deploymentResumed.of });

interface Switch {
  readonly decisionType: "SUSPENSION" | "RESUMPTION";
  readonly from: "ACTIVE" | "SUSPENDED";
  readonly fact: typeof deploymentSuspended.of;
}

function switchActive({ reason, basis }: Input, before: NodeOf<typeof Endpoint>, { decisionType, from, fact }: Switch) {
  const decision = timeId("Decision");
  return {
    heads: [before.id, ...(before.active === null ? [] : [before.active]), ...basis],
    decide: (heads: Heads, context: FactContext): Decision<Answer> => {
      const { id, active, namespace, name } = heads.get(Endpoint, before.id)!;
      const deployment = active === null ? undefined : heads.get(Deployment, active);
      if (deployment?.state !== from) {
        const state =
          active === null ? "serves nothing" : `serves what is ${deployment?.state ?? "another revision by now"}`;
        return refuse("STATE_CONFLICT", ["endpoint"], `${namespace}/${name} ${state}`);
      }
      const errors = basisErrors(heads, basis);
      if (errors.length > 0) return { errors };
      const about = deployment.id;
      const decided = decisionFact(context, { id: decision, namespace, decisionType, reason, about, basis });
      return { facts: [decided, fact({ deployment: about })], answer: { deployment: about, decision, endpoint: id } };
    },
  };
}
