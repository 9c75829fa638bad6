import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Path → what changes when a file is written: kind, size, time of last change. */
export type Snapshot = ReadonlyMap<string, string>;

/** What lies under a folder; folders named in `except` (relative paths, or bare names at any depth) are passed over. */
export async function snapshot(root: string, except: readonly string[]): Promise<Snapshot> {
  const seen = new Map<string, string>();
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (except.includes(path) || except.includes(entry.name)) continue;
      const { mode, size, mtimeNs } = await lstat(join(root, path), { bigint: true });
      seen.set(path, entry.isDirectory() ? "folder" : `${mode} ${size} ${mtimeNs}`);
      if (entry.isDirectory()) await visit(path);
    }
  };
  await visit("");
  return seen;
}

/** Paths that were added, changed or removed. */
export function changedPaths(before: Snapshot, after: Snapshot): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).toSorted();
}
