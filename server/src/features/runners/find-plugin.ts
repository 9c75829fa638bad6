import { PluginManifest } from "@clew/schema";
import type { NodeReader } from "../../ports/node-reader.ts";
import { pluginId } from "./register-plugin.ts";

/** A plugin's manifest by name, of the given version or the one registered last. Null when no runner ever offered it. */
export async function findPlugin(
  reader: NodeReader,
  name: string,
  version: string | null,
): Promise<PluginManifest | null> {
  const found = version
    ? await reader.byIds([pluginId(name, version)])
    : await reader.list({ types: ["Plugin"], namespaces: null, name }, "NEWEST", null, 1);
  return found[0] ? PluginManifest.parse(found[0].attributes["manifest"]) : null;
}
