import { type ColumnLineage, formatKey } from "@clew/schema";
import type { EdgeEnd } from "../../core/define-node.ts";
import type { Heads, UserError } from "../../ledger/command.ts";
import { DatasetVersion } from "../catalog/index.ts";
import type { FinishedOutput } from "./finished-output.ts";

type Source = ColumnLineage["from"][number];

/** Sources that an output's column lineage names, each with its place in the input. */
function sourcesOf(output: FinishedOutput): { source: Source; path: string[] }[] {
  const kind = output.modelVersion ? "modelVersion" : "datasetVersion";
  const lineage = output[kind]?.columnLineage ?? [];
  return lineage.flatMap(({ from }, column) =>
    from.map((source, n) => ({ source, path: [kind, "columnLineage", String(column), "from", String(n)] })),
  );
}

/** The inputs that must be known to tell whether a source names their dataset. */
export function sourceHeads(output: FinishedOutput, inputs: readonly EdgeEnd[]): string[] {
  const roles = new Set(sourcesOf(output).flatMap(({ source }) => (source.dataset === undefined ? [] : source.input)));
  return inputs.filter(({ role }) => role !== undefined && roles.has(role)).map(({ id }) => id);
}

/**
 * An error for each role that is no input of the run, and for each dataset that is none of the inputs of its role: at the first source
 * that names it. A wide output would else say the same thousands of times.
 */
export function sourceErrors(heads: Heads, inputs: readonly EdgeEnd[], output: FinishedOutput): UserError[] {
  const datasetsOf = datasetsByRole(heads, inputs);
  const wrong = new Map<string, UserError>();
  for (const { source, path } of sourcesOf(output)) {
    const error = sourceError(source, datasetsOf.get(source.input), path);
    if (error !== null && !wrong.has(error.message)) wrong.set(error.message, error);
  }
  return [...wrong.values()];
}

function datasetsByRole(heads: Heads, inputs: readonly EdgeEnd[]): ReadonlyMap<string, ReadonlySet<string | null>> {
  const byRole = Map.groupBy(inputs, ({ role }) => role ?? "");
  return new Map([...byRole].map(([role, ends]) => [role, new Set(ends.map(({ id }) => datasetKey(heads, id)))]));
}

function sourceError(
  { input, dataset }: Source,
  datasets: ReadonlySet<string | null> | undefined,
  path: readonly string[],
): UserError | null {
  if (datasets === undefined) {
    const message = `the run has no input with the role ${input}`;
    return { code: "INVALID_INPUT", path: [...path, "input"], message };
  }
  if (dataset === undefined || datasets.has(dataset)) return null;
  const message = `no input with the role ${input} is a version of ${dataset}`;
  return { code: "INVALID_INPUT", path: [...path, "dataset"], message };
}

function datasetKey(heads: Heads, id: string): string | null {
  const version = heads.get(DatasetVersion, id);
  return version === undefined ? null : formatKey(version);
}
