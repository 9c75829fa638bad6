import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { PluginManifest, requireParameterSchema } from "@clew/schema";

export interface ManifestFault {
  /** The field, as in `runtime.entry`; empty for the file as a whole. */
  field: string;
  message: string;
}

/** A folder's plugin.json cannot be used; the message names the file and every field at fault. */
export class ManifestError extends Error {
  readonly faults: readonly ManifestFault[];

  constructor(file: string, faults: readonly ManifestFault[]) {
    super(`${file}: ${faults.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join("; ")}`);
    this.name = "ManifestError";
    this.faults = faults;
  }
}

/**
 * Reads and checks a plugin folder's plugin.json, without loading any of the plugin's code.
 * @throws {ManifestError}
 */
export async function loadManifest(dir: string): Promise<PluginManifest> {
  const file = join(dir, "plugin.json");
  const parsed = PluginManifest.safeParse(await readJson(file));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
    throw new ManifestError(file, faults);
  }
  const faults = [...parameterSchemaFaults(parsed.data), ...(await entryFaults(dir, parsed.data))];
  if (faults.length > 0) throw new ManifestError(file, faults);
  return parsed.data;
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new ManifestError(file, [
      { field: "", message: `cannot be read (${(error as NodeJS.ErrnoException).code})` },
    ]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ManifestError(file, [{ field: "", message: `is no JSON: ${(error as Error).message}` }]);
  }
}

function parameterSchemaFaults(manifest: PluginManifest): ManifestFault[] {
  if (manifest.parameters["type"] !== "object") {
    return [{ field: "parameters.type", message: 'must be "object"' }];
  }
  try {
    requireParameterSchema(manifest.parameters);
    return [];
  } catch (error) {
    return [{ field: "parameters", message: `is no JSON Schema: ${(error as Error).message}` }];
  }
}

async function entryFaults(dir: string, { runtime }: PluginManifest): Promise<ManifestFault[]> {
  const [field, entry] =
    runtime.type === "command" ? ["runtime.command.0", runtime.command[0] ?? ""] : ["runtime.entry", runtime.entry];
  // A bare name such as "sh" is looked up on the PATH.
  if (runtime.type === "command" && !entry.includes("/")) return [];
  if (isAbsolute(entry)) return runtime.type === "command" ? [] : [{ field, message: "must be relative" }];
  const path = resolve(dir, entry);
  if (relative(resolve(dir), path).startsWith("..")) return [{ field, message: "lies outside the plugin's folder" }];
  return (await isFile(path)) ? [] : [{ field, message: `no such file: ${entry}` }];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
