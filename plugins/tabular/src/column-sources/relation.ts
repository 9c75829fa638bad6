import type { ColumnLineage } from "@clew/plugin-sdk";
import type { SyntaxNode } from "../tabular-database.ts";

export type Source = ColumnLineage["from"][number];
type Via = ColumnLineage["via"];

/** How a column comes to be. */
export interface Origin {
  readonly from: readonly Source[];
  readonly via: Via;
  /** The expression that made it, where it is no column as it stands. */
  readonly made?: SyntaxNode;
}

/** What a query, or a table in its FROM, has as columns. */
export interface Relation {
  /** By their names in lower case, in their order; null where it cannot be told what a column comes from. */
  readonly columns: ReadonlyMap<string, Origin | null>;
  /** Whether these are all of its columns. */
  readonly isWhole: boolean;
}

export const UNKNOWN: Relation = { columns: new Map(), isWhole: false };

const VIAS: readonly Via[] = ["IDENTITY", "TRANSFORMATION", "AGGREGATION"];

/** The one of these that says most of what was done. */
export function strongest(vias: readonly Via[]): Via {
  return VIAS[Math.max(0, ...vias.map((via) => VIAS.indexOf(via)))]!;
}

export function sourcesOf(origins: readonly Origin[]): Source[] {
  return [...new Map(origins.flatMap(({ from }) => from).map((one) => [JSON.stringify(one), one])).values()];
}

/** A column that is one of these, or all of them; null where one of them cannot be told. */
export function merged(origins: readonly (Origin | null)[]): Origin | null {
  const known = origins.filter((origin) => origin !== null);
  const [first] = known;
  if (first === undefined || known.length < origins.length) return null;
  if (known.length === 1) return first;
  const made = known.find((origin) => origin.made !== undefined)?.made;
  return {
    from: sourcesOf(known),
    via: strongest(known.map(({ via }) => via)),
    ...(made !== undefined && { made }),
  };
}

/** With other names for its first columns, as in `AS t(a, b)`. */
export function renamed(relation: Relation, names: readonly string[]): Relation {
  if (names.length === 0) return relation;
  if (!relation.isWhole) return UNKNOWN;
  const columns = [...relation.columns].map(([name, origin], place) => {
    return [names[place]?.toLowerCase() ?? name, origin] as const;
  });
  return { columns: new Map(columns), isWhole: true };
}

/** Both below each other: matched by place, or by name. */
export function union(left: Relation, right: Relation, byName: boolean): Relation {
  if (byName) {
    const names = new Set([...left.columns.keys(), ...right.columns.keys()]);
    const isWhole = left.isWhole && right.isWhole;
    if (!isWhole) return UNKNOWN;
    const both = [...names].map((name) => {
      const has = [left, right].filter(({ columns }) => columns.has(name));
      return [name, merged(has.map(({ columns }) => columns.get(name) ?? null))] as const;
    });
    return { columns: new Map(both), isWhole };
  }
  if (!left.isWhole || !right.isWhole) return UNKNOWN;
  const others = [...right.columns.values()];
  const columns = [...left.columns].map(([name, origin], place) => {
    return [name, merged([origin, others[place] ?? null])] as const;
  });
  return { columns: new Map(columns), isWhole: true };
}
