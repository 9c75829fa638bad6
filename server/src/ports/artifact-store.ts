import type { Readable } from "node:stream";
import type { Sha256 } from "@clew/schema";

export interface ArtifactInfo {
  readonly digest: Sha256;
  readonly sizeBytes: number;
}

/** A resumable upload that has not ended: how many bytes the store holds durably. */
export interface UploadInfo {
  readonly uploadId: string;
  readonly offset: number;
}

/**
 * Content-addressed files. A file is there whole or not at all: what is half-written never shows under its digest. Memory stays flat
 * whatever the file's size.
 */
export interface ArtifactStore {
  has(digests: readonly Sha256[]): Promise<ReadonlySet<Sha256>>;
  stat(digest: Sha256): Promise<ArtifactInfo | null>;
  /**
   * Reads a file, or the bytes from `start` to `end` (both included, as in an HTTP range). Whoever asked reads the stream or destroys it.
   * @throws {ArtifactNotFound}
   * @throws {RangeError} when the range does not lie in the file.
   */
  read(digest: Sha256, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  /** Stores a stream whole. When `expected` is given and the bytes have another digest, nothing is kept. @throws {DigestMismatch} */
  write(bytes: Readable, expected?: Sha256): Promise<ArtifactInfo>;
  /** Begins an upload that can be resumed after either side has died. */
  beginUpload(expected: Sha256): Promise<UploadInfo>;
  uploadStatus(uploadId: string): Promise<UploadInfo | null>;
  /** Appends at `offset`, which must be where the upload stands. @throws {UploadOffsetMismatch} */
  appendUpload(uploadId: string, offset: number, bytes: Readable): Promise<UploadInfo>;
  /** Ends an upload: checks the digest and shows the file. @throws {DigestMismatch} and forgets the upload. */
  finishUpload(uploadId: string): Promise<ArtifactInfo>;
  /** Every file of the store, in order of digest. */
  list(): AsyncIterable<ArtifactInfo>;
}

export class ArtifactNotFound extends Error {
  readonly digest: string;

  constructor(digest: string) {
    super(`no artifact has the digest ${digest}`);
    this.digest = digest;
  }
}

export class DigestMismatch extends Error {
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string) {
    super(`the bytes have the digest ${actual}, not ${expected}`);
    this.expected = expected;
    this.actual = actual;
  }
}

export class UploadNotFound extends Error {
  readonly uploadId: string;

  constructor(uploadId: string) {
    super(`no upload ${uploadId} is under way`);
    this.uploadId = uploadId;
  }
}

export class UploadOffsetMismatch extends Error {
  readonly expected: number;
  readonly actual: number;

  constructor(expected: number, actual: number) {
    super(`the upload stands at byte ${expected}, not ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** FULL: no room left; DENIED: the store may not be written or read; FAILED: anything else that broke below the store. */
export type StoreFault = "FULL" | "DENIED" | "FAILED";

/** The store itself cannot do what was asked, whatever the file. What was durable before still is. */
export class ArtifactStoreUnavailable extends Error {
  readonly fault: StoreFault;

  constructor(fault: StoreFault, cause: unknown) {
    super(STORE_FAULTS[fault], { cause });
    this.fault = fault;
  }
}

const STORE_FAULTS: Readonly<Record<StoreFault, string>> = {
  FULL: "the artifact store has no room left",
  DENIED: "the artifact store may not be written or read by this process",
  FAILED: "the artifact store does not work",
};
