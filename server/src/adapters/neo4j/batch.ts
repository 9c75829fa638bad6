import type { Json } from "@clew/schema";
import neo4j, { type Integer } from "neo4j-driver";
import type { ArrowChange, ArrowProperties, EndChange, EntryChanges, NodeChange } from "../../core/graph-change.ts";

/** What a node in Neo4j shows of its attributes, for people who look at it there. SQL holds the rest. */
const SHOWN = ["namespace", "name", "version", "key", "state", "digest"] as const;

type Scalar = string | boolean | null | number | Integer;

export interface NodeRow {
  readonly id: string;
  readonly type: string;
  readonly seq: Integer;
  readonly set: Record<string, Scalar>;
}

interface EndsRow {
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

export interface DrawRow extends EndsRow {
  /** Empty for no role, as null equals nothing. */
  readonly role: string;
  readonly properties: Record<string, Scalar>;
}

export interface EndRow extends EndsRow {
  readonly seq: Integer;
  readonly at: Integer;
}

/** A batch as sets of rows that give, applied one set after the other, what its changes give one by one. */
export interface BatchRows {
  /** Each node once, with all that the batch sets. */
  readonly nodes: readonly NodeRow[];
  /** Arrows to draw unless a living one is there. */
  readonly draws: readonly DrawRow[];
  /** Endings of all that live then. */
  readonly ends: readonly EndRow[];
  /** Arrows drawn anew after an ending in the same batch, some of them ended again. */
  readonly redraws: readonly DrawRow[];
}

/** A JavaScript number arrives as FLOAT: whole ones are sent as INTEGER. */
export function scalar(value: string | boolean | number | null): Scalar {
  return typeof value === "number" && Number.isSafeInteger(value) ? neo4j.int(value) : value;
}

export function rowsOf(entries: readonly EntryChanges[]): BatchRows {
  const nodes = new Map<string, NodeRow>();
  const threads = new Map<string, Thread>();
  for (const { seq, at, changes } of entries)
    for (const change of changes)
      if (change.op === "node") mergeNode(nodes, change, seq);
      else threadOf(threads, change).add(change, seq, at);
  const all = [...threads.values()];
  return {
    nodes: [...nodes.values()],
    draws: all.flatMap((thread) => thread.draws()),
    ends: all.flatMap((thread) => thread.firstEnd()),
    redraws: all.flatMap((thread) => thread.redraws()),
  };
}

function mergeNode(nodes: Map<string, NodeRow>, { id, type, set }: NodeChange, seq: number): void {
  let row = nodes.get(id);
  if (row === undefined) nodes.set(id, (row = { id, type, seq: neo4j.int(seq), set: {} }));
  for (const name of SHOWN) {
    const value = set[name];
    if (isScalar(value)) row.set[name] = scalar(value);
  }
}

function isScalar(value: Json | undefined): value is string | boolean | number | null {
  return value !== undefined && (value === null || typeof value !== "object");
}

function threadOf(threads: Map<string, Thread>, { type, from, to }: ArrowChange | EndChange): Thread {
  const key = JSON.stringify([type, from, to]);
  let thread = threads.get(key);
  if (thread === undefined) threads.set(key, (thread = new Thread({ type, from, to })));
  return thread;
}

/** When and by which entry something happened. */
interface Moment {
  readonly seq: number;
  readonly at: number;
}

/** Arrows between two endings, by role: of a role only the first drawing counts. */
interface Span {
  readonly drawn: Map<string, Moment & { readonly properties: ArrowProperties }>;
  ended: Moment | null;
}

/** What a batch does to the arrows of one type between two nodes, from ending to ending. */
class Thread {
  readonly #ends: EndsRow;
  readonly #spans: Span[] = [{ drawn: new Map(), ended: null }];

  constructor(ends: EndsRow) {
    this.#ends = ends;
  }

  add(change: ArrowChange | EndChange, seq: number, at: number): void {
    const span = this.#spans.at(-1)!;
    if (change.op === "end") {
      span.ended = { seq, at };
      this.#spans.push({ drawn: new Map(), ended: null });
      return;
    }
    const role = change.properties.role ?? "";
    if (!span.drawn.has(role)) span.drawn.set(role, { seq, at, properties: change.properties });
  }

  draws(): DrawRow[] {
    return this.#rows({ drawn: this.#spans[0]!.drawn, ended: null });
  }

  firstEnd(): EndRow[] {
    const { ended } = this.#spans[0]!;
    return ended === null ? [] : [{ ...this.#ends, seq: neo4j.int(ended.seq), at: neo4j.int(ended.at) }];
  }

  redraws(): DrawRow[] {
    return this.#spans.slice(1).flatMap((span) => this.#rows(span));
  }

  #rows({ drawn, ended }: Span): DrawRow[] {
    return Array.from(drawn, ([role, { seq, at, properties }]) => ({
      ...this.#ends,
      role,
      properties: {
        ...scalars(properties),
        recordedSeq: neo4j.int(seq),
        validFrom: neo4j.int(at),
        ...(ended && { endedSeq: neo4j.int(ended.seq), validTo: neo4j.int(ended.at) }),
      },
    }));
  }
}

function scalars({ role, weight, mode }: ArrowProperties): Record<string, Scalar> {
  return {
    ...(role !== undefined && { role }),
    ...(weight !== undefined && { weight: scalar(weight) }),
    ...(mode !== undefined && { mode }),
  };
}
