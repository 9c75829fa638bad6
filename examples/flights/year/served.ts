import { type ClewClient, CliError } from "@clew/cli";
import { DeploymentByIdDocument, type DeploymentByIdQuery, EndpointDocument } from "@clew/schema/graphql";
import { ENDPOINT } from "./loop.ts";

type Deployment = Extract<NonNullable<DeploymentByIdQuery["node"]>, { __typename: "Deployment" }>;

/** A model version. */
export interface Model {
  readonly id: string;
  readonly key: string;
}

/** The key of the model that answers; null while another revision is to be served. */
export async function servedModel(client: ClewClient): Promise<string | null> {
  const { endpoint } = await client.request(EndpointDocument, { key: ENDPOINT });
  if (endpoint?.activeDeployment?.id !== endpoint?.wantedDeployment?.id) return null;
  const active = endpoint?.versions.nodes.find(({ id }) => id === endpoint.activeDeployment?.id);
  return (active && liveOf(active.serves)?.key) ?? null;
}

/** The model by which a deployment, given by its id, answers. */
export async function modelOf(client: ClewClient, deployment: string): Promise<Model> {
  const { node } = await client.request(DeploymentByIdDocument, { id: deployment });
  const live = node?.__typename === "Deployment" ? liveOf(node.serves) : null;
  if (live === null) throw new CliError(`nobody knows what ${deployment} serves`);
  return live;
}

function liveOf(serves: Deployment["serves"]): Model | null {
  const live = serves.find(({ mode }) => mode === "LIVE")?.node;
  return live !== undefined && "key" in live ? { id: live.id, key: live.key } : null;
}
