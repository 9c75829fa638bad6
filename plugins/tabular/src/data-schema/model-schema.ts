import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalInput } from "@clew/plugin-sdk";
import { guard } from "../tabular-model.ts";
import { DataSchema } from "./data-schema.ts";
import { formatSchema } from "./format-schema.ts";

/** Where a model keeps the data schema of what it was trained on. */
const FILE = "data-schema.json";

/** @param dir the model's folder, which is there */
export async function saveDataSchema(dir: string, schema: DataSchema): Promise<void> {
  await writeFile(join(dir, FILE), formatSchema(schema));
}

/**
 * Null where the model has none.
 * @throws {PluginFailure} BAD_INPUT where it is no data schema
 */
export async function loadDataSchema(model: LocalInput): Promise<DataSchema | null> {
  if (!model.files.some(({ path }) => path === FILE)) return null;
  return await guard(FILE, async () => DataSchema.parse(JSON.parse(await readFile(model.path(FILE), "utf8"))));
}
