import { ARROW_TYPES } from "../../core/arrows.ts";
import type { ArrowProperties } from "../../core/graph-change.ts";
import { Interner, float64Column, int32Column, uint16Column, uint8Column } from "./columns.ts";
import { PackedIds } from "./packed-ids.ts";

/** Set in an arrow's kind once it has ended; the other bits number its type. */
export const ENDED = 0x80;
export const NO_ARROW = -1;

/** When an arrow ended: the entry that says so, and the time from which it was no longer true. */
export interface Ending {
  readonly seq: number;
  readonly at: number;
}

/**
 * Nodes and arrows as columns of numbers; an index is a node's or an arrow's name in here. Each node heads two linked lists of arrows,
 * those that leave it and those that arrive. Nothing is ever taken out and only an arrow's ending is ever changed, so that a reader who
 * remembers how many entries there were sees the graph as it was then.
 */
export class GraphTable {
  readonly ids: PackedIds;
  readonly types: Interner;
  readonly nodeType = uint16Column();
  readonly outHead = int32Column();
  readonly inHead = int32Column();
  readonly outDegree = int32Column();
  readonly inDegree = int32Column();

  readonly arrowKind = uint8Column();
  readonly arrowFrom = int32Column();
  readonly arrowTo = int32Column();
  /** Index of the entry that drew the arrow. */
  readonly arrowEntry = int32Column();
  /** Index into `roles`; 0 is no role. */
  readonly arrowRole = int32Column();
  readonly nextOut = int32Column();
  readonly nextIn = int32Column();
  readonly roles: Interner;
  readonly endings = new Map<number, Ending>();
  /** Weight and mode of the few arrows that have one. */
  readonly extras = new Map<number, Omit<ArrowProperties, "role">>();

  /** Of the entries that drew arrows, in order: number, and time in milliseconds since 1970. */
  readonly entrySeq = float64Column();
  readonly entryAt = float64Column();

  constructor(types: readonly string[] = [], roles: readonly string[] = [""], ids = new PackedIds()) {
    this.ids = ids;
    this.types = new Interner(types);
    this.roles = new Interner(roles);
  }

  /** A node's index; -1 when there is none. */
  find(id: string): number {
    return this.ids.find(id);
  }

  addNode(id: string, type: string): void {
    this.ids.push(id);
    this.nodeType.push(this.types.of(type));
    this.outHead.push(NO_ARROW);
    this.inHead.push(NO_ARROW);
    this.outDegree.push(0);
    this.inDegree.push(0);
  }

  /** Takes back nodes that no arrow touches yet: all but the first `count`. */
  forgetNodes(count: number): void {
    this.ids.truncate(count);
    for (const column of [this.nodeType, this.outHead, this.inHead, this.outDegree, this.inDegree])
      column.truncate(count);
  }

  addEntry(seq: number, at: number): void {
    this.entrySeq.push(seq);
    this.entryAt.push(at);
  }

  /** Draws an arrow for the newest entry, unless a living one of the same type, ends and role is there. */
  draw(type: number, from: number, to: number, properties: ArrowProperties): void {
    const role = properties.role === undefined ? 0 : this.roles.of(properties.role);
    if (this.#living(type, from, to, role) !== NO_ARROW) return;
    const arrow = this.arrowFrom.length;
    this.addArrow(type, from, to, this.entrySeq.length - 1, role);
    const { weight, mode } = properties;
    if (weight === undefined && mode === undefined) return;
    this.extras.set(arrow, { ...(weight !== undefined && { weight }), ...(mode !== undefined && { mode }) });
  }

  addArrow(kind: number, from: number, to: number, entry: number, role: number): void {
    const arrow = this.arrowFrom.length;
    this.arrowKind.push(kind);
    this.arrowFrom.push(from);
    this.arrowTo.push(to);
    this.arrowEntry.push(entry);
    this.arrowRole.push(role);
    this.#link(arrow, from, to);
  }

  /** Draws the links of arrows whose columns were taken over whole, like those of the nodes. */
  linkArrows(): void {
    const nodes = this.ids.length;
    this.outHead.adopt(new Int32Array(nodes).fill(NO_ARROW));
    this.inHead.adopt(new Int32Array(nodes).fill(NO_ARROW));
    this.outDegree.adopt(new Int32Array(nodes));
    this.inDegree.adopt(new Int32Array(nodes));
    const { length, data: froms } = this.arrowFrom;
    const { data: tos } = this.arrowTo;
    this.nextOut.reserve(length);
    this.nextIn.reserve(length);
    for (let arrow = 0; arrow < length; arrow++) this.#link(arrow, froms[arrow]!, tos[arrow]!);
  }

  #link(arrow: number, from: number, to: number): void {
    this.nextOut.push(this.outHead.data[from]!);
    this.nextIn.push(this.inHead.data[to]!);
    this.outHead.data[from] = arrow;
    this.inHead.data[to] = arrow;
    this.outDegree.data[from]!++;
    this.inDegree.data[to]!++;
  }

  /** Ends the living arrows of a type between two nodes, whatever their role. */
  end(type: number, from: number, to: number, ending: Ending): void {
    for (let arrow = this.#living(type, from, to); arrow !== NO_ARROW; arrow = this.#living(type, from, to))
      this.markEnded(arrow, ending);
  }

  markEnded(arrow: number, ending: Ending): void {
    this.arrowKind.data[arrow]! |= ENDED;
    this.endings.set(arrow, ending);
  }

  properties(arrow: number): ArrowProperties {
    const role = this.arrowRole.data[arrow]!;
    const extras = this.extras.get(arrow);
    return role === 0 ? { ...extras } : { role: this.roles.values[role]!, ...extras };
  }

  /** A living arrow of this type, with this role if one is given, sought from the end that has fewer arrows. */
  #living(type: number, from: number, to: number, role?: number): number {
    const outwards = this.outDegree.data[from]! <= this.inDegree.data[to]!;
    const next = (outwards ? this.nextOut : this.nextIn).data;
    const ends = (outwards ? this.arrowTo : this.arrowFrom).data;
    const wanted = outwards ? to : from;
    let arrow = outwards ? this.outHead.data[from]! : this.inHead.data[to]!;
    for (; arrow !== NO_ARROW; arrow = next[arrow]!)
      if (ends[arrow] === wanted && this.arrowKind.data[arrow] === type && this.#hasRole(arrow, role)) return arrow;
    return NO_ARROW;
  }

  #hasRole(arrow: number, role: number | undefined): boolean {
    return role === undefined || this.arrowRole.data[arrow] === role;
  }
}

/** The number of every arrow type, in columns and snapshots. */
export const ARROW_NUMBERS: ReadonlyMap<string, number> = new Map(ARROW_TYPES.map((type, index) => [type, index]));
