import { NodeId, parseKey } from "@clew/schema";
import { PluginsDocument, ResolveKeyDocument, RunnersDocument } from "@clew/schema/graphql";
import type { ClewClient } from "./client.ts";
import { CliError, UsageError } from "./errors.ts";

const VERSIONED = ["Dataset:", "Model:", "Endpoint:", "Pipeline:"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** When a key is read: what it named then. */
interface KeyTime {
  /** RFC 3339. */
  readonly asOf?: string;
  /** A ledger entry: as it was known after it. */
  readonly knownAt?: number;
}

/**
 * The id of what a person names: an id, a run's UUID, a key (namespace/name, namespace/name@3, namespace/name@production), a plugin's or a
 * runner's name.
 * @throws {UsageError} where the text names nothing by its form; {CliError} where there is no such thing, or two.
 */
export async function resolveNode(client: ClewClient, text: string, time: KeyTime = {}): Promise<string> {
  if (NodeId.safeParse(text).success) return text;
  if (UUID.test(text)) return `Run:${text}`;
  if (parseKey(text) !== null) return byKey(client, text, time);
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return byName(client, text);
  throw new UsageError(
    `${text} is neither an id nor a key; a key is namespace/name, namespace/name@3 or namespace/name@alias`,
  );
}

async function byKey(client: ClewClient, key: string, time: KeyTime): Promise<string> {
  const { find: found } = await client.request(ResolveKeyDocument, { key, ...time });
  const [first, second] = found;
  if (first === undefined) throw new CliError(`there is no ${key}, or none that you may read`, { code: "NOT_FOUND" });
  if (second === undefined) return first.id;
  throw new CliError(`${key} names things of several types`, {
    advice: `give one of ${found.map(({ id }) => id).join(", ")}`,
  });
}

async function byName(client: ClewClient, name: string): Promise<string> {
  // Newest first: of several versions of a plugin the last one registered.
  const { plugins } = await client.request(PluginsDocument, { first: 500 });
  const plugin = plugins.nodes.find((node) => node.name === name);
  if (plugin !== undefined) return plugin.id;
  const { runners } = await client.request(RunnersDocument, { first: 500 });
  const runner = runners.nodes.find((node) => node.name === name);
  if (runner !== undefined) return runner.id;
  throw new CliError(`there is no plugin and no runner ${name}`, { code: "NOT_FOUND" });
}

/** The id of the newest version where a key names an asset, of the newest revision where it names an endpoint; anything else as it is. */
export async function newestVersion(client: ClewClient, id: string, text: string, time: KeyTime = {}): Promise<string> {
  const hasVersions = VERSIONED.some((type) => id.startsWith(type)) && parseKey(text)?.version === null;
  return hasVersions ? resolveNode(client, `${text}@latest`, time) : id;
}
