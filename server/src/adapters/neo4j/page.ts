import type { Direction, Hit, PartialReason, Via } from "../../ports/lineage-graph.ts";
import { compareVia } from "../../ports/lineage-order.ts";
import type { ViaArrow, WalkRow } from "./records.ts";

export type PageHit = Pick<Hit, "id" | "type" | "depth">;

/** The page of a walk's row, which has one hit more when others follow. */
export function pageOf({ page }: WalkRow, limit: number): [page: PageHit[], hasMore: boolean] {
  const hits = page.slice(0, limit).map(([depth, id, type]) => ({ id, type, depth }));
  return [hits, page.length > limit];
}

export function partialOf(reached: number, maxNodes: number, isDeeper: boolean): PartialReason[] {
  if (reached > maxNodes) return ["SIZE"];
  return isDeeper ? ["DEPTH"] : [];
}

/** Distance of the page's hits and of what lies one step before them, by id. */
export function depthsOf(start: string, { nearer, page }: WalkRow): Map<string, number> {
  return new Map([[start, 0], ...[...nearer, ...page].map(([depth, id]): [string, number] => [id, depth])]);
}

/** Where the arrows of a page's hits are to be sought: from their later ends. */
export function viaParameters(direction: Direction, page: readonly PageHit[], depths: ReadonlyMap<string, number>) {
  const ids = page.map(({ id }) => id);
  if (direction === "DOWNSTREAM") return { sources: ids, targets: [] };
  const nearer = new Set(page.map(({ depth }) => depth - 1));
  return { sources: [...depths].filter(([, depth]) => nearer.has(depth)).map(([id]) => id), targets: ids };
}

/** The page with the arrows that tie each hit to nodes one step nearer. */
export function withVia(
  direction: Direction,
  page: readonly PageHit[],
  depths: ReadonlyMap<string, number>,
  arrows: readonly ViaArrow[],
): Hit[] {
  const via = new Map<string, Via[]>(page.map(({ id }) => [id, []]));
  for (const [later, arrow, earlier, ...properties] of arrows) {
    const [nearer, hit] = direction === "UPSTREAM" ? [later, earlier] : [earlier, later];
    if (depths.get(nearer) === depths.get(hit)! - 1)
      via.get(hit)?.push({ arrow, nearer, properties: propertiesOf(...properties) });
  }
  return page.map((hit) => ({ ...hit, via: via.get(hit.id)!.toSorted(compareVia) }));
}

function propertiesOf(role: string | null, weight: number | null, mode: string | null): Via["properties"] {
  return { ...(role !== null && { role }), ...(weight !== null && { weight }), ...(mode !== null && { mode }) };
}
