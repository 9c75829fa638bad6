import { setImmediate as nextTurn } from "node:timers/promises";
import type { Direction, PartialReason } from "../../ports/lineage-graph.ts";
import { type Column, int32Column } from "./columns.ts";
import { type GraphTable, NO_ARROW } from "./graph-table.ts";
import type { View } from "./view.ts";

/** Arrows looked at between two looks at the clock. */
const ARROWS_A_STEP = 4096;
/** After this long the event loop gets a turn. */
const SLICE_MS = 8;

/** Buffers that a traversal needs and leaves clean for the next one. */
export class Scratch {
  /** Depth + 1 of every reached node, by node; 0 is not reached. */
  depths = new Uint8Array(1024);
  /** Reached nodes, nearest first; the start comes first. */
  readonly order = int32Column();
  /** Arrows that tie a node to one that is a step nearer, layer by layer. */
  readonly ties = int32Column();

  fit(nodes: number): void {
    if (this.depths.length < nodes) this.depths = new Uint8Array(Math.ceil(nodes * 1.25));
  }

  clean(): void {
    for (const node of this.order.data.subarray(0, this.order.length)) this.depths[node] = 0;
    this.order.truncate(0);
    this.ties.truncate(0);
  }
}

export interface Bounds {
  readonly maxDepth: number;
  readonly maxNodes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A breadth-first search from one node. It gives way to other work every few milliseconds; what is applied meanwhile stays out of its
 * sight, as its view ends at the entry it began with.
 */
export class Traversal {
  readonly scratch: Scratch;
  readonly partial: PartialReason[] = [];
  /** Where each layer begins in `scratch.order`: layer 0 is the start. */
  readonly layers: number[] = [0, 1];
  /** Where each layer's ties begin in `scratch.ties`. */
  readonly tieLayers: number[] = [0, 0];

  readonly #view: View;
  readonly #heads: Column<Int32Array>;
  readonly #nexts: Column<Int32Array>;
  readonly #ends: Column<Int32Array>;
  #cursor = 0;
  #arrow: number;
  #isFull = false;
  #hasDeeper = false;

  constructor(table: GraphTable, view: View, start: number, direction: Direction, scratch: Scratch) {
    const up = direction === "UPSTREAM";
    this.scratch = scratch;
    this.#view = view;
    this.#heads = up ? table.outHead : table.inHead;
    this.#nexts = up ? table.nextOut : table.nextIn;
    this.#ends = up ? table.arrowTo : table.arrowFrom;
    scratch.fit(table.ids.length);
    scratch.order.push(start);
    scratch.depths[start] = 1;
    this.#arrow = this.#heads.data[start]!;
  }

  /** Reaches until nothing is left, a bound is met, or `isDone` says after a layer that it is enough. */
  async run(bounds: Bounds, isDone: () => boolean = () => false): Promise<void> {
    const reason = await this.#reach(bounds, isDone);
    if (reason !== null) this.partial.push(reason);
    if (this.layers.at(-1) !== this.scratch.order.length) this.#closeLayer();
  }

  /** Nodes of one layer; none beyond the last. */
  layer(depth: number): Int32Array {
    return this.scratch.order.data.subarray(this.layers[depth], this.layers[depth + 1]);
  }

  /** Arrows that tie a layer to the one before. */
  tiesOf(depth: number): Int32Array {
    return this.scratch.ties.data.subarray(this.tieLayers[depth], this.tieLayers[depth + 1]);
  }

  async #reach(bounds: Bounds, isDone: () => boolean): Promise<PartialReason | null> {
    const pace = new Pace(bounds);
    for (let depth = 1; depth <= bounds.maxDepth; depth++) {
      if (!(await finish(pace, () => this.#expand(depth + 1, bounds.maxNodes)))) return "TIME";
      if (this.#isFull) return "SIZE";
      if (this.layers.at(-1) === this.scratch.order.length) return null;
      this.#closeLayer();
      if (isDone()) return null;
    }
    if (!(await finish(pace, () => this.#probe()))) return "TIME";
    return this.#hasDeeper ? "DEPTH" : null;
  }

  #closeLayer(): void {
    this.layers.push(this.scratch.order.length);
    this.tieLayers.push(this.scratch.ties.length);
  }

  /** Follows some arrows of the newest layer to nodes not reached before; true when the layer is done. */
  #expand(mark: number, maxNodes: number): boolean {
    const { depths, order, ties } = this.scratch;
    const ends = this.#ends.data;
    for (let left = ARROWS_A_STEP; left > 0; left--) {
      if (!this.#toNextNode()) return true;
      const arrow = this.#take();
      if (!this.#view.sees(arrow)) continue;
      const node = ends[arrow]!;
      if (depths[node] === 0) {
        if (order.length > maxNodes) return (this.#isFull = true);
        depths[node] = mark;
        order.push(node);
        ties.push(arrow);
      } else if (depths[node] === mark) ties.push(arrow);
    }
    return false;
  }

  /** Looks whether the deepest layer leads any further. */
  #probe(): boolean {
    const { depths } = this.scratch;
    const ends = this.#ends.data;
    for (let left = ARROWS_A_STEP; left > 0; left--) {
      if (!this.#toNextNode()) return true;
      const arrow = this.#take();
      if (depths[ends[arrow]!] === 0 && this.#view.sees(arrow)) return (this.#hasDeeper = true);
    }
    return false;
  }

  /** Moves on to a node of the newest layer that has an arrow left; false when the layer is done. */
  #toNextNode(): boolean {
    const end = this.layers.at(-1)!;
    while (this.#arrow === NO_ARROW) {
      if (++this.#cursor >= end) return this.#stay();
      this.#arrow = this.#heads.data[this.scratch.order.data[this.#cursor]!]!;
    }
    return true;
  }

  /** The layer is done: the next look at the cursor's node begins with the node after it. */
  #stay(): false {
    this.#cursor--;
    return false;
  }

  #take(): number {
    const arrow = this.#arrow;
    this.#arrow = this.#nexts.data[arrow]!;
    return arrow;
  }
}

/** Repeats a step until it says that it is done; false when time ran out before. */
async function finish(pace: Pace, step: () => boolean): Promise<boolean> {
  do {
    if (pace.isOver()) return false;
    if (pace.wantsTurn()) await pace.turn();
  } while (!step());
  return true;
}

/** Looks at the clock: whether a bound is met, and whether others should have a turn. */
class Pace {
  readonly #bounds: Bounds;
  readonly #startedAt = performance.now();
  #sliceEnd = this.#startedAt + SLICE_MS;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  isOver(): boolean {
    this.#bounds.signal?.throwIfAborted();
    return performance.now() - this.#startedAt >= this.#bounds.timeoutMs;
  }

  wantsTurn(): boolean {
    return performance.now() >= this.#sliceEnd;
  }

  async turn(): Promise<void> {
    await nextTurn();
    this.#sliceEnd = performance.now() + SLICE_MS;
    this.#bounds.signal?.throwIfAborted();
  }
}
