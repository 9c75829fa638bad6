import type { ArrowType } from "../core/arrows.ts";
import type { ArrowProperties, EntryChanges } from "../core/graph-change.ts";

/** How far a graph has followed a ledger: which ledger, its entry `seq` (0 before the first) and that entry's leaf hash in hex. */
export interface Position {
  readonly ledgerId: string;
  readonly seq: number;
  readonly leafHash: string;
}

/** Where an empty graph stands. */
export const NOWHERE: Position = { ledgerId: "", seq: 0, leafHash: "" };

/** Whether a graph that was found at `found` stands at `expected`: an empty graph stands before the first entry of any ledger. */
export function stands(found: Position | null, expected: Position): boolean {
  if (found === null) return expected.seq === 0;
  return found.ledgerId === expected.ledgerId && found.seq === expected.seq && found.leafHash === expected.leafHash;
}

export type Direction = "UPSTREAM" | "DOWNSTREAM";

/** Which arrows a walk sees: those that were true at `at` (milliseconds since 1970), as known after entry `knownSeq`. */
export interface AsOf {
  readonly at?: number;
  readonly knownSeq?: number;
}

/** A depth bound is one of these: each is a Cypher text of its own. */
export const DEPTHS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;
export type Depth = (typeof DEPTHS)[number];

export interface WalkQuery {
  readonly start: string;
  readonly direction: Direction;
  readonly arrows: readonly ArrowType[];
  readonly maxDepth: Depth;
  readonly asOf: AsOf;
  /** Only nodes of these types are hits; others are walked through. Empty means every type. */
  readonly types: readonly string[];
  /** Hits are ordered by (depth, id); a page begins after this one. */
  readonly after: { readonly depth: number; readonly id: string } | null;
  readonly limit: number;
  /** The walk stops when it has reached this many nodes, the start not counted. */
  readonly maxNodes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Why a hit belongs to the answer: an arrow that ties it to a node one step nearer to the start. */
export interface Via {
  readonly arrow: ArrowType;
  /** The nearer node; the arrow runs from it to the hit when walking upstream, the other way when walking downstream. */
  readonly nearer: string;
  readonly properties: ArrowProperties;
}

export interface Hit {
  readonly id: string;
  readonly type: string;
  /** Length of the shortest way from the start. */
  readonly depth: number;
  readonly via: readonly Via[];
}

/** What a walk left out: deeper nodes exist, more nodes than `maxNodes` exist, or time ran out. */
export type PartialReason = "DEPTH" | "SIZE" | "TIME";

export interface WalkResult {
  readonly hits: readonly Hit[];
  /** More hits follow this page. */
  readonly hasMore: boolean;
  readonly partial: readonly PartialReason[];
  /** How far the graph was when it answered; {@link NOWHERE} when it was empty. */
  readonly position: Position;
}

export interface PathsQuery {
  readonly from: string;
  readonly to: string;
  readonly arrows: readonly ArrowType[];
  readonly maxDepth: Depth;
  readonly asOf: AsOf;
  /** At most this many shortest paths. */
  readonly limit: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A path as node ids from the later to the earlier end, and the arrows between them (one fewer). */
export interface Path {
  readonly nodes: readonly string[];
  readonly arrows: readonly ArrowType[];
}

export interface CountQuery extends Omit<WalkQuery, "after" | "limit"> {}

export interface CountResult {
  /** Reached nodes by type, the start not counted. */
  readonly byType: Readonly<Record<string, number>>;
  readonly partial: readonly PartialReason[];
  readonly position: Position;
}

/**
 * The graph of the lineage: a projection of the ledger that can be dropped and built again. It applies changes and walks; it never
 * interprets a fact.
 */
export interface LineageGraph {
  /**
   * Applies a batch in one transaction and moves the position from `from` to `to` in it.
   * @throws {PositionMismatch} when the graph's position is not `from`: nothing was applied.
   * @throws {MissingEndpoint} when an arrow's end does not exist: nothing was applied.
   */
  apply(entries: readonly EntryChanges[], from: Position, to: Position): Promise<void>;
  /** Null while the graph is empty. */
  position(): Promise<Position | null>;
  /** Nodes reached from `start` (which is no hit itself), nearest first. An unknown start reaches nothing. */
  walk(query: WalkQuery): Promise<WalkResult>;
  /**
   * Shortest paths from the later node `from` upstream to `to`; all have the same length. None when a node is unknown, too far, or when
   * both are the same.
   * @throws {TimeRanOut}
   */
  paths(query: PathsQuery): Promise<readonly Path[]>;
  count(query: CountQuery): Promise<CountResult>;
  /** Empties the graph, its position too. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export class PositionMismatch extends Error {
  readonly expected: Position;
  readonly found: Position | null;

  constructor(expected: Position, found: Position | null) {
    super(
      `the graph stands at ${found ? `${found.ledgerId} entry ${found.seq}` : "nothing"}, not at ${expected.ledgerId} entry ${expected.seq}`,
    );
    this.expected = expected;
    this.found = found;
  }
}

export class MissingEndpoint extends Error {
  constructor(detail: string) {
    super(`an arrow names a node that does not exist: ${detail}`);
  }
}

/** A question that has no partial answer was not answered in its time. */
export class TimeRanOut extends Error {
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** The graph store does not answer; the reader may try again, or use what SQL answers. */
export class GraphUnavailable extends Error {
  constructor(cause: unknown) {
    super("the graph store does not answer", { cause });
  }
}
