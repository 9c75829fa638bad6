import type { NodeState } from "../core/graph-change.ts";
import type { FileRow } from "../ports/ledger-store.ts";
import type { Records } from "../ports/records.ts";
import type { RecordFault } from "./record-difference.ts";

/** The digest that a version has which holds these files. */
export type ContentDigest = (version: NodeState, files: readonly FileRow[]) => Promise<string>;

/** Files that are read at once, as long as each version alone has fewer. */
const FILES = 5_000;

/**
 * The first of some new nodes whose files are not those that it states. Entries hold no list of files, but each version's digest covers
 * their paths, sizes and digests.
 */
export async function filesFault(
  nodes: readonly NodeState[],
  records: Pick<Records, "files">,
  contentDigest: ContentDigest,
  onRows: (rows: number) => void,
): Promise<RecordFault | null> {
  for (const part of parts(nodes)) {
    const stated = part.reduce((sum, node) => sum + fileCount(node), 0);
    // One more than stated: too many shall be found without reading all of them.
    const rows = await records.files(
      part.map(({ id }) => id),
      stated + 1,
    );
    onRows(rows.length);
    const byVersion = Map.groupBy(rows, ({ versionId }) => versionId);
    for (const node of part) {
      const reason = await reasonAgainst(node, byVersion.get(node.id) ?? [], contentDigest);
      if (reason !== null) return { table: "file", id: node.id, field: null, seq: node.createdSeq, reason };
    }
  }
  return null;
}

/** In the order of their rows, so that of a part the version with too many is the first that is wrong. */
function* parts(nodes: readonly NodeState[]): Iterable<readonly NodeState[]> {
  let part: NodeState[] = [];
  let files = 0;
  for (const node of nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (files > 0 && files + fileCount(node) > FILES) {
      yield part;
      [part, files] = [[], 0];
    }
    part.push(node);
    files += fileCount(node);
  }
  if (part.length > 0) yield part;
}

function fileCount({ attributes }: NodeState): number {
  const { fileCount: count } = attributes;
  return typeof count === "number" ? count : 0;
}

async function reasonAgainst(
  node: NodeState,
  files: readonly FileRow[],
  contentDigest: ContentDigest,
): Promise<string | null> {
  const stated = fileCount(node);
  if (files.length !== stated) {
    const found = files.length > stated ? `more than ${stated} rows` : `${files.length} rows`;
    return `the ledger says ${stated} files, there are ${found}`;
  }
  if (stated === 0) return null;
  const digest = await contentDigest(node, files);
  if (digest === node.attributes["digest"]) return null;
  return `the ledger says that its content is ${JSON.stringify(node.attributes["digest"])}, the rows make ${digest}`;
}
