import type { Json } from "@clew/schema";
import type { Attributes, NodeState } from "../../core/graph-change.ts";
import { referredDigest } from "../../core/personal.ts";
import type { LedgerEntry, LedgerHead } from "../../ports/ledger-store.ts";
import type { TagKind } from "../../core/tag-word.ts";
import { facetsOf } from "./node-facets.ts";
import type { TagRow } from "../../ports/tags.ts";

/** A bigint column: SQLite gives numbers, PostgreSQL text. All of ours are below 2^53. */
export type BigIntColumn = number | string;

/** Rows as the databases give them back. */
export interface NodeRow {
  id: string;
  type: string;
  attributes: string;
  parent: string | null;
  created_seq: BigIntColumn;
  changed_seq: BigIntColumn;
}

export interface LedgerRow {
  seq: BigIntColumn;
  recorded_at: BigIntColumn;
  type: string;
  bytes: Uint8Array;
  leaf_hash: string;
}

export interface HeadRow {
  ledger_id: string;
  seq: BigIntColumn;
  recorded_at: BigIntColumn;
  leaf_hash: string;
}

/** A column's name: sizeBytes is size_bytes. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A belief as the databases give it back. */
export interface TagColumns {
  node_id: string;
  kind: TagKind;
  key: string;
  recorded_seq: BigIntColumn;
  valid_from: BigIntColumn;
  value: string;
  valid_to: BigIntColumn | null;
  ended_seq: BigIntColumn | null;
}

export const TAG_COLUMNS = "node_id, kind, key, recorded_seq, valid_from, value, valid_to, ended_seq";

export function toTag(row: TagColumns): TagRow {
  const orNull = (column: BigIntColumn | null) => (column === null ? null : Number(column));
  return {
    nodeId: row.node_id,
    kind: row.kind,
    key: row.key,
    recordedSeq: Number(row.recorded_seq),
    validFrom: Number(row.valid_from),
    value: row.value,
    validTo: orNull(row.valid_to),
    endedSeq: orNull(row.ended_seq),
  };
}

/** A belief's columns in the order of TAG_COLUMNS. */
export function tagColumns(t: TagRow) {
  return [t.nodeId, t.kind, t.key, t.recordedSeq, t.validFrom, t.value, t.validTo, t.endedSeq] as const;
}

export const NODE_COLUMNS = "id, type, attributes, parent, created_seq, changed_seq";

export function toNode(row: NodeRow): NodeState {
  return {
    id: row.id,
    type: row.type,
    attributes: JSON.parse(row.attributes) as Attributes,
    parent: row.parent,
    createdSeq: Number(row.created_seq),
    changedSeq: Number(row.changed_seq),
  };
}

export function toEntry(row: LedgerRow): LedgerEntry {
  return {
    seq: Number(row.seq),
    recordedAt: Number(row.recorded_at),
    type: row.type,
    bytes: row.bytes,
    leafHash: row.leaf_hash,
  };
}

export function toHead(row: HeadRow): LedgerHead {
  return {
    ledgerId: row.ledger_id,
    seq: Number(row.seq),
    recordedAt: Number(row.recorded_at),
    leafHash: row.leaf_hash,
  };
}

/** PostgreSQL's text holds no U+0000. These columns only find a row; what the node says stands in its attributes, where JSON escapes it. */
function text(value: Json | undefined): string | null {
  return typeof value === "string" ? value.replaceAll("\u0000", "") : null;
}

/** The columns of a node's row, in the order that both writers use: attributes of these names are also columns of their own. */
export function nodeColumns(
  node: NodeState,
): [
  id: string,
  type: string,
  namespace: string | null,
  name: string | null,
  version: number | null,
  parent: string | null,
  state: string | null,
  digest: string | null,
  attributes: string,
  createdSeq: number,
  changedSeq: number,
  facet1: string | null,
  facet2: string | null,
  facet3: string | null,
  facet4: string | null,
  ends: string | null,
] {
  const { namespace, name, version, state, digest } = node.attributes;
  return [
    node.id,
    node.type,
    text(namespace),
    // Of a personal name its digest, which leads to the name in `personal`.
    text(referredDigest(name) ?? name),
    typeof version === "number" ? version : null,
    node.parent,
    text(state),
    text(digest),
    JSON.stringify(node.attributes),
    node.createdSeq,
    node.changedSeq,
    ...facetsOf(node),
  ];
}
