import { hash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";

/** A SHA-256 digest as `sha256:` and 64 lower-case hex digits, the form OCI and OpenLineage tools write. */
export const Sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 lower-case hex digits");
export type Sha256 = z.infer<typeof Sha256>;

export function sha256(bytes: string | Uint8Array): Sha256 {
  return `sha256:${hash("sha256", bytes, "hex")}`;
}

/** The digest of a value's RFC 8785 canonical JSON. */
export function digestOf(value: unknown): Sha256 {
  return sha256(canonicalJson(value));
}
