import type { GraphChange, NodeChange, NodeState } from "../core/graph-change.ts";
import type { BatchWrites } from "../ports/ledger-store.ts";
import type { ValueRow } from "../ports/value-row.ts";

/** What entries make of the nodes: the one place where a projected entry becomes rows, whether it is new or read from a backup. */
export class NodeChanges {
  readonly #before: ReadonlyMap<string, NodeState>;
  readonly #changed = new Map<string, NodeState>();
  readonly #replaced: { node: NodeState; untilSeq: number }[] = [];
  readonly #values: ValueRow[] = [];

  /** @param before every node that the entries change, as it stands before them. */
  constructor(before: ReadonlyMap<string, NodeState>) {
    this.#before = before;
  }

  /** A node as the entries so far have left it. */
  node(id: string): NodeState | undefined {
    return this.#changed.get(id) ?? this.#before.get(id);
  }

  /** Takes in what the entry `seq` does. */
  apply(changes: readonly GraphChange[], seq: number): void {
    for (const change of changes) this.#apply(change, seq);
  }

  writes(): Pick<BatchWrites, "nodes" | "replaced" | "values"> {
    return { nodes: [...this.#changed.values()], replaced: this.#replaced, values: this.#values };
  }

  #apply(change: GraphChange, seq: number): void {
    if (change.op !== "node") return;
    const before = this.node(change.id);
    if (before === undefined) this.#takeValues(change, seq);
    else if (before.changedSeq < seq) this.#replaced.push({ node: before, untilSeq: seq });
    this.#changed.set(change.id, {
      id: change.id,
      type: change.type,
      attributes: { ...before?.attributes, ...change.set },
      parent: (before ? before.parent : change.parent) ?? null,
      createdSeq: before?.createdSeq ?? seq,
      changedSeq: seq,
    });
  }

  /** Type and entry lead from a value to its node. */
  #takeValues({ id: nodeId, type, values = [] }: NodeChange, seq: number): void {
    const last = this.#values.at(-1);
    if (values.length > 0 && last?.seq === seq && last.type === type)
      throw new Error(`entry ${seq} makes two nodes of the type ${type} with values`);
    for (const { name, number, text } of values) this.#values.push({ type, nodeId, seq, name, number, text });
  }
}
