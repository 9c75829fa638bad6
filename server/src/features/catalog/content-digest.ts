import { type Column, manifestDigest, type Sha256 } from "@clew/schema";
import type { NodeState } from "../../core/graph-change.ts";
import type { FileRow } from "../../ports/ledger-store.ts";
import { DatasetVersion } from "./dataset-version.node.ts";

/** The digest of the manifest that a version, or a report, has with these files: of a dataset's version with its schema. */
export function contentDigest({ type, attributes }: NodeState, files: readonly FileRow[]): Sha256 {
  const schema = type === DatasetVersion.name ? (attributes["schema"] as unknown as Column[]) : [];
  return manifestDigest({
    files: files.map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })),
    schema,
  });
}
