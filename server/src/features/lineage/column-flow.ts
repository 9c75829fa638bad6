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

/** Which columns of which versions come from one column, and by which ways. */
export class ColumnFlow {
  readonly #reached = new Map<string, Map<string, Reached>>();
  readonly #untold: string[] = [];

  /** @param starts versions that have the column itself. */
  constructor(versions: readonly VersionColumns[], starts: ReadonlySet<string>, column: string) {
    const assets = new Map(versions.map(({ id, asset }) => [id, asset]));
    for (const id of starts) this.#reached.set(id, new Map([[column, { step: null, distance: 0 }]]));
    // What a version was made of was there before it.
    for (const version of versions.toSorted((a, b) => a.createdSeq - b.createdSeq)) {
      const given = version.inputs.filter(({ id }) => this.#reached.has(id));
      if (given.length === 0) continue;
      if (version.lineage.length > 0) this.#follow(version, given, assets);
      else if (!starts.has(version.id)) this.#untold.push(version.id);
    }
  }

  /** Versions that were made of one with such a column, and of which nobody said what their columns come from. */
  get untold(): readonly string[] {
    return this.#untold;
  }

  /** The columns of a version that come from the one that was asked about; none of a version that has that one itself. */
  columns(version: string): readonly string[] {
    const columns = this.#reached.get(version) ?? new Map<string, Reached>();
    return [...columns].flatMap(([name, { step }]) => (step === null ? [] : [name]));
  }

  /** The shortest way to a column, from that column on: the last step is from the column that was asked about. */
  way({ version, column }: ColumnPlace): readonly ColumnStep[] {
    const step = this.#reached.get(version)?.get(column)?.step ?? null;
    return step === null ? [] : [step, ...this.way(step.from)];
  }

  #follow(version: VersionColumns, given: readonly EdgeEnd[], assets: ReadonlyMap<string, string>): void {
    const columns = this.#reached.get(version.id) ?? new Map<string, Reached>();
    for (const how of version.lineage) {
      const nearest = this.#sources(how, given, assets).toSorted((a, b) => a.distance - b.distance)[0];
      const known = columns.get(how.column);
      if (nearest === undefined || (known && known.distance <= nearest.distance + 1)) continue;
      const step = { version: version.id, column: how.column, how, from: nearest.from };
      columns.set(how.column, { step, distance: nearest.distance + 1 });
    }
    if (columns.size > 0) this.#reached.set(version.id, columns);
  }

  /** The columns that a column is made of and that come from the one that was asked about. */
  #sources({ from }: ColumnLineage, given: readonly EdgeEnd[], assets: ReadonlyMap<string, string>) {
    return from.flatMap(({ input, dataset, column }) =>
      given.flatMap(({ id, role }) => {
        const reached = this.#reached.get(id)?.get(column);
        const isMeant = role === input && (dataset === undefined || assets.get(id) === dataset);
        return reached && isMeant ? [{ from: { version: id, column }, distance: reached.distance }] : [];
      }),
    );
  }
}
