import type { ArrowType } from "../core/arrows.ts";
import type { ArrowChange, EntryChanges } from "../core/graph-change.ts";
import type { AsOf, CountQuery, Direction, Hit, Path, PathsQuery, Via, WalkQuery } from "./lineage-graph.ts";
import { compareHits, compareVia } from "./lineage-order.ts";

/** One belief about an arrow: drawn by an entry, true from a time on, perhaps ended by a later entry. */
interface Belief extends ArrowChange {
  readonly recordedSeq: number;
  readonly validFrom: number;
  endedSeq: number | null;
  validTo: number | null;
}

type Reach = Pick<WalkQuery, "start" | "direction" | "arrows" | "maxDepth" | "asOf">;

/** What a lineage graph has to answer, said as plainly as can be: arrays, and a search layer by layer through all of them. */
export class Oracle {
  readonly #types = new Map<string, string>();
  readonly #beliefs: Belief[] = [];

  apply(entries: readonly EntryChanges[]): void {
    for (const { seq, at, changes } of entries)
      for (const change of changes) {
        if (change.op === "node") this.#types.set(change.id, this.#types.get(change.id) ?? change.type);
        else if (change.op === "end")
          for (const b of this.#living(change)) Object.assign(b, { endedSeq: seq, validTo: at });
        else if (!this.#living(change).some((b) => b.properties.role === change.properties.role))
          this.#beliefs.push({ ...change, recordedSeq: seq, validFrom: at, endedSeq: null, validTo: null });
      }
  }

  /** Every hit of a walk within its depth, in order, and whether there are deeper ones. */
  walk(query: Reach & Pick<WalkQuery, "types">): { hits: Hit[]; isDeeper: boolean } {
    const layers = this.#layers(query);
    const hits = layers.slice(1, query.maxDepth + 1).flatMap((layer, index) => {
      const nearer = layers[index]!;
      return [...layer].map((id) => this.#hit(query, id, index + 1, nearer));
    });
    const wanted = hits.filter(({ type }) => query.types.length === 0 || query.types.includes(type));
    return { hits: wanted.toSorted(compareHits), isDeeper: layers.length > query.maxDepth + 1 };
  }

  count(query: Reach & Pick<CountQuery, "types">): Record<string, number> {
    const byType: Record<string, number> = {};
    for (const { type } of this.walk(query).hits) byType[type] = (byType[type] ?? 0) + 1;
    return byType;
  }

  /** All shortest paths, as text that can be compared, in order. */
  paths(query: Omit<PathsQuery, "limit" | "timeoutMs">): string[] {
    const layers = this.#layers({ ...query, start: query.from, direction: "UPSTREAM" });
    const depth = layers.findIndex((layer) => layer.has(query.to));
    if (depth < 1 || depth > query.maxDepth) return [];
    let paths: Path[] = [{ nodes: [query.from], arrows: [] }];
    for (let step = 1; step <= depth; step++)
      paths = paths.flatMap(({ nodes, arrows }) =>
        this.#seen(query.arrows, query.asOf)
          .filter(({ from, to }) => from === nodes.at(-1) && layers[step]!.has(to))
          .map(({ to, type }) => ({ nodes: [...nodes, to], arrows: [...arrows, type] })),
      );
    return pathTexts(paths.filter(({ nodes }) => nodes.at(-1) === query.to));
  }

  #hit({ direction, arrows, asOf }: Reach, id: string, depth: number, layer: ReadonlySet<string>): Hit {
    const via = this.#seen(arrows, asOf).flatMap((belief): Via[] => {
      const [nearer, farther] = ends(belief, direction);
      if (farther !== id || !layer.has(nearer)) return [];
      return [{ arrow: belief.type, nearer, properties: belief.properties }];
    });
    return { id, type: this.#types.get(id)!, depth, via: via.toSorted(compareVia) };
  }

  /** The start, the nodes one step away, those two steps away, and so on. */
  #layers({ start, direction, arrows, asOf }: Omit<Reach, "maxDepth">): ReadonlySet<string>[] {
    const layers = [new Set([start])];
    const reached = new Set([start]);
    for (let layer = layers[0]!; layer.size > 0; ) {
      const pairs = this.#seen(arrows, asOf).map((belief) => ends(belief, direction));
      const next = new Set(pairs.filter(([near, far]) => layer.has(near) && !reached.has(far)).map(([, far]) => far));
      for (const id of next) reached.add(id);
      if (next.size > 0) layers.push(next);
      layer = next;
    }
    return layers;
  }

  #living({ type, from, to }: Pick<ArrowChange, "type" | "from" | "to">): Belief[] {
    return this.#beliefs.filter((b) => b.type === type && b.from === from && b.to === to && b.endedSeq === null);
  }

  #seen(arrows: readonly ArrowType[], { at = Infinity, knownSeq = Infinity }: AsOf): Belief[] {
    return this.#beliefs.filter(({ type, recordedSeq, validFrom, endedSeq, validTo }) => {
      const isKnown = recordedSeq <= knownSeq;
      const isOver = endedSeq !== null && endedSeq <= knownSeq && validTo! <= at;
      return arrows.includes(type) && isKnown && validFrom <= at && !isOver;
    });
  }
}

function ends({ from, to }: ArrowChange, direction: Direction): readonly [near: string, far: string] {
  return direction === "UPSTREAM" ? [from, to] : [to, from];
}

/** Paths as text, each once, in order. */
export function pathTexts(paths: readonly Path[]): string[] {
  const texts = paths.map(({ nodes, arrows }) => nodes.map((node, i) => `${node} ${arrows[i] ?? ""}`).join(" "));
  return [...new Set(texts)].toSorted();
}
