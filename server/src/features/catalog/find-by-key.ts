import { type AssetKey, NodeId, parseKey } from "@clew/schema";
import type { NodeState } from "../../core/graph-change.ts";
import { mayRead } from "../../graphql/loaders.ts";
import { nodeValue } from "../../graphql/node-type.ts";
import type { Principal } from "../../graphql/principal.ts";
import type { NodeCursor, NodeReader } from "../../ports/node-reader.ts";
import { assetId } from "./ids.ts";

export type KeyedType = Parameters<typeof assetId>[0];

/** When a key is read: what it named at `at` (milliseconds since 1970), as known after entry `knownSeq`; each is now when left out. */
export interface KeyTime {
  readonly at?: number | undefined;
  readonly knownSeq?: number | undefined;
}

const VERSIONS: Readonly<Record<string, string>> = {
  Dataset: "DatasetVersion",
  Model: "ModelVersion",
  Endpoint: "Deployment",
};
const PAGE = 500;

/** The asset or version that a readable key names: `namespace/name`, and `@3`, `@latest` or `@alias` behind it. */
export async function findByKey(
  reader: NodeReader,
  type: KeyedType,
  key: string,
  time: KeyTime = {},
): Promise<NodeState | null> {
  const parsed = parseKey(key);
  if (parsed === null) return null;
  const asset = await findAsset(reader, type, parsed);
  const found = asset && parsed.version !== null ? await findVersion(reader, asset, parsed.version, time) : asset;
  return found && found.createdSeq <= (time.knownSeq ?? Infinity) ? found : null;
}

/** The asset or version that a readable key names, or the node of an id: those that the principal may read. */
export async function findNodes(
  reader: NodeReader,
  principal: Principal,
  idOrKey: string,
  time: KeyTime = {},
): Promise<readonly NodeState[]> {
  const found = NodeId.safeParse(idOrKey).success
    ? await reader.byIds([idOrKey])
    : await Promise.all(
        (["Dataset", "Model", "Endpoint", "UseCase"] as const).map((type) => findByKey(reader, type, idOrKey, time)),
      );
  return found.flatMap((state) => (state && mayRead(principal, nodeValue(state)) ? [state] : []));
}

/** The version of an asset with this number. */
export async function versionOf(reader: NodeReader, asset: NodeState, version: number): Promise<NodeState | null> {
  const type = VERSIONS[asset.type];
  if (type === undefined) return null;
  const filter = { types: [type], namespaces: null, parent: asset.id, version };
  return (await reader.list(filter, "NEWEST", null, 1))[0] ?? null;
}

async function findAsset(reader: NodeReader, type: KeyedType, key: AssetKey): Promise<NodeState | null> {
  return (await reader.byIds([assetId(type, key)]))[0] ?? null;
}

async function findVersion(
  reader: NodeReader,
  asset: NodeState,
  version: number | string,
  time: KeyTime,
): Promise<NodeState | null> {
  if (typeof version === "number") return versionOf(reader, asset, version);
  if (version === "latest") return newestVersion(reader, asset, time);
  const of = { column: "node", ids: [asset.id] } as const;
  const rows = await reader.tags("ALIAS", of, { at: time.at ?? Date.now(), knownSeq: time.knownSeq });
  const row = rows.find(({ key }) => key === version);
  return row ? ((await reader.byIds([row.value]))[0] ?? null) : null;
}

/** The newest version that was there then. */
async function newestVersion(reader: NodeReader, asset: NodeState, time: KeyTime): Promise<NodeState | null> {
  const type = VERSIONS[asset.type];
  if (type === undefined) return null;
  const { at = Infinity, knownSeq = Infinity } = time;
  const filter = { types: [type], namespaces: null, parent: asset.id };
  const isNow = at === Infinity && knownSeq === Infinity;
  for (let after: NodeCursor | null = null; ; ) {
    const page: readonly NodeState[] = await reader.list(filter, "NEWEST", after, isNow ? 1 : PAGE);
    const found = page.find(
      ({ createdSeq, attributes }) => createdSeq <= knownSeq && Number(attributes["createdAt"]) <= at,
    );
    const last = page.at(-1);
    if (found || last === undefined) return found ?? null;
    after = { createdSeq: last.createdSeq, name: "", id: last.id };
  }
}
