import { type EdgeEnd, endsOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { NodeReader } from "../../ports/node-reader.ts";

/** What an attempt of a run may read: the run, its inputs, and for a service its endpoint with what that shall serve and serves. */
export async function attemptReach(reader: NodeReader, run: NodeState): Promise<ReadonlySet<string>> {
  const reach = new Set([run.id, ...endsIn(run, "inputs")]);
  const endpoints = await reader.byIds(textsIn(run, "endpoint"));
  const deployments = await reader.byIds(endpoints.flatMap((endpoint) => textsIn(endpoint, "wanted", "active")));
  for (const { id } of [...endpoints, ...deployments]) reach.add(id);
  for (const id of deployments.flatMap((deployment) => endsIn(deployment, "serves"))) reach.add(id);
  return reach;
}

function textsIn({ attributes }: NodeState, ...fields: readonly string[]): string[] {
  return fields.map((field) => attributes[field]).filter((value) => typeof value === "string");
}

function endsIn({ attributes }: NodeState, field: string): string[] {
  return endsOf(attributes[field]).map(({ id }: EdgeEnd) => id);
}
