import type { EntryChanges, GraphChange } from "../../core/graph-change.ts";
import { MissingEndpoint } from "../../ports/lineage-graph.ts";
import { ARROW_NUMBERS, type GraphTable } from "./graph-table.ts";

/**
 * Applies a batch whole or not at all: first the nodes, then, once every arrow's ends are known to be there, the arrows.
 * @throws {MissingEndpoint} with the table as it was before.
 */
export function applyEntries(table: GraphTable, entries: readonly EntryChanges[]): void {
  const nodesBefore = table.ids.length;
  for (const { changes } of entries) for (const change of changes) addNode(table, change);
  let ends: Int32Array;
  try {
    ends = findEnds(table, entries);
  } catch (error) {
    table.forgetNodes(nodesBefore);
    throw error;
  }
  drawArrows(table, entries, ends);
}

function addNode(table: GraphTable, change: GraphChange): void {
  if (change.op === "node" && table.find(change.id) === -1) table.addNode(change.id, change.type);
}

/** The indexes of both ends of every arrow and ending, in order; -1 for an ending whose end is unknown. */
function findEnds(table: GraphTable, entries: readonly EntryChanges[]): Int32Array {
  const arrows = entries.reduce((sum, { changes }) => sum + changes.length, 0);
  const ends = new Int32Array(arrows * 2);
  let n = 0;
  for (const { changes } of entries)
    for (const change of changes) {
      if (change.op === "node") continue;
      const from = table.find(change.from);
      const to = table.find(change.to);
      if (change.op === "arrow" && (from === -1 || to === -1))
        throw new MissingEndpoint(`${change.from} ${change.type} ${change.to}`);
      ends[n++] = from;
      ends[n++] = to;
    }
  return ends;
}

function drawArrows(table: GraphTable, entries: readonly EntryChanges[], ends: Int32Array): void {
  let n = 0;
  for (const { seq, at, changes } of entries) {
    table.addEntry(seq, at);
    for (const change of changes) {
      if (change.op === "node") continue;
      const type = ARROW_NUMBERS.get(change.type)!;
      const from = ends[n++]!;
      const to = ends[n++]!;
      if (change.op === "arrow") table.draw(type, from, to, change.properties);
      else if (from !== -1 && to !== -1) table.end(type, from, to, { seq, at });
    }
  }
}
