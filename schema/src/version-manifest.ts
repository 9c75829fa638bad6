import { z } from "zod";
import { type Sha256, digestOf } from "./digest.ts";
import { Columns, ManifestFile } from "./tabular.ts";

/**
 * What a content-addressed version consists of; its digest is the SHA-256 of its canonical JSON, files sorted by path. A model's
 * artifact manifest is the same with an empty schema.
 */
export const VersionManifest = z.strictObject({
  files: z.array(ManifestFile).max(1_000_000),
  schema: Columns,
});
export type VersionManifest = z.infer<typeof VersionManifest>;

/** The manifest with its files in canonical order (by UTF-16 code units of the path). */
export function canonicalManifest(manifest: VersionManifest): VersionManifest {
  const files = [...manifest.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { files, schema: manifest.schema };
}

export function manifestDigest(manifest: VersionManifest): Sha256 {
  return digestOf(canonicalManifest(manifest));
}
