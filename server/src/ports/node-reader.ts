import type { NodeDefinition } from "../core/define-node.ts";
import type { NodeState } from "../core/graph-change.ts";
import type { TagKind } from "../core/tag-word.ts";
import type { FileRow } from "./ledger-store.ts";
import type { TagRow, TagTime } from "./tags.ts";
import type { ValueCondition } from "./value-condition.ts";

/** The database gave up on a read that took longer than it may. */
export class ReadTimedOut extends Error {
  constructor(options?: ErrorOptions) {
    super("the database took too long; ask for less at once", options);
  }
}

/** The attribute at `path` (`plugin.name`) is one of these texts, or begins with one. Made by {@link attributeIs} and {@link attributeBegins}. */
export type AttributeCondition = { readonly path: string } & (
  | { readonly values: readonly string[] }
  | { readonly prefix: string }
);

/** An edge to many nodes has this one among its ends. Made by {@link edgeLeadsTo}. */
export interface EdgeCondition {
  readonly field: string;
  readonly to: string;
  /** The entry that made that node: what leads to it is no older. */
  readonly fromSeq: number;
}

/** Which nodes a list holds. Every condition given must hold; one that must be one of no values finds nothing. */
export interface NodeFilter {
  readonly types: readonly string[];
  /** Only these namespaces: null is every one (an admin's list). */
  readonly namespaces: readonly string[] | null;
  readonly parent?: string;
  /** Children of any of these. */
  readonly parents?: readonly string[];
  readonly states?: readonly string[];
  /** Exact name. */
  readonly name?: string;
  /** Part of the name, whatever the case. */
  readonly nameContains?: string;
  /** Both conditions look for personal names as well, where those are kept. */
  readonly personalNames?: boolean;
  /** Not those whose personal name was erased. */
  readonly notErased?: true;
  readonly version?: number;
  /** Of one type: by values of theirs, or of nodes that they are linked with. */
  readonly values?: readonly ValueCondition[];
  /** Nodes that had all of these tags at a time; a null value is any. */
  readonly tagged?: { readonly tags: readonly { key: string; value: string | null }[]; readonly at: number };
  /** Of a list of one type. */
  readonly attributes?: readonly AttributeCondition[];
  /** Attributes of the parent, which is of this type. */
  readonly parentIs?: { readonly type: string; readonly attributes: readonly AttributeCondition[] };
  /** Of a list of one type. */
  readonly edges?: readonly EdgeCondition[];
  /** Made by these entries: from the first on, and before the second. */
  readonly created?: { readonly fromSeq?: number; readonly untilSeq?: number };
  /** Of nodes whose content has a digest: how that begins. */
  readonly digestPrefix?: string;
  /** These as well, whatever their type and name, where namespace, tags and entry are as the filter has them. */
  readonly alsoIds?: readonly string[];
}

/** @throws for a path that the definition does not declare as indexed: a list would read every node of the type. */
export function attributeIs(definition: NodeDefinition, path: string, values: readonly string[]): AttributeCondition {
  requireIndex(definition, path);
  return { path, values };
}

/** For texts of one case, as hex digits. @throws as {@link attributeIs} does */
export function attributeBegins(definition: NodeDefinition, path: string, prefix: string): AttributeCondition {
  requireIndex(definition, path);
  return { path, prefix };
}

/** @throws as {@link attributeIs} does */
export function edgeLeadsTo(definition: NodeDefinition, field: string, to: NodeState): EdgeCondition {
  requireIndex(definition, field);
  return { field, to: to.id, fromSeq: to.createdSeq };
}

function requireIndex({ name, indexed }: NodeDefinition, path: string): void {
  if (!indexed.includes(path))
    throw new Error(`${name}.${path} has no index: its definition must say that it is indexed`);
}

export type NodeOrder = "NEWEST" | "OLDEST" | "NAME";

/** Where a page begins: the last row of the page before. */
export interface NodeCursor {
  readonly createdSeq: number;
  readonly name: string;
  readonly id: string;
}

/** Every node of a list by the order in which they were made, read page by page as far as it is asked for. */
export async function* eachNode(
  reader: Pick<NodeReader, "list">,
  filter: NodeFilter,
  order: Exclude<NodeOrder, "NAME">,
  pageSize: number,
): AsyncGenerator<NodeState> {
  for (let after: NodeCursor | null = null; ; ) {
    const page: readonly NodeState[] = await reader.list(filter, order, after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = { createdSeq: last.createdSeq, name: "", id: last.id };
  }
}

/** The little of a node that says who may read it. */
export interface NodePlace {
  readonly id: string;
  readonly namespace: string | null;
}

/** Lists, look-ups and search over the nodes in SQL. They work while the graph store is down. */
export interface NodeReader {
  /** The nodes of these ids, those that exist, in any order. */
  byIds(ids: readonly string[]): Promise<readonly NodeState[]>;
  /** The same nodes' places: what asks only whether it may read them need not read them. */
  places(ids: readonly string[]): Promise<readonly NodePlace[]>;
  list(filter: NodeFilter, order: NodeOrder, after: NodeCursor | null, limit: number): Promise<readonly NodeState[]>;
  /** At most `cap`: a count that reaches it is a lower bound. */
  count(filter: NodeFilter, cap: number): Promise<number>;
  files(versionId: string, afterPath: string, limit: number): Promise<readonly FileRow[]>;
  /** Every version that holds a file with this digest. */
  versionsOfFile(digest: string, limit: number): Promise<readonly FileRow[]>;
  /** The personal values that attributes refer to, by digest: those that were not erased. */
  personal(digests: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The texts of documents that attributes refer to, by digest. */
  documents(digests: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What was said of these nodes, or with these values, by key. */
  tags(
    kind: TagKind,
    of: { readonly column: "node" | "value"; readonly ids: readonly string[] },
    time: TagTime,
  ): Promise<readonly TagRow[]>;
}
