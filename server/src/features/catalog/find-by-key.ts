import { type AssetKey, parseKey } from "@clew/schema";
import type { NodeState } from "../../core/graph-change.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { assetId } from "./ids.ts";

export type KeyedType = "Dataset" | "Model" | "CodeRepository";

const VERSIONS: Partial<Record<KeyedType, string>> = { Dataset: "DatasetVersion", Model: "ModelVersion" };

/** The asset or version that a readable key names: `namespace/name`, `namespace/name@3` or `namespace/name@latest`. */
export async function findByKey(reader: NodeReader, type: KeyedType, key: string): Promise<NodeState | null> {
  const parsed = parseKey(key);
  if (parsed === null) return null;
  const asset = await findAsset(reader, type, parsed);
  if (asset === null || parsed.version === null) return asset;
  const version = parsed.version === "latest" ? asset.attributes["latestVersion"] : parsed.version;
  const versionType = VERSIONS[type];
  if (versionType === undefined || typeof version !== "number") return null;
  const filter = { types: [versionType], namespaces: null, parent: asset.id, version };
  return (await reader.list(filter, "NEWEST", null, 1))[0] ?? null;
}

async function findAsset(reader: NodeReader, type: KeyedType, key: AssetKey): Promise<NodeState | null> {
  return (await reader.byIds([assetId(type, key)]))[0] ?? null;
}
