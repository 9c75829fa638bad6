import { merged, type Origin, type Relation } from "./relation.ts";

/** The tables by name that a query may have in its FROM: views and what stands in a WITH. */
export type Tables = ReadonlyMap<string, Relation>;

/** What the names in a SELECT mean. */
export class Scope {
  readonly #relations: readonly (readonly [name: string, relation: Relation])[];
  readonly #outer: Scope | null;
  /** Of the items before: an item may name an earlier one where no table has such a column. */
  readonly #items = new Map<string, Origin | null>();

  constructor(relations: readonly (readonly [name: string, relation: Relation])[], outer: Scope | null) {
    this.#relations = relations;
    this.#outer = outer;
  }

  addItem(name: string, origin: Origin | null): void {
    this.#items.set(name.toLowerCase(), origin);
  }

  /** The tables that a star stands for; null where the columns of one of them are not known. */
  starred(qualifier: string | undefined): Relation[] | null {
    const named = this.#named(qualifier?.toLowerCase());
    return named.length > 0 && named.every(({ isWhole }) => isWhole) ? named : null;
  }

  /** What a column's name means; null where that cannot be told. A column that USING has merged comes from both sides. */
  resolve(path: readonly string[]): Origin | null {
    const column = path.at(-1)!.toLowerCase();
    const qualifier = path.at(-2)?.toLowerCase();
    const named = this.#named(qualifier);
    const having = named.filter(({ columns }) => columns.has(column));
    if (having.length > 0) return merged(having.map(({ columns }) => columns.get(column) ?? null));
    if (named.some(({ isWhole }) => !isWhole)) return null;
    if (qualifier === undefined && this.#items.has(column)) return this.#items.get(column) ?? null;
    return this.#outer?.resolve(path) ?? null;
  }

  #named(qualifier: string | undefined): Relation[] {
    return this.#relations.flatMap(([name, relation]) =>
      qualifier === undefined || name === qualifier ? [relation] : [],
    );
  }
}
