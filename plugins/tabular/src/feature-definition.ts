import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, type LocalInput, PluginFailure, Sha256 } from "@clew/plugin-sdk";
import { z } from "zod";
import { ColumnName } from "./query-lineage.ts";
import { messageOf } from "./tabular-database.ts";

const DEFINITION_FILE = "features.json";

/**
 * `features.json`, beside the rows of a prepared version: how its columns are made. Training and serving both use it, so that a column
 * means the same in both.
 */
export const FeatureDefinition = z.strictObject({
  format: z.literal("clew-features/1"),
  /** A SELECT over the raw data, whose view is `data`, and the joined views. */
  sql: z.string(),
  /** Column that is predicted: all others may be features. */
  target: ColumnName.optional(),
  /** In the order of the files; `type` as DuckDB names it. */
  columns: z.array(z.strictObject({ name: ColumnName, type: z.string() })),
  /** SHA-256 of the canonical JSON (RFC 8785) of all the rest. */
  digest: Sha256,
});
export type FeatureDefinition = z.infer<typeof FeatureDefinition>;

export function defineFeatures(said: Pick<FeatureDefinition, "sql" | "target" | "columns">): FeatureDefinition {
  const definition = { format: "clew-features/1" as const, ...said };
  return { ...definition, digest: digestOf(definition) };
}

export async function saveDefinition(dir: string, definition: FeatureDefinition): Promise<void> {
  await writeFile(join(dir, DEFINITION_FILE), `${JSON.stringify(FeatureDefinition.parse(definition), null, 1)}\n`);
}

/**
 * The definition that all of these versions have; undefined where none has one.
 * @throws {PluginFailure} BAD_INPUT where they differ in it, or a file is not what its digest says.
 */
export async function definitionOf(versions: readonly LocalInput[]): Promise<FeatureDefinition | undefined> {
  const definitions = await Promise.all(versions.map(readDefinition));
  const [first] = definitions;
  const other = definitions.findIndex((definition) => definition?.digest !== first?.digest);
  if (other < 0) return first;
  throw new PluginFailure(
    "BAD_INPUT",
    `${versions[0]!.key} and ${versions[other]!.key} are not prepared by one definition: ${first?.digest ?? "none"}, ${definitions[other]?.digest ?? "none"}`,
  );
}

/**
 * Rows that a model shall read must be prepared as those that it was trained on; of rows that do not say how, that is warned of.
 * @throws {PluginFailure} BAD_INPUT where they were prepared by another definition of the features.
 */
export async function requireDefinition(
  wanted: FeatureDefinition | undefined,
  versions: readonly LocalInput[],
  warn: (message: string) => void,
): Promise<void> {
  if (wanted === undefined) return;
  const given = await definitionOf(versions);
  const [first] = versions;
  if (given === undefined) warn(`${first?.key} does not say how its columns were made: it is not checked`);
  else if (given.digest !== wanted.digest) {
    const trained = `the model was trained on ${wanted.digest}`;
    throw new PluginFailure("BAD_INPUT", `${first?.key} is prepared by the definition ${given.digest}, ${trained}`);
  }
}

async function readDefinition(version: LocalInput): Promise<FeatureDefinition | undefined> {
  if (!version.files.some(({ path }) => path === DEFINITION_FILE)) return undefined;
  const definition = await parseDefinition(version);
  if (defineFeatures(contentOf(definition)).digest === definition.digest) return definition;
  throw new PluginFailure("BAD_INPUT", `${version.key}: ${DEFINITION_FILE} is not what its digest says`);
}

function contentOf({ sql, target, columns }: FeatureDefinition) {
  return { sql, columns, ...(target !== undefined && { target }) };
}

async function parseDefinition(version: LocalInput): Promise<FeatureDefinition> {
  try {
    return FeatureDefinition.parse(JSON.parse(await readFile(version.path(DEFINITION_FILE), "utf8")));
  } catch (error) {
    const said = `${version.key}: ${DEFINITION_FILE} cannot be read: ${messageOf(error)}`;
    throw new PluginFailure("BAD_INPUT", said, false, { cause: error });
  }
}
