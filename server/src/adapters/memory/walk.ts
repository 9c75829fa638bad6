import type { CountResult, Direction, Hit, Via, WalkQuery } from "../../ports/lineage-graph.ts";
import { compareVia } from "../../ports/lineage-order.ts";
import type { ArrowType } from "../../core/arrows.ts";
import { ARROW_TYPES } from "../../core/arrows.ts";
import { ENDED, type GraphTable } from "./graph-table.ts";
import type { Traversal } from "./traversal.ts";

type PageQuery = Pick<WalkQuery, "direction" | "types" | "after" | "limit">;

/** The page of a finished traversal that a query asks for. Only the layers that the page touches are sorted. */
export function pageOf(table: GraphTable, reached: Traversal, query: PageQuery): { hits: Hit[]; hasMore: boolean } {
  const isWanted = typeFilter(table, query.types);
  const hits: Hit[] = [];
  for (let depth = Math.max(query.after?.depth ?? 1, 1); depth < reached.layers.length - 1; depth++) {
    const layer = candidates(table, reached, query, depth, isWanted);
    const room = query.limit - hits.length;
    hits.push(...hitsOf(table, reached, query.direction, depth, layer.slice(0, room)));
    if (layer.length > room) return { hits, hasMore: true };
  }
  return { hits, hasMore: false };
}

/** Nodes of one layer that the page may hold, in order of id. */
function candidates(
  table: GraphTable,
  reached: Traversal,
  { after }: PageQuery,
  depth: number,
  isWanted: (node: number) => boolean,
): number[] {
  const { ids } = table;
  const isLater = after?.depth === depth ? laterThan(table, after.id) : () => true;
  const found = Array.from(reached.layer(depth)).filter((node) => isWanted(node) && isLater(node));
  return found.sort((a, b) => ids.compare(a, b));
}

/** Whether a node comes after an id, which need not be one of a node that is here. */
function laterThan({ ids }: GraphTable, since: string): (node: number) => boolean {
  const known = ids.find(since);
  return known === -1 ? (node) => ids.at(node) > since : (node) => ids.compare(node, known) > 0;
}

function typeFilter(table: GraphTable, types: readonly string[]): (node: number) => boolean {
  if (types.length === 0) return () => true;
  const wanted = new Set(types.map((type) => table.types.find(type)));
  const { data } = table.nodeType;
  return (node) => wanted.has(data[node]!);
}

function hitsOf(
  table: GraphTable,
  reached: Traversal,
  direction: Direction,
  depth: number,
  nodes: readonly number[],
): Hit[] {
  const via = viaOf(table, reached, direction, depth, nodes);
  return nodes.map((node) => ({
    id: table.ids.at(node),
    type: table.types.values[table.nodeType.data[node]!]!,
    depth,
    via: via.get(node)!.toSorted(compareVia),
  }));
}

/** What ties nodes of one layer to the layer before. */
function viaOf(
  table: GraphTable,
  reached: Traversal,
  direction: Direction,
  depth: number,
  nodes: readonly number[],
): Map<number, Via[]> {
  const up = direction === "UPSTREAM";
  const far = (up ? table.arrowTo : table.arrowFrom).data;
  const near = (up ? table.arrowFrom : table.arrowTo).data;
  const via = new Map<number, Via[]>(nodes.map((node) => [node, []]));
  for (const arrow of reached.tiesOf(depth))
    via.get(far[arrow]!)?.push({
      arrow: arrowTypeOf(table, arrow),
      nearer: table.ids.at(near[arrow]!),
      properties: table.properties(arrow),
    });
  return via;
}

export function arrowTypeOf(table: GraphTable, arrow: number): ArrowType {
  return ARROW_TYPES[table.arrowKind.data[arrow]! & ~ENDED]!;
}

/** Reached nodes by type, the start left out. */
export function countByType(
  table: GraphTable,
  { scratch }: Traversal,
  types: readonly string[],
): CountResult["byType"] {
  const isWanted = typeFilter(table, types);
  const byType: Record<string, number> = {};
  for (const node of scratch.order.data.subarray(1, scratch.order.length)) {
    if (!isWanted(node)) continue;
    const type = table.types.values[table.nodeType.data[node]!]!;
    byType[type] = (byType[type] ?? 0) + 1;
  }
  return byType;
}
