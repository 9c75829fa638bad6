import type { ManifestFile } from "@clew/schema";
import type { UserError } from "../../ledger/command.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";

/** An error for each file that the store lacks or holds with another size. */
export async function missingFiles(
  store: ArtifactStore,
  files: readonly ManifestFile[],
  path: readonly string[] = ["files"],
): Promise<UserError[]> {
  const digests = [...new Set(files.map((file) => file.digest))];
  const infos = await Promise.all(digests.map(async (digest) => [digest, await store.stat(digest)] as const));
  const held = new Map(infos.map(([digest, info]) => [digest, info?.sizeBytes]));
  return files.flatMap((file, index) => {
    const sizeBytes = held.get(file.digest);
    if (sizeBytes === file.sizeBytes) return [];
    const at = [...path, String(index)];
    if (sizeBytes === undefined) {
      const message = `${file.path}: no artifact ${file.digest}; upload it to /artifacts/${file.digest} first`;
      return [{ code: "FILE_MISSING", path: [...at, "digest"], message }];
    }
    const message = `${file.path}: the artifact ${file.digest} has ${sizeBytes} bytes`;
    return [{ code: "INVALID_INPUT", path: [...at, "sizeBytes"], message }];
  });
}
