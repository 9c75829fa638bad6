import { type Column, type ManifestFile, type Sha256, canonicalManifest, digestOf, manifestDigest } from "@clew/schema";
import type { z } from "zod";
import type { ExternalSource } from "./dataset-version.node.ts";

/** What a dataset version's identity covers. */
export interface DatasetContent {
  readonly digest: Sha256;
  readonly schemaDigest: Sha256;
  readonly isContentAddressed: boolean;
  readonly fileCount: number;
  readonly sizeBytes: number;
  /** In canonical order; empty for data that Clew does not hold. */
  readonly files: readonly ManifestFile[];
}

export function heldContent(files: readonly ManifestFile[], schema: readonly Column[]): DatasetContent {
  const manifest = canonicalManifest({ files: [...files], schema: [...schema] });
  return {
    digest: manifestDigest(manifest),
    schemaDigest: digestOf(schema),
    isContentAddressed: true,
    fileCount: files.length,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    files: manifest.files,
  };
}

/** Data elsewhere is identified by where it is and in which state, and by nothing that Clew could check. */
export function externalContent(source: z.infer<typeof ExternalSource>, schema: readonly Column[]): DatasetContent {
  return {
    digest: digestOf({ source, schema }),
    schemaDigest: digestOf(schema),
    isContentAddressed: false,
    fileCount: 0,
    sizeBytes: 0,
    files: [],
  };
}
