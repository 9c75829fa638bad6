import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { NodeCursor, NodeFilter, NodeReader } from "../../ports/node-reader.ts";
import { Deployment } from "../deployments/index.ts";
import { modelsOf } from "./inventory.ts";

const PAGE = 500;
/** Deployments that are looked at for one page. */
const LOOKED_AT_MAX = 10_000;

/** Deployments, and where the next page begins; null where there is nothing more. */
export interface UnassignedPage {
  readonly found: readonly NodeState[];
  readonly next: NodeCursor | null;
}

/** What is served now for no use case, the newest first: neither the endpoint is for one, nor a model that it serves. */
export async function unassignedDeployments(
  reader: NodeReader,
  namespaces: NodeFilter["namespaces"],
  after: NodeCursor | null,
  size: number,
): Promise<UnassignedPage> {
  const filter = { types: [Deployment.name], namespaces, states: ["ACTIVE"] };
  const found: NodeState[] = [];
  let from = after;
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += PAGE) {
    const page = await reader.list(filter, "NEWEST", from, PAGE);
    const isAssigned = await assignedAmong(reader, page);
    for (const state of page) {
      from = { createdSeq: state.createdSeq, name: "", id: state.id };
      if (!isAssigned(state)) found.push(state);
      if (found.length === size) return { found, next: from };
    }
    if (page.length < PAGE) return { found, next: null };
  }
  return { found, next: from };
}

async function assignedAmong(
  reader: NodeReader,
  page: readonly NodeState[],
): Promise<(deployment: NodeState) => boolean> {
  const deployments = page.map((state) => nodeOf(Deployment, state));
  const models = await modelsOf(reader, deployments);
  const behind = ({ endpoint, serves }: NodeOf<typeof Deployment>) => [
    endpoint,
    ...serves.map(({ id }) => models.get(id) ?? ""),
  ];
  const things = await reader.byIds([...new Set(deployments.flatMap(behind))]);
  const assigned = new Set(things.flatMap(({ id, attributes }) => (attributes["useCase"] == null ? [] : [id])));
  return (state) => behind(nodeOf(Deployment, state)).some((id) => assigned.has(id));
}
