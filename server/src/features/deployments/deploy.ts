import { contentId, TrafficMode, timeId } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { EdgeEnd, NodeOf } from "../../core/define-node.ts";
import { firstRepeated } from "../../core/first-repeated.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import { ModelVersion } from "../catalog/index.ts";
import { Basis, basisErrors, decisionFact, Reason } from "../decisions/index.ts";
import { deploymentCreated } from "./deployment.facts.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";

export const EndpointRef = z.string().min(1).max(400).describe("The endpoint's id or key, namespace/name.");

const Served = z
  .strictObject({
    modelVersion: z.string().min(1).max(400).describe("Its id or key: namespace/name@3, @latest or @alias."),
    weight: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(100)
      .describe("Percent: of the requests that it answers, or, in mode SHADOW, of those that it gets a copy of."),
    mode: TrafficMode.default("LIVE"),
  })
  .meta({ id: "Served" });

export const Deploy = z
  .strictObject({
    endpoint: EndpointRef,
    serves: z.array(Served).min(1).max(20).describe("The weights of mode LIVE come to 100."),
    reason: Reason,
    basis: Basis,
    expectedVersion: z
      .number()
      .int()
      .min(0)
      .max(2_000_000_000)
      .nullable()
      .default(null)
      .describe("Refuse unless this is the newest revision; 0: unless there is none. Unchecked when left out."),
  })
  .superRefine(({ serves }, context) => {
    const live = serves.filter(({ mode }) => mode === "LIVE").reduce((sum, { weight }) => sum + weight, 0);
    if (live !== 100)
      context.addIssue({
        code: "custom",
        path: ["serves"],
        message: `the weights of mode LIVE come to ${live}, not to 100`,
      });
  })
  .meta({ id: "Deploy" });
export type Deploy = z.infer<typeof Deploy>;

type EndpointNode = NodeOf<typeof Endpoint>;

/** What a deployment needs to know before it is decided on. */
export interface DeployLookups {
  readonly endpoint: EndpointNode;
  /** The ids of the model versions, in the order of `serves`. */
  readonly models: readonly string[];
}

/** A person's wish that an endpoint serve these model versions: a promotion. Who serves it hears of it and says when it is active. */
export function deploy(input: Deploy, { endpoint, models }: DeployLookups) {
  const serves = input.serves.map(({ weight, mode }, index) => ({ id: models[index]!, weight, mode }));
  return changeServed(endpoint, {
    decisionType: "PROMOTION",
    reason: input.reason,
    basis: input.basis,
    serves,
    restores: null,
    expectedVersion: input.expectedVersion,
    path: (index) => ["serves", String(index), "modelVersion"],
  });
}

export interface ServedChange {
  readonly decisionType: "PROMOTION" | "ROLLBACK";
  readonly reason: string;
  readonly basis: readonly string[];
  readonly serves: readonly EdgeEnd[];
  /** Of a roll-back: the number of the revision that is served again. */
  readonly restores: number | null;
  readonly expectedVersion: number | null;
  readonly policy?: string | null;
  /** Leads to the input field that names the model version of this index. */
  readonly path: (index: number) => readonly string[];
}

/** A new revision of an endpoint, and the decision for it. `before` is the endpoint as the caller has seen it. */
export function changeServed(before: EndpointNode, change: ServedChange) {
  const decision = timeId("Decision");
  const { serves } = change;
  return {
    heads: [
      before.id,
      ...[before.wanted, before.active].filter((id) => id !== null),
      ...serves.map(({ id }) => id),
      ...change.basis,
    ],
    decide: (
      heads: Heads,
      context: FactContext,
    ): Decision<{ deployment: string; decision: string; endpoint: string }> => {
      const endpoint = heads.get(Endpoint, before.id)!;
      const errors = [
        ...revisionErrors(endpoint, before, change),
        ...suspensionErrors(heads, endpoint, change),
        ...modelErrors(heads, endpoint, change),
        ...basisErrors(heads, change.basis),
      ];
      if (errors.length > 0) return { errors };
      const { fact, id } = newDeployment(heads, context, endpoint, change);
      const { decisionType, reason, basis, policy = null } = change;
      const { namespace } = endpoint;
      const decided = decisionFact(context, {
        id: decision,
        namespace,
        decisionType,
        reason,
        policy,
        about: id,
        basis,
      });
      return { facts: [fact, decided], answer: { deployment: id, decision, endpoint: endpoint.id } };
    },
  };
}

function newDeployment(heads: Heads, { at }: FactContext, endpoint: EndpointNode, { serves, restores }: ServedChange) {
  const version = endpoint.latestVersion + 1;
  const id = contentId("Deployment", endpoint.id, String(version));
  const wanted = endpoint.wanted === null ? undefined : heads.get(Deployment, endpoint.wanted);
  const fact: Fact = deploymentCreated.of({
    superseded: wanted?.state === "PENDING" ? wanted.id : null,
    deployment: {
      id,
      namespace: endpoint.namespace,
      name: endpoint.name,
      version,
      restores,
      state: "PENDING",
      failure: null,
      createdAt: at,
      activatedAt: null,
      endedAt: null,
      endpoint: endpoint.id,
      serves: [...serves],
    },
  });
  return { fact, id };
}

/** What was looked up must still be so: the newest revision is one of the heads. */
function revisionErrors(endpoint: EndpointNode, before: EndpointNode, { expectedVersion }: ServedChange): UserError[] {
  const expected = expectedVersion ?? before.latestVersion;
  if (endpoint.latestVersion === expected && endpoint.wanted === before.wanted) return [];
  const message = `${endpoint.namespace}/${endpoint.name} stands at revision ${endpoint.latestVersion} by now; look again before you change it`;
  return refuse("DEPLOYMENT_CONFLICT", ["expectedVersion"], message).errors;
}

/** What a person has stopped is a person's to let go on: no rule puts anything in its place. */
function suspensionErrors(heads: Heads, endpoint: EndpointNode, { policy, path }: ServedChange): UserError[] {
  const active = endpoint.active === null ? undefined : heads.get(Deployment, endpoint.active);
  if (!policy || active?.state !== "SUSPENDED") return [];
  const message = `${endpoint.namespace}/${endpoint.name} is suspended by a person, who resumes it or deploys something else`;
  return refuse("STATE_CONFLICT", path(0), message).errors;
}

function modelErrors(heads: Heads, endpoint: EndpointNode, { serves, path }: ServedChange): UserError[] {
  const again = firstRepeated(serves.map(({ id }) => id));
  if (again >= 0) return refuse("INVALID_INPUT", path(again), "a model version is served once in a deployment").errors;
  return serves.flatMap(({ id, mode }, index) => {
    const model = heads.get(ModelVersion, id);
    if (model === undefined) return refuse("WRONG_TYPE", path(index), `${id} is no ModelVersion`).errors;
    const why = notDeployable(model.state, mode, endpoint.requiresApproval);
    const name = `${model.namespace}/${model.name}@${model.version}`;
    return why === null ? [] : refuse("MODEL_NOT_APPROVED", path(index), `${name} ${why}`).errors;
  });
}

/** Why a model version may not be served; null when it may. A shadow's answers reach nobody, so it needs no approval. */
function notDeployable(state: string, mode: string | undefined, requiresApproval: boolean): string | null {
  if (state === "REJECTED" || state === "SUSPENDED") return `is ${state}`;
  const needsApproval = requiresApproval && mode === "LIVE";
  return needsApproval && state !== "APPROVED"
    ? "is not approved: an APPROVER decides (clew decide approve, mutation decide)"
    : null;
}
