import DataLoader from "dataloader";
import type { NodeState } from "../core/graph-change.ts";
import { referredDigest } from "../core/personal.ts";
import type { LedgerEntry } from "../ports/ledger-store.ts";
import type { NodeHistoryReader } from "../ports/node-history.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import type { TagKind } from "../core/tag-word.ts";
import type { TagRow } from "../ports/tags.ts";
import { documentLoader, type LoadDocument } from "./document-loader.ts";
import { type NodeValue, nodeValue } from "./node-value.ts";
import { can, type Principal } from "./principal.ts";

/** Tags or aliases of a node, or of a value; what is true now, as known now, unless told otherwise. */
export interface TagsOf {
  readonly kind: TagKind;
  readonly column: "node" | "value";
  readonly id: string;
  readonly at?: number | undefined;
  readonly knownSeq?: number | undefined;
}

export interface Loaders {
  /** A node as its reader may see it: a MaskedNode when not at all. @throws when the id names nothing. */
  readonly node: DataLoader<string, NodeValue>;
  /** The ledger's entry of this number. @throws where there is none. */
  readonly entry: DataLoader<number, LedgerEntry>;
  /** In order of key. */
  readonly tags: DataLoader<TagsOf, readonly TagRow[], string>;
  /** A value that stands beside the ledger. @throws QUERY_TOO_COSTLY when one answer would show too much. */
  readonly document: LoadDocument;
  /** These nodes need not be read. */
  know(states: readonly NodeState[]): void;
  /** Shows the caller these nodes whatever else it may read. */
  reveal(ids: readonly string[]): Promise<void>;
}

export function makeLoaders(reader: NodeReader, history: NodeHistoryReader, principal: Principal): Loaders {
  const visible = (state: NodeState): NodeValue => {
    const value = nodeValue(state);
    return mayRead(principal, value) ? value : { id: state.id, type: "MaskedNode" };
  };
  const node = new DataLoader<string, NodeValue>(async (ids) => {
    const found = new Map((await reader.byIds(ids)).map((state) => [state.id, state]));
    return ids.map((id) => {
      const state = found.get(id);
      return state === undefined ? new Error(`the node ${id} is not in SQL`) : visible(state);
    });
  });
  return {
    node,
    entry: entryLoader(history),
    tags: tagLoader(reader),
    document: documentLoader(reader),
    reveal: async (ids) => {
      for (const state of await reader.byIds(ids)) node.clear(state.id).prime(state.id, nodeValue(state));
    },
    know: (states) => {
      for (const state of states) {
        node.clear(state.id);
        // As it was written: what it refers to must be read.
        if (!refersToPersonal(state)) node.prime(state.id, visible(state));
      }
    },
  };
}

function refersToPersonal({ attributes }: NodeState): boolean {
  return Object.values(attributes).some((value) => referredDigest(value) !== null);
}

function entryLoader(history: NodeHistoryReader): Loaders["entry"] {
  return new DataLoader(async (seqs) => {
    const found = new Map((await history.entries(seqs)).map((entry) => [entry.seq, entry]));
    return seqs.map((seq) => found.get(seq) ?? new Error(`the ledger has no entry ${seq}`));
  });
}

/** One read for all that ask for the same kind at the same time. */
function tagLoader(reader: NodeReader): Loaders["tags"] {
  const now = Date.now();
  const read = async (asked: readonly TagsOf[]) => {
    const { kind, column, at = now, knownSeq } = asked[0]!;
    const rows = await reader.tags(kind, { column, ids: asked.map(({ id }) => id) }, { at, knownSeq });
    return Map.groupBy(rows, (row) => (column === "node" ? row.nodeId : row.value));
  };
  const same = ({ kind, column, at, knownSeq }: TagsOf) => JSON.stringify([kind, column, at, knownSeq]);
  return new DataLoader<TagsOf, readonly TagRow[], string>(
    async (asked) => {
      const groups = [...Map.groupBy(asked, same)];
      const found = new Map(await Promise.all(groups.map(async ([key, group]) => [key, await read(group)] as const)));
      return asked.map((one) => found.get(same(one))?.get(one.id) ?? []);
    },
    { cacheKeyFn: (one) => JSON.stringify(one) },
  );
}

/** The position of the first id that names nothing, or nothing that the principal may read; -1 when all are seen. */
export async function firstUnseen(reader: NodeReader, principal: Principal, ids: readonly string[]): Promise<number> {
  const places = await reader.places(ids);
  const seen = new Set(places.filter((place) => mayRead(principal, place)).map(({ id }) => id));
  return ids.findIndex((id) => !seen.has(id));
}

/** Nodes without a namespace (agents, environments, hyperparameters, plugins) are open to whoever has a token. */
export function mayRead(principal: Principal, node: Pick<NodeValue, "id"> & { readonly namespace?: unknown }): boolean {
  if (principal.attempt) return principal.attempt.readable.has(node.id);
  const { namespace } = node;
  return typeof namespace !== "string" || can(principal, "VIEWER", namespace);
}
