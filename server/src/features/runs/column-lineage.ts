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

/** An error for each source that is no input of the run, or of another dataset than the inputs of its role. */
export function sourceErrors(heads: Heads, inputs: readonly EdgeEnd[], output: FinishedOutput): UserError[] {
  return sourcesOf(output).flatMap(({ source, path }) => {
    const given = inputs.filter(({ role }) => role === source.input);
    if (given.length === 0) {
      const message = `the run has no input with the role ${source.input}`;
      return [{ code: "INVALID_INPUT", path: [...path, "input"], message }];
    }
    const isThere = source.dataset === undefined || given.some(({ id }) => datasetKey(heads, id) === source.dataset);
    if (isThere) return [];
    const message = `no input with the role ${source.input} is a version of ${source.dataset}`;
    return [{ code: "INVALID_INPUT", path: [...path, "dataset"], message }];
  });
}

function datasetKey(heads: Heads, id: string): string | null {
  const version = heads.get(DatasetVersion, id);
  return version === undefined ? null : formatKey(version);
}
