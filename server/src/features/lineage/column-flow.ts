import type { ColumnLineage } from "@clew/schema";
import type { EdgeEnd } from "../../core/define-node.ts";

/** A version as the way of a column through it needs it. */
export interface VersionColumns {
  readonly id: string;
  /** namespace/name of its asset. */
  readonly asset: string;
  readonly createdSeq: number;
  /** What the run that made it was given, by role, and what it was derived from. */
  readonly inputs: readonly EdgeEnd[];
  /** Where its columns, or a model's features, come from; empty where nobody said. */
  readonly lineage: readonly ColumnLineage[];
}

/** A column of a version. */
export interface ColumnPlace {
  readonly version: string;
  readonly column: string;
}

/** A column on the way from the one that was asked about, and what made it of a column one step nearer. */
export interface ColumnStep extends ColumnPlace {
  readonly how: ColumnLineage;
  readonly from: ColumnPlace;
}

interface Reached {
  /** Null of the column itself. */
  readonly step: ColumnStep | null;
  /** How many steps it is away: the shortest way. */
  readonly distance: number;
}

/** Which columns of which versions come from one column, and by which ways. Of what nothing was made that is found out when it is asked. */
export class ColumnFlow {
  readonly #versions: ReadonlyMap<string, VersionColumns>;
  readonly #starts: ReadonlySet<string>;
  readonly #column: string;
  readonly #reached = new Map<string, ReadonlyMap<string, Reached>>();

  /** @param starts versions that have the column itself. */
  constructor(versions: readonly VersionColumns[], starts: ReadonlySet<string>, column: string) {
    this.#versions = new Map(versions.map((version) => [version.id, version]));
    this.#starts = starts;
    this.#column = column;
    // Oldest first, so that what a version was made of is known before it: a long chain of versions would else be a deep recursion.
    const sources = new Set(versions.flatMap(({ inputs }) => inputs.map(({ id }) => id)));
    for (const { id } of versions.toSorted((a, b) => a.createdSeq - b.createdSeq))
      if (sources.has(id)) this.#columnsOf(id);
  }

  /** Whether a version has a column that comes from the one that is asked about. */
  uses(id: string): boolean {
    const version = this.#versions.get(id);
    if (version === undefined) return false;
    const given = this.#given(version);
    return given.length > 0 && version.lineage.some((how) => this.#nearestSource(how, given) !== null);
  }

  /** The columns of a version that come from the one that is asked about. */
  columns(version: string): readonly string[] {
    return [...this.#columnsOf(version)].flatMap(([name, { step }]) => (step === null ? [] : [name]));
  }

  /** Versions that were made of one with such a column, and of which nobody said what their columns come from. */
  untold(): readonly string[] {
    const silent = [...this.#versions.values()].filter(
      ({ id, lineage }) => lineage.length === 0 && !this.#starts.has(id),
    );
    return silent.filter((version) => this.#given(version).length > 0).map(({ id }) => id);
  }

  /** The shortest way to a column, from that column on: the last step is from the column that is asked about. */
  way({ version, column }: ColumnPlace): readonly ColumnStep[] {
    const step = this.#columnsOf(version).get(column)?.step ?? null;
    return step === null ? [] : [step, ...this.way(step.from)];
  }

  /** Found out once for each. */
  #columnsOf(id: string): ReadonlyMap<string, Reached> {
    const known = this.#reached.get(id);
    if (known) return known;
    const columns = new Map<string, Reached>();
    this.#reached.set(id, columns);
    if (this.#starts.has(id)) columns.set(this.#column, { step: null, distance: 0 });
    const version = this.#versions.get(id);
    if (version) this.#follow(version, columns);
    return columns;
  }

  #follow(version: VersionColumns, columns: Map<string, Reached>): void {
    const given = this.#given(version);
    if (given.length === 0) return;
    for (const how of version.lineage) {
      const nearest = this.#nearestSource(how, given);
      const known = columns.get(how.column);
      if (nearest === null || (known && known.distance <= nearest.distance + 1)) continue;
      const step = { version: version.id, column: how.column, how, from: nearest.from };
      columns.set(how.column, { step, distance: nearest.distance + 1 });
    }
  }

  /** What a version was made of that has such a column. */
  #given({ inputs }: VersionColumns): readonly EdgeEnd[] {
    return inputs.filter(({ id }) => this.#columnsOf(id).size > 0);
  }

  /** Of the columns that a column is made of the one that is the fewest steps from the one that is asked about. */
  #nearestSource({ from }: ColumnLineage, given: readonly EdgeEnd[]) {
    let nearest: { readonly from: ColumnPlace; readonly distance: number } | null = null;
    for (const { input, dataset, column } of from) {
      for (const { id, role } of given) {
        if (role !== input || (dataset !== undefined && this.#versions.get(id)?.asset !== dataset)) continue;
        const distance = this.#columnsOf(id).get(column)?.distance ?? Infinity;
        if (distance < (nearest?.distance ?? Infinity)) nearest = { from: { version: id, column }, distance };
      }
    }
    return nearest;
  }
}
