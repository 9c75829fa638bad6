import { type ColumnLineage, PluginFailure } from "@clew/plugin-sdk";
import { columnSources } from "../column-sources.ts";
import type { TabularDatabase } from "../tabular-database.ts";
import type { TrainingParameters } from "./parameters.ts";

/** The columns of the query's answer that the model sees: its features', then the target. */
export function modelColumns({ features, baselines, target }: TrainingParameters): string[] {
  const own = baselines.flatMap((baseline) => (baseline.features === "all" ? [] : baseline.features));
  return [...new Set([...[...features, ...own].map((feature) => feature.column), target])];
}

/**
 * Where each of the model's columns comes from: as the parameters state it, else as it is read off the query.
 * @throws {PluginFailure} BAD_PARAMETERS where a column's origin is neither stated nor to be read off, or where a feature comes
 * from a forbidden column.
 */
export async function lineageOf(database: TabularDatabase, parameters: TrainingParameters): Promise<ColumnLineage[]> {
  const columns = modelColumns(parameters);
  const read = await columnSources(database, parameters.sql, columns);
  const lineage = columns.map((column) => stated(parameters, column) ?? read.get(column) ?? unknown(column));
  refuseForbidden(parameters, lineage);
  return lineage;
}

function stated({ sources }: TrainingParameters, column: string): ColumnLineage | undefined {
  const source = sources.find((candidate) => candidate.column === column);
  return source === undefined ? undefined : { ...source, masking: false };
}

function unknown(column: string): never {
  throw new PluginFailure(
    "BAD_PARAMETERS",
    `sources: where ${column} comes from cannot be read off the sql, so it must be stated`,
  );
}

function refuseForbidden({ forbidden, target }: TrainingParameters, lineage: readonly ColumnLineage[]): void {
  const banned = new Set(forbidden.map((name) => name.toLowerCase()));
  for (const { column, from } of lineage) {
    // The target is what is only known afterwards.
    if (column === target) continue;
    const culprit = [column, ...from.map((source) => source.column)].find((name) => banned.has(name.toLowerCase()));
    if (culprit === undefined) continue;
    throw new PluginFailure("BAD_PARAMETERS", `features: ${column} uses ${culprit}, which is forbidden`);
  }
}
