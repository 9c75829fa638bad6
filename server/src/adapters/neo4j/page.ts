import type { Direction, Hit, PartialReason, Via, WalkQuery } from "../../ports/lineage-graph.ts";
import { compareHits, compareVia } from "../../ports/lineage-order.ts";
import type { ViaArrow, WalkRow } from "./records.ts";

export type Reached = Pick<Hit, "id" | "type" | "depth">;

/** What a walk's row reached, no more than `maxNodes`, and what was left out. */
export function reachedOf(row: WalkRow, maxNodes: number): { reached: Reached[]; partial: PartialReason[] } {
  const reached = row.ids.slice(0, maxNodes).map((id, i) => ({ id, type: row.types[i]!, depth: row.depths[i]! }));
  return { reached, partial: partialOf(row.ids.length, maxNodes, row.isDeeper) };
}

export function partialOf(reached: number, maxNodes: number, isDeeper: boolean): PartialReason[] {
  if (reached > maxNodes) return ["SIZE"];
  return isDeeper ? ["DEPTH"] : [];
}

type PageQuery = Pick<WalkQuery, "types" | "after" | "limit">;

export function pageOf(
  reached: readonly Reached[],
  { types, after, limit }: PageQuery,
): [page: Reached[], hasMore: boolean] {
  const wanted = new Set(types);
  const rest = reached.filter(
    (hit) => (wanted.size === 0 || wanted.has(hit.type)) && (after === null || compareHits(hit, after) > 0),
  );
  const sorted = rest.toSorted(compareHits);
  return [sorted.slice(0, limit), sorted.length > limit];
}

/** Distance of everything reached and of the start, by id. */
export function depthsOf(start: string, reached: readonly Reached[]): Map<string, number> {
  return new Map([[start, 0], ...reached.map(({ id, depth }): [string, number] => [id, depth])]);
}

/** Where the arrows of a page's hits are to be sought: from their later ends. */
export function viaParameters(direction: Direction, page: readonly Reached[], depths: ReadonlyMap<string, number>) {
  const ids = page.map(({ id }) => id);
  if (direction === "DOWNSTREAM") return { sources: ids, targets: [] };
  const nearer = new Set(page.map(({ depth }) => depth - 1));
  return { sources: [...depths].filter(([, depth]) => nearer.has(depth)).map(([id]) => id), targets: ids };
}

/** The page with the arrows that tie each hit to nodes one step nearer. */
export function withVia(
  direction: Direction,
  page: readonly Reached[],
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
