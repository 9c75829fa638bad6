import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PluginManifest } from "@clew/schema";
import { loadManifest } from "@clew/plugin-sdk/host";
import type { Logger } from "pino";

/** A plugin that this runner can start. */
export interface HostedPlugin {
  readonly dir: string;
  readonly manifest: PluginManifest;
}

/** `name@version`, as job invitations name a plugin. */
export function pluginKey({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}

/**
 * The plugins in these folders, each of which is a plugin's folder or holds some. What is broken is logged and left out; the same
 * version in two folders is taken from the first.
 */
export async function findPlugins(dirs: readonly string[], log: Logger): Promise<HostedPlugin[]> {
  const found = new Map<string, HostedPlugin>();
  for (const dir of dirs) {
    const folders = await pluginFolders(dir);
    if (folders.length === 0) log.warn({ dir }, "no plugin.json here, nor in a folder below");
    for (const folder of folders) {
      const plugin = await load(folder, log);
      if (plugin === null) continue;
      const key = pluginKey(plugin.manifest);
      const first = found.get(key);
      if (first === undefined) found.set(key, plugin);
      else log.warn({ plugin: key, used: first.dir, ignored: folder }, "the same plugin version is in two folders");
    }
  }
  return [...found.values()];
}

async function pluginFolders(dir: string): Promise<string[]> {
  if (await isPlugin(dir)) return [dir];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const paths = below.map(({ name }) => join(dir, name)).toSorted();
  const flags = await Promise.all(paths.map(isPlugin));
  return paths.filter((_, index) => flags[index]);
}

async function isPlugin(dir: string): Promise<boolean> {
  return await stat(join(dir, "plugin.json")).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function load(dir: string, log: Logger): Promise<HostedPlugin | null> {
  try {
    return { dir, manifest: await loadManifest(dir) };
  } catch (error) {
    log.error({ dir, reason: (error as Error).message }, "a plugin's manifest cannot be used; it is not hosted");
    return null;
  }
}
