import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArtifactTransferError, digestOfFile, downloadFile, ManifestFile } from "@clew/schema";
import { VersionFilesDocument } from "@clew/schema/graphql";
import type { ClewClient } from "./client.ts";
import { CliError } from "./errors.ts";
import { pages } from "./pages.ts";

const FILES_AT_ONCE = 4;

export interface Downloaded {
  readonly files: number;
  readonly sizeBytes: number;
  /** How many of them were there already. */
  readonly kept: number;
}

/** Every file of a dataset or model version. @throws {CliError} where the id is of something else, or its data is kept elsewhere. */
export async function filesOf(client: ClewClient, version: string): Promise<ManifestFile[]> {
  const { items } = await pages(Infinity, async ({ after }) => {
    const { node } = await client.request(VersionFilesDocument, { version, after });
    if (!node || !("files" in node)) throw new CliError(`${version} is no version with files`, { code: "WRONG_TYPE" });
    return node.files;
  });
  if (items.length === 0)
    throw new CliError(`${version} has no files of its own: Clew does not copy what is kept elsewhere`, {
      advice: "`clew show` tells where it is",
    });
  // A path from a server that leads out of the folder is refused here.
  return items.map((file) => ManifestFile.parse(file));
}

/**
 * Brings files into a folder, each whole and checked, or not at all; one that is there with the right digest is left alone, another is replaced.
 * @throws {CliError} with the code of what the artifact store said.
 */
export async function downloadFiles(
  client: ClewClient,
  files: readonly ManifestFile[],
  folder: string,
  onProgress: (doneBytes: number) => void = () => {},
): Promise<Downloaded> {
  const arrived = new Map<string, number>();
  const tell = (path: string, bytes: number) => {
    arrived.set(path, bytes);
    onProgress([...arrived.values()].reduce((sum, one) => sum + one, 0));
  };
  let kept = 0;
  const queue = [...files];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { path, sizeBytes } = next;
      if (await isThere(join(folder, path), next)) kept += 1;
      else await fetchOne(client, next, join(folder, path), (bytes) => tell(path, bytes));
      tell(path, sizeBytes);
    }
  };
  // One that is refused does not break off the others.
  const ends = await Promise.allSettled(Array.from({ length: FILES_AT_ONCE }, work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return { files: files.length, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), kept };
}

async function isThere(path: string, { sizeBytes, digest }: ManifestFile): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.isFile() && found.size === sizeBytes && (await digestOfFile(path)).digest === digest;
}

async function fetchOne(
  { url, token }: ClewClient,
  { path, digest }: ManifestFile,
  to: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await downloadFile(url, token, digest, to, { onProgress: ({ transferredBytes }) => onProgress(transferredBytes) });
  } catch (error) {
    if (!(error instanceof ArtifactTransferError)) throw error;
    throw new CliError(`${path}: ${error.message}`, {
      code: error.code,
      advice: "what has come is kept; run it again for the rest",
      cause: error,
    });
  }
}
