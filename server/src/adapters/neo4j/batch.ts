import type { Json } from "@clew/schema";
import neo4j, { type Integer } from "neo4j-driver";
import type { ArrowChange, ArrowProperties, EndChange, EntryChanges, NodeChange } from "../../core/graph-change.ts";

/** What a node in Neo4j shows of its attributes, for people who look at it there. SQL holds the rest. */
const SHOWN = ["namespace", "name", "version", "key", "state", "digest"] as const;

type Scalar = string | boolean | null | number | Integer;

/** A node with all that the batch sets. Rows are lists, as both sides would pack and read the keys of each map again. */
export type NodeRow = readonly [id: string, type: string, seq: Integer, set: Record<string, Scalar>];

/** An arrow to draw; both ends as positions in the list of `nodes` and then `others`. What stands at the end and is null is left out. */
export type DrawRow = readonly [
  from: Integer,
  to: Integer,
  type: string,
  role: string | null,
  recordedSeq: Integer,
  validFrom: Integer,
  weight?: Scalar,
  mode?: string | null,
  endedSeq?: Integer | null,
  validTo?: Integer | null,
];

export interface EndRow {
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly seq: Integer;
  readonly at: Integer;
}

/** A batch as sets of rows that give, applied one set after the other, what its changes give one by one. */
export interface BatchRows {
  readonly nodes: readonly NodeRow[];
  /** The other nodes that arrows are drawn between, each once: what is sought once costs little, however many arrows share it. */
  readonly others: readonly string[];
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
  const places = new Places(nodes.keys());
  const draws = all.flatMap((thread) => thread.draws(places));
  const ends = all.flatMap((thread) => thread.firstEnd());
  const redraws = all.flatMap((thread) => thread.redraws(places));
  return { nodes: [...nodes.values()], others: places.ids.slice(nodes.size), draws, ends, redraws };
}

/** Gives each id its position in a list. */
class Places {
  readonly #places = new Map<string, Integer>();

  constructor(first: Iterable<string>) {
    for (const id of first) this.of(id);
  }

  get ids(): readonly string[] {
    return [...this.#places.keys()];
  }

  of(id: string): Integer {
    let place = this.#places.get(id);
    if (place === undefined) this.#places.set(id, (place = neo4j.int(this.#places.size)));
    return place;
  }
}

function mergeNode(nodes: Map<string, NodeRow>, { id, type, set }: NodeChange, seq: number): void {
  let row = nodes.get(id);
  if (row === undefined) nodes.set(id, (row = [id, type, neo4j.int(seq), {}]));
  for (const name of SHOWN) {
    const value = set[name];
    if (isScalar(value)) row[3][name] = scalar(value);
  }
}

function isScalar(value: Json | undefined): value is string | boolean | number | null {
  return value !== undefined && (value === null || typeof value !== "object");
}

function threadOf(threads: Map<string, Thread>, { type, from, to }: ArrowChange | EndChange): Thread {
  const key = `${type} ${from} ${to}`;
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

type Ends = Pick<ArrowChange, "type" | "from" | "to">;

/** What a batch does to the arrows of one type between two nodes, from ending to ending. */
class Thread {
  readonly #ends: Ends;
  readonly #spans: Span[] = [{ drawn: new Map(), ended: null }];

  constructor(ends: Ends) {
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

  draws(places: Places): DrawRow[] {
    return this.#rows({ drawn: this.#spans[0]!.drawn, ended: null }, places);
  }

  firstEnd(): EndRow[] {
    const { ended } = this.#spans[0]!;
    return ended === null ? [] : [{ ...this.#ends, seq: neo4j.int(ended.seq), at: neo4j.int(ended.at) }];
  }

  redraws(places: Places): DrawRow[] {
    return this.#spans.slice(1).flatMap((span) => this.#rows(span, places));
  }

  #rows({ drawn, ended }: Span, places: Places): DrawRow[] {
    const { type, from, to } = this.#ends;
    return Array.from(drawn.values(), ({ seq, at, properties: { role = null, weight = null, mode = null } }) => {
      const usual = [places.of(from), places.of(to), type, role, neo4j.int(seq), neo4j.int(at)] as const;
      if (ended) return [...usual, scalar(weight), mode, neo4j.int(ended.seq), neo4j.int(ended.at)];
      return weight === null && mode === null ? usual : [...usual, scalar(weight), mode];
    });
  }
}
