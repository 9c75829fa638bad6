import { type EdgeEnd, endsOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { NodeReader } from "../../ports/node-reader.ts";

/** Revisions of its endpoint that a monitor may still tell of: it tells of a window when that is over, and of labels long after. */
const REVISIONS_MAX = 100;

/**
 * What an attempt of a run may read: the run, its inputs, and for a service its endpoint with what that shall serve and serves; a monitor reads
 * what its endpoint has served before as well.
 */
export async function attemptReach(reader: NodeReader, run: NodeState): Promise<ReadonlySet<string>> {
  const reach = new Set([run.id, ...endsIn(run, "inputs")]);
  const endpoints = await reader.byIds(textsIn(run, "endpoint"));
  const deployments = await reader.byIds(endpoints.flatMap((endpoint) => textsIn(endpoint, "wanted", "active")));
  const revisions = run.attributes["runType"] === "MONITORING" ? await revisionsOf(reader, endpoints) : [];
  for (const { id } of [...endpoints, ...deployments, ...revisions]) reach.add(id);
  for (const id of [...deployments, ...revisions].flatMap((deployment) => endsIn(deployment, "serves"))) reach.add(id);
  return reach;
}

async function revisionsOf(reader: NodeReader, endpoints: readonly NodeState[]): Promise<readonly NodeState[]> {
  const pages = endpoints.map(({ id }) => {
    const filter = { types: ["Deployment"], namespaces: null, parent: id };
    return reader.list(filter, "NEWEST", null, REVISIONS_MAX);
  });
  return (await Promise.all(pages)).flat();
}

function textsIn({ attributes }: NodeState, ...fields: readonly string[]): string[] {
  return fields.map((field) => attributes[field]).filter((value) => typeof value === "string");
}

function endsIn({ attributes }: NodeState, field: string): string[] {
  return endsOf(attributes[field]).map(({ id }: EdgeEnd) => id);
}
