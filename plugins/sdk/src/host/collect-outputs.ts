import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type JobOutput, ManifestFile, type Sha256 } from "@clew/schema";
import { PluginFailure } from "../plugin-failure.ts";
import type { CollectedOutput } from "./job-spec.ts";

const MAX_FILES = 1_000_000;

/**
 * Digests the files of an output, after its job's processes have ended.
 * @throws {PluginFailure} PROTOCOL_VIOLATION: its folder is missing or empty, or holds a link or anything else but folders and
 * regular files, so that nothing outside the output folder can become part of a version.
 */
export async function collectOutput(outputDir: string, role: string, output: JobOutput): Promise<CollectedOutput> {
  if (output.dir === null) return { role, output, files: [] };
  const root = await realpath(outputDir);
  const dir = join(root, output.dir);
  await requireFolder(dir, role, output.dir);
  const files: ManifestFile[] = [];
  for await (const path of filesUnder(dir, "", role)) {
    if (files.length === MAX_FILES) throw violation(role, `holds more than ${MAX_FILES} files`);
    files.push(await digestFile(dir, path, role));
  }
  if (files.length === 0 && output.nodeType !== "Report") throw violation(role, `holds no file in ${output.dir}`);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { role, output, files };
}

async function requireFolder(dir: string, role: string, stated: string): Promise<void> {
  let real: string;
  try {
    real = await realpath(dir);
  } catch {
    throw violation(role, `states the folder ${stated}, which does not exist`);
  }
  if (real !== dir) throw violation(role, `states the folder ${stated}, which leads through a symbolic link`);
  if (!(await lstat(dir)).isDirectory()) throw violation(role, `states ${stated}, which is no folder`);
}

async function* filesUnder(root: string, folder: string, role: string): AsyncGenerator<string> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(root, path, role);
    else if (entry.isFile()) yield path;
    else throw violation(role, `holds ${path}, which is neither a folder nor a regular file`);
  }
}

async function digestFile(root: string, path: string, role: string): Promise<ManifestFile> {
  const { digest, sizeBytes } = await hashFile(join(root, path)).catch((error: NodeJS.ErrnoException) => {
    throw violation(role, `holds ${path}, which cannot be read (${error.code})`);
  });
  const parsed = ManifestFile.safeParse({ path, sizeBytes, digest });
  if (!parsed.success) throw violation(role, `holds ${JSON.stringify(path)}: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

/** The SHA-256 and size of a regular file, streamed. */
export async function hashFile(file: string): Promise<{ digest: Sha256; sizeBytes: number }> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { digest: `sha256:${hash.digest("hex")}`, sizeBytes };
}

function violation(role: string, message: string): PluginFailure {
  return new PluginFailure("PROTOCOL_VIOLATION", `output ${role} ${message}`);
}
