import { type AssetKey, NodeId, parseKey } from "@clew/schema";
import type { NodeState } from "../../core/graph-change.ts";
import { firstUnseen, mayRead } from "../../graphql/loaders.ts";
import { nodeValue } from "../../graphql/node-value.ts";
import type { Principal } from "../../graphql/principal.ts";
import { refuse, type UserError } from "../../ledger/command.ts";
import { eachNode, type NodeReader } from "../../ports/node-reader.ts";
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
  Pipeline: "PipelineVersion",
};
/** Assets that a key in a query or input may name, of itself. */
const NAMED = ["Dataset", "Model", "Endpoint", "UseCase", "Pipeline", "Trigger"] as const;
/** Everything that has a key. */
export const KEYED: readonly KeyedType[] = [...NAMED, "CodeRepository"];
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
  assets: readonly KeyedType[] = NAMED,
): Promise<readonly NodeState[]> {
  const found = NodeId.safeParse(idOrKey).success
    ? await reader.byIds([idOrKey])
    : await Promise.all(assets.map((type) => findByKey(reader, type, idOrKey, time)));
  return found.flatMap((state) => (state && mayRead(principal, nodeValue(state)) ? [state] : []));
}

/**
 * The one node that an id or key in an input names, of these types where some are given; what is said where there is none that the
 * principal may read, or several.
 */
export async function findOne(
  reader: NodeReader,
  principal: Principal,
  text: string,
  { field, types, unknown }: { readonly field: string; readonly types?: readonly string[]; readonly unknown: string },
): Promise<NodeState | { readonly errors: UserError[] }> {
  const found = await findNodes(reader, principal, text);
  const [node, another] = types ? found.filter(({ type }) => types.includes(type)) : found;
  if (node === undefined) return refuse("UNKNOWN_NODE", [field], unknown);
  if (another === undefined) return node;
  return refuse("INVALID_INPUT", [field], `${text} is both ${node.type} and ${another.type}; give the id`);
}

/**
 * The ids of versions that are named by ids or keys, in order, or what cannot be found: the same is said of what is not there and of what
 * the principal may not read.
 * @param types of node that are meant; an id may be of another.
 * @param pathOf leads to the one at a position.
 */
export async function lookUpVersions(
  reader: NodeReader,
  principal: Principal,
  named: readonly string[],
  types: readonly string[],
  pathOf: (position: number) => string[],
): Promise<readonly string[] | { readonly errors: UserError[] }> {
  const found = await Promise.all(named.map((text) => idOf(reader, principal, text, types)));
  const ids = found.map((one) => one[0] ?? "");
  const twice = found.findIndex(({ length }) => length > 1);
  if (twice >= 0)
    return refuse("INVALID_INPUT", pathOf(twice), `${named[twice]} names ${found[twice]!.join(" and ")}; give the id`);
  const unseen = await firstUnseen(reader, principal, ids);
  return unseen < 0 ? ids : refuse("UNKNOWN_NODE", pathOf(unseen), `no version ${named[unseen]}: publish it first`);
}

async function idOf(reader: NodeReader, principal: Principal, text: string, types: readonly string[]) {
  if (NodeId.safeParse(text).success) return [text];
  const found = await findNodes(reader, principal, text);
  return found.flatMap(({ id, type }) => (types.includes(type) ? [id] : []));
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
  for await (const version of eachNode(reader, filter, "NEWEST", isNow ? 1 : PAGE)) {
    if (version.createdSeq <= knownSeq && Number(version.attributes["createdAt"]) <= at) return version;
  }
  return null;
}
