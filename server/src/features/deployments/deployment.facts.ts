import { Failure, type Json, NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { patch, place } from "../../core/define-node.ts";
import type { GraphChange } from "../../core/graph-change.ts";
import { Time } from "../../core/time.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";

export const endpointCreated = defineFact({
  type: "endpoint.created",
  v: 1,
  payload: Endpoint.schema,
  project: (endpoint, context) => place(Endpoint, endpoint, context),
});

/** Version 1 did not say which revision a roll-back restores. */
const withoutRestored = (payload: Json): Json => {
  const { deployment, ...rest } = payload as { deployment: object };
  return { ...rest, deployment: { ...deployment, restores: null } };
};

/** A new revision is wanted. `superseded` was wanted before and never served. The decision for it has a fact of its own, in the entry just after. */
export const deploymentCreated = defineFact({
  type: "deployment.created",
  v: 2,
  payload: z.strictObject({ deployment: Deployment.schema, superseded: NodeId.nullable() }),
  upcasts: { 1: withoutRestored },
  project: ({ deployment, superseded }, context) => [
    ...place(Deployment, deployment, context),
    patch(Endpoint, deployment.endpoint, { latestVersion: deployment.version, wanted: deployment.id }),
    ...ended(superseded, deployment.createdAt),
  ],
});

/** The endpoint serves this revision from now on, in the place of `superseded`. `run` is the service that does, where Clew runs it. */
export const deploymentActivated = defineFact({
  type: "deployment.activated",
  v: 1,
  payload: z.strictObject({
    deployment: NodeId,
    endpoint: NodeId,
    superseded: NodeId.nullable(),
    run: NodeId.nullable(),
    activatedAt: Time,
  }),
  project: ({ deployment, endpoint, superseded, run, activatedAt }) => [
    patch(Deployment, deployment, { state: "ACTIVE", activatedAt }),
    patch(Endpoint, endpoint, { active: deployment }),
    ...realised(run, deployment),
    ...ended(superseded, activatedAt),
  ],
});

/** It could not be served. `wanted` is what the endpoint goes on with. */
export const deploymentFailed = defineFact({
  type: "deployment.failed",
  v: 1,
  payload: z.strictObject({
    deployment: NodeId,
    endpoint: NodeId,
    wanted: NodeId.nullable(),
    failure: Failure,
    endedAt: Time,
  }),
  project: ({ deployment, endpoint, wanted, failure, endedAt }) => [
    patch(Deployment, deployment, { state: "FAILED", failure, endedAt }),
    patch(Endpoint, endpoint, { wanted }),
  ],
});

/** A person stopped it, or let it go on. The decision has a fact of its own, in the entry just before. */
export const deploymentSuspended = defineFact({
  type: "deployment.suspended",
  v: 1,
  payload: z.strictObject({ deployment: NodeId }),
  project: ({ deployment }) => [patch(Deployment, deployment, { state: "SUSPENDED" })],
});
export const deploymentResumed = defineFact({
  type: "deployment.resumed",
  v: 1,
  payload: z.strictObject({ deployment: NodeId }),
  project: ({ deployment }) => [patch(Deployment, deployment, { state: "ACTIVE" })],
});

function realised(from: string | null, to: string): GraphChange[] {
  return from === null ? [] : [{ op: "arrow", type: "REALISES", from, to, properties: {} }];
}

function ended(deployment: string | null, endedAt: number): GraphChange[] {
  return deployment === null ? [] : [patch(Deployment, deployment, { state: "SUPERSEDED", endedAt })];
}

export const deploymentFacts = [
  endpointCreated,
  deploymentCreated,
  deploymentActivated,
  deploymentFailed,
  deploymentSuspended,
  deploymentResumed,
];
