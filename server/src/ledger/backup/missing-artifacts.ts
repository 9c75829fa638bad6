import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { LedgerSnapshot } from "../../ports/ledger-copies.ts";
import type { FileRow } from "../../ports/ledger-store.ts";

/** The first file of a version that the store does not hold; null when it holds every one. */
export async function missingArtifact(
  tables: Pick<LedgerSnapshot, "rows">,
  artifacts: ArtifactStore,
): Promise<FileRow | null> {
  for await (const files of tables.rows("file")) {
    const digests = [...new Set(files.map(({ digest }) => digest))];
    const held = await artifacts.has(digests);
    const missing = files.find(({ digest }) => !held.has(digest));
    if (missing) return missing;
  }
  return null;
}
