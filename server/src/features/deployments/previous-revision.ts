import { nodeOf, type NodeOf } from "../../core/define-node.ts";
import type { NodeCursor, NodeReader } from "../../ports/node-reader.ts";
import { Deployment } from "./deployment.node.ts";
import type { Endpoint } from "./endpoint.node.ts";

const PAGE = 50;

/**
 * The revision of this number, if it was ever active. Without a number, the newest that was active before the one that is active now (or,
 * where none is, the newest that ever was).
 */
export async function previousRevision(
  reader: NodeReader,
  endpoint: NodeOf<typeof Endpoint>,
  version: number | null,
): Promise<NodeOf<typeof Deployment> | null> {
  const filter = { types: [Deployment.name], namespaces: null, parent: endpoint.id, ...(version && { version }) };
  for (let after: NodeCursor | null = null; ; ) {
    const page = await reader.list(filter, "NEWEST", after, PAGE);
    const revisions = page.map((state) => nodeOf(Deployment, state));
    const found = revisions.find(({ id, activatedAt }) => activatedAt !== null && (version || id !== endpoint.active));
    const last = page.at(-1);
    if (found || last === undefined || page.length < PAGE) return found ?? null;
    after = { createdSeq: last.createdSeq, name: "", id: last.id };
  }
}
