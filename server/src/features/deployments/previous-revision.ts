import { nodeOf, type NodeOf } from "../../core/define-node.ts";
import { eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { answeringModels } from "./answering.ts";
import { Deployment } from "./deployment.node.ts";
import type { Endpoint } from "./endpoint.node.ts";

type EndpointNode = NodeOf<typeof Endpoint>;
type Revision = NodeOf<typeof Deployment>;

const PAGE = 50;

/** The revision of this number, if it was ever active. */
export async function activatedRevision(reader: NodeReader, endpoint: EndpointNode, version: number) {
  for await (const revision of activated(reader, endpoint, version)) return revision;
  return null;
}

/** What was active last before these revisions, and is not now. */
export async function revisionBefore(
  reader: NodeReader,
  endpoint: EndpointNode,
  own: ReadonlySet<string>,
): Promise<Revision | null> {
  for await (const revision of activated(reader, endpoint))
    if (revision.id !== endpoint.active && !own.has(revision.id)) return revision;
  return null;
}

/**
 * What to go back to when nobody says: the newest revision before the active one that serves something else, which nobody has gone back from. A
 * revision that a roll-back made stands for the one that it restored: what lies between those two is what was gone back from.
 * @param contentOf what makes two revisions serve the same
 */
export async function revisionToGoBackTo(
  reader: NodeReader,
  endpoint: EndpointNode,
  contentOf: (revision: Revision) => string = servedText,
): Promise<Revision | null> {
  const left = new Set<string>();
  let before = Infinity;
  for await (const revision of activated(reader, endpoint)) {
    const content = contentOf(revision);
    if (revision.id !== endpoint.active && revision.version < before && !left.has(content)) return revision;
    left.add(content);
    before = Math.min(before, standsFor(revision));
  }
  return null;
}

function servedText({ serves }: Revision): string {
  return JSON.stringify(serves);
}

/** The models that answer, whatever their shares and shadows: to go back is to let others answer. */
export function answeringText(revision: Revision): string {
  return answeringModels(revision).toSorted().join(" ");
}

/** What makes another revision that serves again what this one does. */
export function goBackTo(revision: Revision) {
  return { decisionType: "ROLLBACK", serves: revision.serves, restores: standsFor(revision) } as const;
}

/** The number of the revision that this one serves again, or its own. */
function standsFor({ version, restores }: Revision): number {
  return restores ?? version;
}

/** Those that were ever active, the newest first. */
async function* activated(reader: NodeReader, { id }: EndpointNode, version?: number): AsyncGenerator<Revision> {
  const filter = { types: [Deployment.name], namespaces: null, parent: id, ...(version && { version }) };
  for await (const state of eachNode(reader, filter, "NEWEST", PAGE)) {
    const revision = nodeOf(Deployment, state);
    if (revision.activatedAt !== null) yield revision;
  }
}
