import { z } from "zod";
import { Sha256 } from "./digest.ts";

/**
 * The artifact store over HTTP: `HEAD`/`GET /artifacts/<digest>` with ranges (RFC 9110), `PUT /artifacts/<digest>` for small files, and
 * uploads that can be resumed, with offsets as in the core protocol of tus 1.0: `POST /artifacts/uploads`, `HEAD` and `PATCH` of the
 * Location it answers, `POST <Location>/finish`.
 */

/** Every code of an error answer. */
export const ArtifactErrorCode = z.enum([
  /** No token, or one that is unknown, expired or revoked. */
  "UNAUTHENTICATED",
  /** The token does not allow to write artifacts. */
  "FORBIDDEN",
  "NOT_FOUND",
  "UPLOAD_NOT_FOUND",
  /** A digest, header or body of another form. */
  "INVALID_INPUT",
  /** The upload stands at another byte, which header Upload-Offset of the answer names. */
  "UPLOAD_OFFSET_MISMATCH",
  /** The bytes do not have the digest that was stated; nothing was kept. */
  "DIGEST_MISMATCH",
  "REQUEST_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "RANGE_NOT_SATISFIABLE",
  /** No room left in the store. */
  "STORE_FULL",
  "STORE_UNAVAILABLE",
  "INTERNAL",
]);
export type ArtifactErrorCode = z.infer<typeof ArtifactErrorCode>;

export const ArtifactErrorBody = z.object({ error: z.object({ code: ArtifactErrorCode, message: z.string() }) });
export type ArtifactErrorBody = z.infer<typeof ArtifactErrorBody>;

/** The body of `POST /artifacts/uploads`. */
export const BeginUploadRequest = z.strictObject({ digest: Sha256 });

/** Its answer, 201; header Location is where the bytes go. */
export const BeginUploadReply = z.object({ uploadId: z.string(), offset: z.number().int().nonnegative() });

/** What finishing an upload and `PUT` answer. */
export const ArtifactReply = z.object({ digest: Sha256, sizeBytes: z.number().int().nonnegative() });
export type ArtifactReply = z.infer<typeof ArtifactReply>;

/** The content type of a piece of an upload, as in tus 1.0. */
export const OFFSET_STREAM = "application/offset+octet-stream";
