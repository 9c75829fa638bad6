import type { Projected } from "../core/define-fact.ts";
import type { Attributes, NodeState } from "../core/graph-change.ts";
import type { EntryRange, NodeRecord, PastRecord, Records, RecordTable } from "../ports/records.ts";
import type { ValueRow } from "../ports/value-row.ts";
import { NodeChanges } from "./node-changes.ts";
import { firstDifference, type RecordFault, type RowFault } from "./record-difference.ts";

/** A state that an entry made, and the entry of the same range that replaced it. */
interface ToldState {
  readonly state: NodeState;
  readonly untilSeq: number | null;
}

interface Rows {
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  /** By node and the entry that each is from. */
  readonly past: ReadonlyMap<string, ReadonlyMap<number, PastRecord>>;
}

/** What a range of entries tells of nodes, beside the rows. */
export class NodeComparison {
  readonly #records: Records;
  readonly #range: EntryRange;
  readonly #rows: Rows;
  readonly #told: readonly ToldState[];
  /** Nodes that the range made, as it left them. */
  readonly made: readonly NodeState[];
  /** States that the range replaced. */
  readonly replaced: number;
  /** What the nodes that it made can be found by. */
  readonly values: readonly ValueRow[];

  private constructor(records: Records, range: EntryRange, rows: Rows, changes: NodeChanges) {
    const { nodes, replaced, values } = changes.writes();
    this.#records = records;
    this.#range = range;
    this.#rows = rows;
    this.#told = [
      ...replaced.map(({ node, untilSeq }) => ({ state: node, untilSeq })),
      ...nodes.map((state) => ({ state, untilSeq: null })),
    ].toSorted((a, b) => a.state.changedSeq - b.state.changedSeq);
    this.made = nodes.filter(({ createdSeq }) => createdSeq > range.after);
    this.replaced = replaced.length;
    this.values = values;
  }

  static async of(projected: readonly Projected[], range: EntryRange, records: Records): Promise<NodeComparison> {
    const ids = new Set(
      projected.flatMap(({ changes }) => changes.flatMap((one) => (one.op === "node" ? one.id : []))),
    );
    const rows = await readRows([...ids], range, records);
    const changes = new NodeChanges(statesBefore(rows, range.after));
    for (const { changes: made, seq } of projected) changes.apply(made, seq);
    return new NodeComparison(records, range, rows, changes);
  }

  get rows(): number {
    return this.#told.length;
  }

  fault(): RecordFault | null {
    for (const { state, untilSeq } of this.#told) {
      const fault = untilSeq === null ? this.#lastFault(state) : this.#pastFault(state, untilSeq);
      if (fault !== null) return fault;
    }
    return null;
  }

  /** Of the state that the range left: it still stands, or a later entry has replaced it. */
  #lastFault(state: NodeState): RecordFault | null {
    const row = this.#rows.nodes.get(state.id);
    if (row === undefined) return faultIn("node", state, missing(state));
    const isReplaced = row.changedSeq > this.#range.upTo;
    const whole = this.#records.nodeRow(state);
    const { type, parent, createdSeq } = whole;
    const told = isReplaced ? { type, parent, createdSeq } : whole;
    const fault = faultIn("node", state, firstDifference(told, row));
    return fault ?? (isReplaced ? this.#pastFault(state, null) : null);
  }

  #pastFault(state: NodeState, untilSeq: number | null): RecordFault | null {
    const row = this.#rows.past.get(state.id)?.get(state.changedSeq);
    if (row === undefined) return faultIn("node_history", state, missing(state));
    const attributes = JSON.stringify(state.attributes);
    if (untilSeq !== null) return faultIn("node_history", state, firstDifference({ attributes, untilSeq }, row));
    const isEarly = row.untilSeq <= this.#range.upTo;
    const early = {
      field: "untilSeq",
      reason: `no entry up to ${this.#range.upTo} replaces it, the row says ${row.untilSeq}`,
    };
    return faultIn("node_history", state, isEarly ? early : firstDifference({ attributes }, row));
  }
}

/** Nodes first: a state that is replaced between the two reads is found in both, and never in neither. */
async function readRows(ids: readonly string[], range: EntryRange, records: Records): Promise<Rows> {
  if (ids.length === 0) return { nodes: new Map(), past: new Map() };
  const nodes = new Map((await records.nodes(ids)).map((row) => [row.id, row]));
  const past = new Map<string, Map<number, PastRecord>>(ids.map((id) => [id, new Map()]));
  for (const row of await records.past(ids, range)) past.get(row.id)?.set(row.fromSeq, row);
  return { nodes, past };
}

/** The nodes as they stood after entry `after`, which was compared already. */
function statesBefore({ nodes, past }: Rows, after: number): Map<string, NodeState> {
  const before = new Map<string, NodeState>();
  for (const [id, row] of nodes) {
    const stood =
      row.changedSeq <= after
        ? { attributes: row.attributes, changedSeq: row.changedSeq }
        : [...past.get(id)!.values()]
            .filter(({ fromSeq }) => fromSeq <= after)
            .map(({ attributes, fromSeq }) => ({ attributes, changedSeq: fromSeq }))[0];
    if (stood === undefined) continue;
    const { type, parent, createdSeq } = row;
    const attributes = JSON.parse(stood.attributes) as Attributes;
    before.set(id, { id, type, parent, createdSeq, changedSeq: stood.changedSeq, attributes });
  }
  return before;
}

function missing({ changedSeq }: NodeState): RowFault {
  return { field: null, reason: `the row is missing that holds its state from entry ${changedSeq} on` };
}

function faultIn(table: RecordTable, { id, changedSeq }: NodeState, fault: RowFault | null): RecordFault | null {
  return fault && { table, id, seq: changedSeq, ...fault };
}
