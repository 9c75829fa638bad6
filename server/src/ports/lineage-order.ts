import type { Hit, Via } from "./lineage-graph.ts";

/** Ids are ASCII: their order is that of their characters, the same in every graph store. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of hits that pages follow: nearest first, then by id. */
export function compareHits(a: Pick<Hit, "depth" | "id">, b: Pick<Hit, "depth" | "id">): number {
  return a.depth - b.depth || compareIds(a.id, b.id);
}

/** The order of what ties a hit to nearer nodes: by node, arrow, role. */
export function compareVia(a: Via, b: Via): number {
  return (
    compareIds(a.nearer, b.nearer) ||
    compareIds(a.arrow, b.arrow) ||
    compareIds(a.properties.role ?? "", b.properties.role ?? "")
  );
}
