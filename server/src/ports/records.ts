import type { NodeState } from "../core/graph-change.ts";
import type { FileRow } from "./ledger-store.ts";
import type { TagRead, TagRow } from "./tags.ts";
import type { ValueRow } from "./value-row.ts";

/** The tables that people read and that entries tell: what they hold can be compared with the ledger. */
export type RecordTable = "node" | "node_history" | "tag" | "value" | "file";

/** A row of `node` as it stands, whatever it holds. */
export interface NodeRecord {
  readonly id: string;
  readonly type: string;
  /** Columns that follow from attributes of these names, for look-ups and lists. */
  readonly namespace: string | null;
  readonly name: string | null;
  readonly version: number | null;
  readonly state: string | null;
  readonly digest: string | null;
  readonly parent: string | null;
  /** What follows from other attributes, for lists: as the adapter keeps it. */
  readonly facet1: string | null;
  readonly facet2: string | null;
  readonly facet3: string | null;
  readonly facet4: string | null;
  readonly ends: string | null;
  /** JSON text. */
  readonly attributes: string;
  readonly createdSeq: number;
  readonly changedSeq: number;
}

/** A row of `node_history`: what a node was from an entry on, until another replaced it. */
export interface PastRecord {
  readonly id: string;
  readonly fromSeq: number;
  readonly untilSeq: number;
  /** JSON text. */
  readonly attributes: string;
}

/** Where a row stands: its primary key, the node it is about, and the entries that are to have made and ended it. */
export interface RecordKey {
  readonly key: readonly (string | number)[];
  /** Null for a value, whose row does not say it. */
  readonly nodeId: string | null;
  /** Of files, which have one key for each version: the entry that made the version; null where there is none. */
  readonly fromSeq: number | null;
  /** Null where the row still holds. */
  readonly untilSeq: number | null;
}

/** Which rows of nodes and tags a range of entries tells of. */
export interface EntryRange {
  /** The entry before the first one. */
  readonly after: number;
  readonly upTo: number;
}

/** Reads the rows that entries tell, exactly as they are stored, for comparison with the ledger. */
export interface Records {
  nodes(ids: readonly string[]): Promise<readonly NodeRecord[]>;
  /** What these nodes were: the row that began last before the range, and those that began in it. */
  past(ids: readonly string[], range: EntryRange): Promise<readonly PastRecord[]>;
  /** Beliefs of the keys that an entry of the range made or ended, and those that held before it and were not over before `from`. */
  tags(keys: readonly TagRead[], range: EntryRange): Promise<readonly TagRow[]>;
  /** Files of these versions by version and path, at most `limit`. */
  files(versionIds: readonly string[], limit: number): Promise<readonly FileRow[]>;
  /** Which of these values have a row: their places in the list. */
  values(values: readonly ValueRow[]): Promise<ReadonlySet<number>>;
  /** How many values nodes have which entries up to this one made. */
  countValues(seq: number): Promise<number>;
  /** How many nodes entries up to this one made. */
  countNodes(seq: number): Promise<number>;
  /** Keys in their order, after the given one. */
  keys(table: RecordTable, after: RecordKey | null, limit: number): Promise<readonly RecordKey[]>;
  /** The row that the store writes for a state. */
  nodeRow(state: NodeState): NodeRecord;
  /** The key of the row that the store writes for a value. */
  valueKey(value: ValueRow): RecordKey["key"];
}
