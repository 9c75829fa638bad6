import type { ManifestFile } from "@clew/schema";
import type { UserError } from "../../ledger/command.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";

/** An error for each file that the store lacks or holds with another size. */
export async function missingFiles(
  store: ArtifactStore,
  files: readonly ManifestFile[],
  path: readonly string[] = ["files"],
): Promise<UserError[]> {
  const held = await store.has(files.map((file) => file.digest));
  return files.flatMap((file, index) =>
    held.has(file.digest)
      ? []
      : [
          {
            code: "FILE_MISSING",
            path: [...path, String(index), "digest"],
            message: `${file.path}: no artifact ${file.digest}; upload it to /artifacts/${file.digest} first`,
          },
        ],
  );
}
