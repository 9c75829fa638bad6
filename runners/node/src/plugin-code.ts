import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { digestOf, type Sha256 } from "@clew/schema";
import { hashFile } from "@clew/plugin-sdk/host";
import { z } from "zod";
import type { HostedPlugin } from "./hosted-plugins.ts";

/** Installed packages are known by the lock file; the rest is made of what is read, or of no account to it. */
const LEFT_OUT = new Set(["node_modules", "__pycache__", ".git", ".venv"]);
const FILES_MAX = 20_000;

interface CodeFile {
  /** From the folder that holds it, with "/". */
  readonly path: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly changedAt: number;
}

const PackageFile = z.looseObject({ dependencies: z.record(z.string(), z.string()).default({}) });

/**
 * Tells what code a plugin runs: the SHA-256 of the paths and digests of all files in its folder, and in the folders of packages that are
 * linked rather than installed (workspaces). A file is read again only when its size or times have changed.
 */
export class PluginCode {
  readonly #digests = new Map<string, { readonly stamp: string; readonly digest: Sha256 }>();

  /** Null where there are more than 20,000 files. */
  async digest({ dir, manifest }: HostedPlugin): Promise<Sha256 | null> {
    const folders = manifest.runtime.type === "node" ? await linkedFolders(dir) : [dir];
    const parts: Record<string, Record<string, Sha256>> = {};
    let count = 0;
    for (const [index, folder] of folders.entries()) {
      const files = await codeFiles(folder);
      count += files.length;
      if (count > FILES_MAX) return null;
      parts[String(index)] = Object.fromEntries(
        await Promise.all(files.map(async (one) => [one.path, await this.#of(one)])),
      );
    }
    return digestOf(parts);
  }

  async #of({ file, sizeBytes, changedAt }: CodeFile): Promise<Sha256> {
    const stamp = `${sizeBytes} ${changedAt}`;
    const known = this.#digests.get(file);
    if (known?.stamp === stamp) return known.digest;
    const { digest } = await hashFile(file);
    this.#digests.set(file, { stamp, digest });
    return digest;
  }
}

/** The plugin's folder, and those of the linked packages that it or one of them depends on, by name. */
async function linkedFolders(dir: string): Promise<string[]> {
  const found = new Map<string, string>([["", await realpath(dir)]]);
  for (const [, folder] of found) {
    for (const name of await dependenciesOf(folder)) {
      const linked = found.has(name) ? null : await linkedPackage(folder, name);
      if (linked !== null) found.set(name, linked);
    }
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, folder]) => folder);
}

async function dependenciesOf(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
  if (text === null) return [];
  return Object.keys(PackageFile.safeParse(JSON.parse(text)).data?.dependencies ?? {});
}

/** Where a dependency lies, if that is outside of every node_modules. */
async function linkedPackage(from: string, name: string): Promise<string | null> {
  for (let at = from; ; at = dirname(at)) {
    const real = await realpath(join(at, "node_modules", name)).catch(() => null);
    if (real !== null) return real.split(sep).includes("node_modules") ? null : real;
    if (at === dirname(at)) return null;
  }
}

async function codeFiles(folder: string): Promise<CodeFile[]> {
  const files: CodeFile[] = [];
  for await (const file of filesUnder(folder)) {
    const { size: sizeBytes, mtimeMs, ctimeMs } = await stat(file);
    files.push({
      path: relative(folder, file).replaceAll(sep, "/"),
      file,
      sizeBytes,
      changedAt: Math.max(mtimeMs, ctimeMs),
    });
  }
  return files;
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name) || entry.name.endsWith(".tsbuildinfo")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}
