import { readFile } from "node:fs/promises";
import type { LocalInput } from "@clew/plugin-sdk";
import { DataSchema, guard } from "@clew/plugin-tabular";

/** Where a model keeps the data schema that its training's data were held to. */
const FILE = "data-schema.json";

/**
 * Null where the model has none.
 * @throws {PluginFailure} BAD_INPUT where it is no data schema
 */
export async function schemaOf(model: LocalInput): Promise<DataSchema | null> {
  if (!model.files.some(({ path }) => path === FILE)) return null;
  return await guard(FILE, async () => DataSchema.parse(JSON.parse(await readFile(model.path(FILE), "utf8"))));
}
