import { quoteName, quoteText } from "@clew/plugin-tabular";
import type { SplitParameters } from "./parameters.ts";
import { type Answer, bounds, type Part } from "./parts.ts";
import { requireColumns, requireKeys } from "./rows-file.ts";
import { timeParts } from "./split-by-time.ts";

/**
 * Which rows are in which part. A row's part depends on its key and the seed (of a stratified split on the other rows of its stratum too), never
 * on the order of rows or files.
 * @throws {PluginFailure} BAD_PARAMETERS or BAD_INPUT, naming the parameter.
 */
export async function partsOf(answer: Answer, split: SplitParameters | undefined, seed: number): Promise<Part[]> {
  if (split === undefined) return [{ role: "prepared", condition: "" }];
  if (split.by === "time") return await timeParts(answer, split);
  const { shares } = split;
  const wanted = split.by === "random" ? split.key : split.columns;
  const said = split.by === "random" ? "split.key" : "split.columns";
  requireColumns(said, wanted ?? [], answer.columns);
  const place = placeOf(answer, split, seed);
  if (split.by === "stratified") requireColumns("split.key", split.key ?? [], answer.columns);
  else await requireKeys(answer.database, answer.from, said, wanted ?? []);
  // A condition on a window, which a stratified place is, must stand there.
  const clause = split.by === "stratified" ? "QUALIFY" : "WHERE";
  return bounds(shares).map(({ role, from, to }) => ({ role, condition: `${clause} ${within(place, from, to)}` }));
}

/** A row's place in [0, 1). */
function placeOf({ columns }: Answer, split: Exclude<SplitParameters, { by: "time" }>, seed: number): string {
  const all = columns.map(({ name }) => name);
  if (split.by === "random") return uniform(split.key ?? all, seed);
  if (split.by === "group") return uniform(split.columns, seed);
  const stratum = split.columns.map(quoteName).join(", ");
  const order = uniform(split.key ?? all, seed);
  // Rows with the same key have the same rank. The stratum's own number decides which way it is rounded, or no small one had a test part.
  const rank = `rank() OVER (PARTITION BY ${stratum} ORDER BY ${order}) - 1 + ${uniform(split.columns, seed)}`;
  return `((${rank}) / count(*) OVER (PARTITION BY ${stratum}))`;
}

/** A number in [0, 1) that follows from these columns' values and the seed: by MD5, which no version of DuckDB changes. */
function uniform(columns: readonly string[], seed: number): string {
  const values = columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR)`).join(", ");
  return `(md5_number_upper(${quoteText(`${seed} `)} || to_json([${values}])) / 18446744073709551616.0)`;
}

function within(place: string, from: number, to: number): string {
  return to === 1 ? `${place} >= ${from}` : `${place} >= ${from} AND ${place} < ${to}`;
}
