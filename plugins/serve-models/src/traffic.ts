import { createHash } from "node:crypto";

/** Where in the traffic a request falls, 0 ≤ point < 1: by its sticky key always in the same place, else by chance. */
export function pointOf(stickyKey: string | undefined): number {
  if (stickyKey === undefined || stickyKey === "") return Math.random();
  return createHash("sha256").update(stickyKey).digest().readUInt32LE(0) / 2 ** 32;
}

/**
 * The one of `all` that a point of the traffic belongs to, by weight; null where nobody has any. Shares lie in the order given, so that a
 * change of weights moves as few sticky keys as it must.
 */
export function choose<T extends { readonly weight: number }>(all: readonly T[], point: number): T | null {
  const weighted = all.filter(({ weight }) => weight > 0);
  let left = point * weighted.reduce((sum, { weight }) => sum + weight, 0);
  for (const one of weighted) {
    left -= one.weight;
    if (left < 0) return one;
  }
  return weighted.at(-1) ?? null;
}
