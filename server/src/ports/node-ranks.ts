import type { NodeState } from "../core/graph-change.ts";
import type { NodeFilter } from "./node-reader.ts";

export type RankDirection = "ASC" | "DESC";

/** Where a node stands among those that have a value; the numbers of NaN are null, and last in either direction. */
export interface Rank {
  readonly number: number | null;
  /** Tells an infinite number from the largest that is not. */
  readonly text: string;
  /** Equal numbers: as the nodes were made, or by id. */
  readonly seq: number;
  readonly id: string;
}

export interface RankedNode {
  readonly node: NodeState;
  readonly rank: Rank;
}

/** A page of a ranking. */
export interface RankPage {
  readonly name: string;
  readonly direction: RankDirection;
  /** The last of the page before. */
  readonly after: Rank | null;
  readonly limit: number;
}

/** Children of one node, by the best number of sources that name them. */
export interface NamedBy {
  readonly parent: string;
  readonly type: string;
  readonly source: string;
  /** The value by which a source names them. */
  readonly by: string;
  /** Sources count in these namespaces; null is every one. */
  readonly namespaces: readonly string[] | null;
}

/** Lists by a value that is a number: only nodes that have it. */
export interface NodeRanks {
  /** Nodes of one type by a value of their own. */
  own(filter: NodeFilter, page: RankPage): Promise<readonly RankedNode[]>;
  /** Nodes by the largest of their numbers, the smallest where the direction is ASC. */
  best(of: NamedBy, page: RankPage): Promise<readonly RankedNode[]>;
}
