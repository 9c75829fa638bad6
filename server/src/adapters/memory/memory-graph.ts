import { existsSync } from "node:fs";
import type { EntryChanges } from "../../core/graph-change.ts";
import {
  type CountQuery,
  type CountResult,
  type LineageGraph,
  NOWHERE,
  type Path,
  type PathsQuery,
  type Position,
  PositionMismatch,
  TimeRanOut,
  type WalkQuery,
  type WalkResult,
  stands,
} from "../../ports/lineage-graph.ts";
import { applyEntries } from "./apply.ts";
import { GraphTable } from "./graph-table.ts";
import { lockFile } from "./lock.ts";
import { shortestPaths } from "./paths.ts";
import { readSnapshot, takeSnapshot } from "./snapshot.ts";
import { type Bounds, Scratch, Traversal } from "./traversal.ts";
import { View } from "./view.ts";
import { countByType, pageOf } from "./walk.ts";

export interface MemoryGraphOptions {
  /** Where the graph is kept between starts. Without one it begins empty every time. */
  readonly snapshotFile?: string | undefined;
  /** Hears why a snapshot was not used. */
  readonly log?: (message: string) => void;
}

/**
 * The embedded graph of exactly one server process, for up to about a million entries.
 * @throws {GraphInUse} when another process holds the snapshot file.
 */
export function openMemoryGraph(options: MemoryGraphOptions = {}): MemoryGraph {
  return new MemoryGraph(options);
}

type Reach = Pick<WalkQuery, "start" | "direction" | "arrows" | "asOf"> & Bounds;

export class MemoryGraph implements LineageGraph {
  readonly #snapshotFile: string | undefined;
  readonly #unlock: () => void;
  readonly #spare: Scratch[] = [];
  #table = new GraphTable();
  #position: Position | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor({ snapshotFile, log = console.warn }: MemoryGraphOptions) {
    this.#snapshotFile = snapshotFile;
    this.#unlock = snapshotFile === undefined ? () => {} : lockFile(`${snapshotFile}.lock`);
    if (snapshotFile !== undefined) this.#load(snapshotFile, log);
  }

  // oxlint-disable-next-line require-await -- the port is asynchronous, this store is not; a refusal must be a rejection
  async apply(entries: readonly EntryChanges[], from: Position, to: Position): Promise<void> {
    if (!stands(this.#position, from)) throw new PositionMismatch(from, this.#position);
    applyEntries(this.#table, entries);
    this.#position = to;
  }

  position(): Promise<Position | null> {
    return Promise.resolve(this.#position);
  }

  walk(query: WalkQuery): Promise<WalkResult> {
    const nothing: WalkResult = { hits: [], hasMore: false, partial: [], position: this.#position ?? NOWHERE };
    return this.#reach(query, nothing, (table, reached, position) => ({
      ...pageOf(table, reached, query),
      partial: reached.partial,
      position,
    }));
  }

  count(query: CountQuery): Promise<CountResult> {
    const nothing: CountResult = { byType: {}, partial: [], position: this.#position ?? NOWHERE };
    return this.#reach(query, nothing, (table, reached, position) => ({
      byType: countByType(table, reached, query.types),
      partial: reached.partial,
      position,
    }));
  }

  paths(query: PathsQuery): Promise<readonly Path[]> {
    const target = this.#table.find(query.to);
    if (target === -1 || query.from === query.to) return Promise.resolve([]);
    const reach: Reach = { ...query, start: query.from, direction: "UPSTREAM", maxNodes: Infinity };
    const isFound = ({ depths }: Scratch) => depths[target]! > 0;
    return this.#reach(
      reach,
      [],
      (table, reached) => {
        if (reached.partial.includes("TIME")) throw new TimeRanOut(query.timeoutMs);
        return shortestPaths(table, reached, target, query.limit);
      },
      isFound,
    );
  }

  reset(): Promise<void> {
    this.#table = new GraphTable();
    this.#position = null;
    return Promise.resolve();
  }

  /** Keeps the graph as it is now, so that the next start replays only what came later. Needs a snapshot file. */
  saveSnapshot(): Promise<void> {
    const path = this.#snapshotFile;
    if (path === undefined) return Promise.reject(new Error("this graph was opened without a snapshot file"));
    const write = takeSnapshot(this.#table, this.#position);
    const save = () => write(path);
    this.#saving = this.#saving.then(save, save);
    return this.#saving;
  }

  /** Waits for a snapshot under way, and lets another process have the file. Saves nothing by itself. */
  async close(): Promise<void> {
    await this.#saving.catch(() => {});
    this.#unlock();
  }

  /** Runs a traversal and reads its result, then cleans up; an unknown start gives `nothing`. */
  async #reach<T>(
    query: Reach,
    nothing: T,
    read: (table: GraphTable, reached: Traversal, position: Position) => T,
    isDone?: (scratch: Scratch) => boolean,
  ): Promise<T> {
    query.signal?.throwIfAborted();
    const table = this.#table;
    const position = this.#position ?? NOWHERE;
    const start = table.find(query.start);
    if (start === -1) return nothing;
    const scratch = this.#spare.pop() ?? new Scratch();
    try {
      const view = new View(table, position, query.arrows, query.asOf);
      const reached = new Traversal(table, view, start, query.direction, scratch);
      await reached.run(query, isDone && (() => isDone(scratch)));
      return read(table, reached, position);
    } finally {
      scratch.clean();
      this.#spare.push(scratch);
    }
  }

  #load(path: string, log: (message: string) => void): void {
    if (!existsSync(path)) return;
    try {
      const { table, position } = readSnapshot(path);
      this.#table = table;
      this.#position = position;
    } catch (error) {
      log(`the graph's snapshot ${path} is not used, the ledger is replayed instead: ${(error as Error).message}`);
    }
  }
}
