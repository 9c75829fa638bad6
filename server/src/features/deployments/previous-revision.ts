import { nodeOf, type NodeOf } from "../../core/define-node.ts";
import { eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { Deployment } from "./deployment.node.ts";
import type { Endpoint } from "./endpoint.node.ts";

const PAGE = 50;

/**
 * The revision of this number, if it was ever active. Without a number, the newest that was active before the one that is active now (or,
 * where none is, the newest that ever was). Never one of `without`.
 */
export async function previousRevision(
  reader: NodeReader,
  endpoint: NodeOf<typeof Endpoint>,
  version: number | null,
  without: ReadonlySet<string> = new Set(),
): Promise<NodeOf<typeof Deployment> | null> {
  const filter = { types: [Deployment.name], namespaces: null, parent: endpoint.id, ...(version && { version }) };
  for await (const state of eachNode(reader, filter, "NEWEST", PAGE)) {
    const revision = nodeOf(Deployment, state);
    if (revision.activatedAt === null || without.has(revision.id)) continue;
    if (version || revision.id !== endpoint.active) return revision;
  }
  return null;
}
