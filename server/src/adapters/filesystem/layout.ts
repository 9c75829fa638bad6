import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Sha256 } from "@clew/schema";

/**
 * Where things are: `sha256/ab/cd/<64 hex digits>` for whole files, `uploads/<id>` for uploads that can be resumed, `temporary/<random>`
 * for streams that are being stored at once. All on one file system, so that a rename shows a file whole.
 */
export interface Layout {
  readonly files: string;
  readonly uploads: string;
  readonly temporary: string;
}

export const FILE_NAME = /^[0-9a-f]{64}$/;
export const SHARD_NAME = /^[0-9a-f]{2}$/;
const UPLOAD_ID = /^[0-9a-f]{32}-([0-9a-f]{64})$/;

export function layoutOf(dir: string): Layout {
  return { files: join(dir, "sha256"), uploads: join(dir, "uploads"), temporary: join(dir, "temporary") };
}

/** The folders from the store's root down to a file, the file last. @throws {RangeError} for text that is no digest. */
export function filePath(
  { files }: Layout,
  digest: Sha256,
): { readonly path: string; readonly folders: readonly string[] } {
  if (!Sha256.safeParse(digest).success) throw new RangeError("an artifact's digest is sha256: and 64 hex digits");
  const hex = digest.slice("sha256:".length);
  const outer = join(files, hex.slice(0, 2));
  const inner = join(outer, hex.slice(2, 4));
  return { path: join(inner, hex), folders: [files, outer, inner] };
}

/** An upload's id holds what it is for, so that an upload is one file and nothing else. */
export function newUploadId(expected: Sha256): string {
  if (!Sha256.safeParse(expected).success) throw new RangeError("an artifact's digest is sha256: and 64 hex digits");
  return `${randomBytes(16).toString("hex")}-${expected.slice("sha256:".length)}`;
}

/** Null for text that `newUploadId` did not write: nothing else ever becomes part of a path. */
export function uploadOf(
  { uploads }: Layout,
  uploadId: string,
): { readonly path: string; readonly expected: Sha256 } | null {
  const match = UPLOAD_ID.exec(uploadId);
  return match ? { path: join(uploads, uploadId), expected: `sha256:${match[1]}` } : null;
}

export function temporaryPath({ temporary }: Layout): string {
  return join(temporary, randomBytes(16).toString("hex"));
}
