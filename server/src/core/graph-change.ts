import type { Json } from "@clew/schema";
import type { ArrowType } from "./arrows.ts";
import type { StatedValue } from "./stated-value.ts";

export type Attributes = Readonly<Record<string, Json>>;

/** A node as its facts left it: the row in SQL, the head that `decide` reads. Attributes hold every field. */
export interface NodeState {
  readonly id: string;
  readonly type: string;
  readonly attributes: Attributes;
  /** The node that lists this one: the asset of a version, the run of a report. */
  readonly parent: string | null;
  /** The entry that made the node, and the one that last changed it. */
  readonly createdSeq: number;
  readonly changedSeq: number;
}

/** Creates the node, or sets these attributes of it and leaves the others. */
export interface NodeChange {
  readonly op: "node";
  readonly id: string;
  readonly type: string;
  readonly set: Attributes;
  /** Given when the node is made. */
  readonly parent?: string;
  /** By which it can be found from when it is made on. */
  readonly values?: readonly StatedValue[];
}

/** What an arrow carries besides its ends. */
export interface ArrowProperties {
  /** What the target was to the source: `train`, `model`, `evaluation`. */
  readonly role?: string;
  readonly weight?: number;
  readonly mode?: string;
}

/** Draws an arrow; both ends exist. The same (type, from, to, role) drawn twice is one arrow. */
export interface ArrowChange {
  readonly op: "arrow";
  readonly type: ArrowType;
  readonly from: string;
  readonly to: string;
  readonly properties: ArrowProperties;
}

/** Ends the arrows of this type between two nodes: they were true until now and are no longer. */
export interface EndChange {
  readonly op: "end";
  readonly type: ArrowType;
  readonly from: string;
  readonly to: string;
}

export type GraphChange = NodeChange | ArrowChange | EndChange;

/** The changes of one ledger entry. `at` is when the fact happened, in milliseconds since 1970. */
export interface EntryChanges {
  readonly seq: number;
  readonly at: number;
  readonly changes: readonly GraphChange[];
}
