import { type ColumnLineage, PluginFailure } from "@clew/plugin-sdk";
import type { ServableModel } from "@clew/plugin-models";
import { columnSources, type ColumnType, type TabularDatabase } from "@clew/plugin-tabular";

/** The column with the id of what scored a row. */
export const SCORED_BY = "scored_by";
/** Sources that the lineage of a column may name. */
const SOURCES_MAX = 50;

/**
 * The columns of the query's answer that stand beside the predictions.
 * @throws {PluginFailure} BAD_PARAMETERS where there is no such column, or an output has its name
 */
export function keptColumns(
  keep: readonly string[] | undefined,
  columns: readonly ColumnType[],
  { outputs }: Pick<ServableModel, "outputs">,
): number[] {
  const kept = keep ?? columns.map(({ name }) => name);
  const taken = new Set([...outputs.map(({ name }) => name), SCORED_BY].map((name) => name.toLowerCase()));
  return kept.map((name) => {
    const at = columns.findIndex((column) => column.name === name);
    if (at < 0) throw new PluginFailure("BAD_PARAMETERS", `keep: the query's answer has no column ${name}`);
    if (taken.has(name.toLowerCase()))
      throw new PluginFailure(
        "BAD_PARAMETERS",
        `keep: two columns would be named ${name}; rename one in sql, or leave it out`,
      );
    taken.add(name.toLowerCase());
    return at;
  });
}

export interface Lineage {
  readonly columnLineage: ColumnLineage[];
  /** Columns whose origin cannot be read off the query. */
  readonly untold: readonly string[];
}

/** Kept columns come from where the query has them, predictions from where it has the model's inputs. */
export async function lineageOf(
  database: TabularDatabase,
  sql: string,
  kept: readonly string[],
  { inputs, outputs }: Pick<ServableModel, "inputs" | "outputs">,
  model: string,
): Promise<Lineage> {
  const features = inputs.map(({ name }) => name);
  const read = await columnSources(database, sql, [...new Set([...kept, ...features])]);
  const from = new Map(
    features.flatMap((name) => read.get(name)?.from ?? []).map((source) => [JSON.stringify(source), source]),
  );
  const predictions = outputs.map(({ name }): ColumnLineage => {
    const sources = [...from.values()].slice(0, SOURCES_MAX);
    return { column: name, from: sources, via: "TRANSFORMATION", expression: `answered by ${model}`, masking: false };
  });
  const untold = [...new Set([...kept, ...features])].filter((name) => !read.has(name));
  return { columnLineage: [...kept.flatMap((name) => read.get(name) ?? []), ...predictions], untold };
}
