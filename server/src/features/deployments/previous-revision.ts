import { nodeOf, type NodeOf } from "../../core/define-node.ts";
import { eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { Deployment } from "./deployment.node.ts";
import type { Endpoint } from "./endpoint.node.ts";

type Revision = NodeOf<typeof Deployment>;

const PAGE = 50;

/**
 * The revision to go back to, if it was ever active: that of this number. Without a number the newest before the one that is active now (where
 * none is, the newest that ever was) which serves something else; before one that a roll-back made it is what was before the one that
 * it restored, so that to go back twice never leads to what somebody has gone back from. Never one of `without`.
 */
export async function previousRevision(
  reader: NodeReader,
  endpoint: NodeOf<typeof Endpoint>,
  version: number | null,
  without: ReadonlySet<string> = new Set(),
): Promise<Revision | null> {
  const filter = { types: [Deployment.name], namespaces: null, parent: endpoint.id, ...(version && { version }) };
  let now: Revision | null = null;
  let before = Infinity;
  for await (const state of eachNode(reader, filter, "NEWEST", PAGE)) {
    const revision = nodeOf(Deployment, state);
    if (revision.activatedAt === null || revision.version >= before) continue;
    if (version) return revision;
    if (revision.id === endpoint.active) now = revision;
    else if (!without.has(revision.id) && !servesSame(revision, now)) return revision;
    before = standsFor(revision);
  }
  return null;
}

/** What makes another revision that serves again what this one does. */
export function goBackTo(revision: Revision) {
  return { decisionType: "ROLLBACK", serves: revision.serves, restores: standsFor(revision) } as const;
}

/** The number of the revision that this one serves again, or its own. */
function standsFor({ version, restores }: Revision): number {
  return restores ?? version;
}

function servesSame({ serves }: Revision, other: Revision | null): boolean {
  return other !== null && JSON.stringify(serves) === JSON.stringify(other.serves);
}
