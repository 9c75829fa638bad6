import type { Hit, PartialReason, Via } from "../../ports/lineage-graph.ts";
import { compareVia } from "../../ports/lineage-order.ts";
import type { WalkRow } from "./records.ts";

/** The hits of a walk's row, with the arrows that tie each to nodes one step nearer. */
export function hitsOf({ page, arrows }: WalkRow): Hit[] {
  const via = new Map<string, Via[]>(page.map(([, id]) => [id, []]));
  for (const [hit, arrow, nearer, ...properties] of arrows)
    via.get(hit)!.push({ arrow, nearer, properties: propertiesOf(...properties) });
  return page.map(([depth, id, type]) => ({ id, type, depth, via: via.get(id)!.toSorted(compareVia) }));
}

export function partialOf(reached: number, maxNodes: number, isDeeper: boolean): PartialReason[] {
  if (reached > maxNodes) return ["SIZE"];
  return isDeeper ? ["DEPTH"] : [];
}

function propertiesOf(role: string | null, weight: number | null, mode: string | null): Via["properties"] {
  return { ...(role !== null && { role }), ...(weight !== null && { weight }), ...(mode !== null && { mode }) };
}
