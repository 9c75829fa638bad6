import { type ColumnLineage, formatKey } from "@clew/schema";
import { documentReference } from "../../core/document.ts";
import { type EdgeEnd, endsOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import { ANSWER_DOCUMENTS_MAX_BYTES } from "../../graphql/document-loader.ts";
import { mayRead } from "../../graphql/loaders.ts";
import { nodeValue } from "../../graphql/node-value.ts";
import type { Principal } from "../../graphql/principal.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { VersionColumns } from "./column-flow.ts";

/** Nodes held at once: they are larger than what is kept of them. */
const PAGE = 500;

export interface ReadVersions {
  readonly versions: readonly VersionColumns[];
  /** Those that who asks may not read, which are left out, and those whose run it may not read, which come without inputs. */
  readonly hidden: readonly string[];
  /** Column lineage of some is left out: together it is larger than one answer may read. */
  readonly isCut: boolean;
}

type Inputs = ReadonlyMap<string, readonly EdgeEnd[]>;

/** A version whose column lineage may still have to be read. */
interface StoredVersion extends Omit<VersionColumns, "lineage"> {
  readonly stored: unknown;
}

/** Versions with what is known of their columns: for each page one read for them and one for their runs, and one for all that is large. */
export async function readVersions(
  reader: NodeReader,
  principal: Principal,
  ids: readonly string[],
): Promise<ReadVersions> {
  const versions: StoredVersion[] = [];
  const hidden: string[] = [];
  for (let at = 0; at < ids.length; at += PAGE) {
    const found = await reader.byIds(ids.slice(at, at + PAGE));
    const inputs = await inputsOf(reader, principal, found);
    for (const state of found) {
      const isSeen = mayRead(principal, nodeValue(state));
      const run = runOf(state);
      if (isSeen) versions.push(storedVersion(state, inputs));
      if (!isSeen || (run !== null && !inputs.has(run))) hidden.push(state.id);
    }
  }
  return { ...(await withLineage(reader, versions)), hidden };
}

/** What the runs that made these versions were given, by the id of the run: of those that may be read. */
async function inputsOf(reader: NodeReader, principal: Principal, versions: readonly NodeState[]): Promise<Inputs> {
  const runs = await reader.byIds([...new Set(versions.flatMap((version) => runOf(version) ?? []))]);
  const seen = runs.filter((run) => mayRead(principal, nodeValue(run)));
  return new Map(seen.map(({ id, attributes }) => [id, endsOf(attributes["inputs"])]));
}

function runOf({ attributes }: NodeState): string | null {
  const run = attributes["generatedBy"];
  return typeof run === "string" ? run : null;
}

function storedVersion(state: NodeState, inputs: Inputs): StoredVersion {
  const { id, createdSeq, attributes } = state;
  return {
    id,
    asset: formatKey(attributes as never),
    createdSeq,
    inputs: [...(inputs.get(runOf(state) ?? "") ?? []), ...endsOf(attributes["derivedFrom"])],
    stored: attributes["columnLineage"],
  };
}

/** What stands beside the ledger is read once each, as far as there is room: that of what was made first, on which the rest depends. */
async function withLineage(reader: NodeReader, versions: readonly StoredVersion[]) {
  const oldest = versions.toSorted((a, b) => a.createdSeq - b.createdSeq);
  const references = new Map(
    oldest.flatMap(({ stored }) => {
      const reference = documentReference(stored);
      return reference === null ? [] : [[reference.$document, reference.sizeBytes] as const];
    }),
  );
  let bytes = 0;
  const wanted = [...references].filter(([, sizeBytes]) => (bytes += sizeBytes) <= ANSWER_DOCUMENTS_MAX_BYTES);
  const texts = await reader.documents(wanted.map(([digest]) => digest));
  const documents = new Map([...texts].map(([digest, text]) => [digest, JSON.parse(text) as ColumnLineage[]]));
  const lineageOf = (stored: unknown) => {
    const reference = documentReference(stored);
    return reference === null ? (stored as readonly ColumnLineage[]) : (documents.get(reference.$document) ?? []);
  };
  return {
    versions: oldest.map(({ stored, ...version }) => ({ ...version, lineage: lineageOf(stored) })),
    isCut: wanted.length < references.size,
  };
}
