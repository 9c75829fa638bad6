import { NodeId } from "@clew/schema";
import { nodeOf, type NodeOf } from "../../../core/define-node.ts";
import { firstUnseen, mayRead } from "../../../graphql/loaders.ts";
import { nodeValue } from "../../../graphql/node-value.ts";
import { mutation, type MutationDefinition } from "../../../graphql/mutation-resolver.ts";
import { inNamespace } from "../../../graphql/mutations.ts";
import type { Principal } from "../../../graphql/principal.ts";
import { requireContributor } from "../../../graphql/require-contributor.ts";
import { refuse, type UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { findNodes } from "../../catalog/index.ts";
import { requireApprover, unknownBasis } from "../../decisions/index.ts";
import { CreateEndpoint, createEndpoint } from "../create-endpoint.ts";
import { Deploy, deploy } from "../deploy.ts";
import { Deployment } from "../deployment.node.ts";
import { Endpoint } from "../endpoint.node.ts";
import { lookUpEndpoint } from "../look-up-endpoint.ts";
import { activatedRevision, revisionToGoBackTo } from "../previous-revision.ts";
import { ReportDeployment, reportDeployment } from "../report-deployment.ts";
import { RollBack, rollBack } from "../roll-back.ts";
import { resumeDeployment, SuspendDeployment, suspendDeployment } from "../suspend-deployment.ts";

type Refused = { readonly errors: readonly UserError[] };
type EndpointNode = NodeOf<typeof Endpoint>;

export function deploymentMutations(reader: NodeReader): MutationDefinition[] {
  const things = { deployment: Deployment, endpoint: Endpoint };
  /** The endpoint that an approver's mutation names, and its basis seen. */
  const decidedOn = async (principal: Principal, input: { endpoint: string; basis: readonly string[] }) => {
    const found = await lookUpEndpoint(reader, principal, input.endpoint);
    if ("errors" in found) return found;
    requireApprover(principal, found.namespace, input.endpoint);
    const unseen = await firstUnseen(reader, principal, input.basis);
    return unseen < 0 ? found : unknownBasis(input.basis, unseen);
  };
  return [
    mutation({
      name: "createEndpoint",
      description: "Makes an endpoint, with nothing deployed yet.",
      input: CreateEndpoint,
      things: { endpoint: Endpoint },
      allow: inNamespace("CONTRIBUTOR"),
      prepare: async (input) => createEndpoint(input),
    }),
    mutation({
      name: "deploy",
      description: "Wants an endpoint to serve these model versions from now on: a new revision. For approvers.",
      input: Deploy,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const endpoint = await decidedOn(principal, input);
        if ("errors" in endpoint) return endpoint;
        const models = await lookUpModels(reader, principal, input);
        return "errors" in models ? models : deploy(input, { endpoint, models: models.ids });
      },
    }),
    mutation({
      name: "rollBack",
      description: "Wants an endpoint to serve again what an earlier revision of it did. For approvers.",
      input: RollBack,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const endpoint = await decidedOn(principal, input);
        if ("errors" in endpoint) return endpoint;
        const { toVersion } = input;
        const target = await (toVersion === null
          ? revisionToGoBackTo(reader, endpoint)
          : activatedRevision(reader, endpoint, toVersion));
        return target ? rollBack(input, { endpoint, target }) : noRevision(input.endpoint, toVersion);
      },
    }),
    ...[
      {
        name: "suspendDeployment",
        description:
          "Stops what an endpoint serves until somebody resumes it or deploys something else. For approvers.",
        change: suspendDeployment,
      },
      {
        name: "resumeDeployment",
        description: "Lets go on what was suspended. For approvers.",
        change: resumeDeployment,
      },
    ].map(({ change, ...told }) =>
      mutation({
        ...told,
        input: SuspendDeployment,
        things,
        allow: () => true,
        prepare: async (input, principal) => {
          const endpoint = await decidedOn(principal, input);
          return "errors" in endpoint ? endpoint : change(input, endpoint);
        },
      }),
    ),
    mutation({
      name: "reportDeployment",
      description: "Whoever serves the endpoint says that it serves a revision now, or why it cannot.",
      input: ReportDeployment,
      things,
      allow: () => true,
      prepare: async (input, principal) => {
        const endpoint = await lookUpServed(reader, principal, input.deployment);
        return "errors" in endpoint ? endpoint : reportDeployment(input, endpoint, principal.attempt);
      },
    }),
  ];
}

/** The endpoint of a deployment, where the caller may write, or is the service that serves it. */
async function lookUpServed(reader: NodeReader, principal: Principal, id: string): Promise<EndpointNode | Refused> {
  const [state] = await reader.byIds([id]);
  const deployment = state?.type === Deployment.name ? nodeOf(Deployment, state) : undefined;
  if (deployment === undefined || !mayRead(principal, nodeValue(state!)))
    return refuse("UNKNOWN_NODE", ["deployment"], `there is no deployment ${id}`);
  if (!principal.attempt) requireContributor(principal, deployment.namespace, `to report on ${id}`);
  const [endpoint] = await reader.byIds([deployment.endpoint]);
  return nodeOf(Endpoint, endpoint!);
}

async function lookUpModels(
  reader: NodeReader,
  principal: Principal,
  { serves }: Deploy,
): Promise<{ ids: string[] } | Refused> {
  const found = await Promise.all(serves.map(({ modelVersion }) => findNodes(reader, principal, modelVersion)));
  const ids = found.map((nodes) => nodes.find(({ type }) => type === "ModelVersion")?.id);
  const missing = ids.findIndex((id) => id === undefined);
  if (missing < 0) return { ids: ids.flatMap((id) => id ?? []) };
  const { modelVersion } = serves[missing]!;
  const isId = NodeId.safeParse(modelVersion).success;
  const hint = isId || modelVersion.includes("@") ? "" : "; say which version, as @3";
  return refuse("UNKNOWN_NODE", ["serves", String(missing), "modelVersion"], `no model version ${modelVersion}${hint}`);
}

function noRevision(endpoint: string, toVersion: number | null): Refused {
  const what =
    toVersion === null
      ? "has no earlier revision that nobody has gone back from: say which one"
      : `never served revision ${toVersion}`;
  return refuse("UNKNOWN_NODE", ["toVersion"], `${endpoint} ${what}`);
}
