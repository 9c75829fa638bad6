import type { ArtifactErrorBody, ArtifactErrorCode } from "@clew/schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  ArtifactNotFound,
  ArtifactStoreUnavailable,
  DigestMismatch,
  UploadNotFound,
  UploadOffsetMismatch,
} from "../../ports/artifact-store.ts";

/** Each code's HTTP status. */
const STATUS: Readonly<Record<ArtifactErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UPLOAD_NOT_FOUND: 404,
  INVALID_INPUT: 400,
  UPLOAD_OFFSET_MISMATCH: 409,
  DIGEST_MISMATCH: 422,
  REQUEST_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  STORE_FULL: 507,
  STORE_UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** An expected outcome that the caller is told as it is. */
export class ArtifactRequestError extends Error {
  readonly code: ArtifactErrorCode;

  constructor(code: ArtifactErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers an error as `{ error: { code, message } }`. What is not meant for the caller goes to the log only. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, message } = describe(error);
  if (STATUS[code] >= 500) request.log.error({ err: error }, "an artifact request failed");
  // Whatever of the body was not read would otherwise be read to its end and thrown away.
  if (!request.raw.complete) reply.header("Connection", "close");
  if (error instanceof UploadOffsetMismatch) reply.header("Upload-Offset", error.expected);
  const body: ArtifactErrorBody = { error: { code, message } };
  reply.code(STATUS[code]).type("application/json; charset=utf-8").send(body);
}

function describe(error: unknown): ArtifactErrorBody["error"] {
  if (error instanceof ArtifactRequestError) return { code: error.code, message: error.message };
  if (error instanceof ArtifactNotFound) return { code: "NOT_FOUND", message: "no such artifact" };
  if (error instanceof UploadNotFound) return { code: "UPLOAD_NOT_FOUND", message: "no such upload" };
  if (error instanceof UploadOffsetMismatch) return { code: "UPLOAD_OFFSET_MISMATCH", message: error.message };
  if (error instanceof DigestMismatch) return { code: "DIGEST_MISMATCH", message: error.message };
  if (error instanceof ArtifactStoreUnavailable) {
    return { code: error.fault === "FULL" ? "STORE_FULL" : "STORE_UNAVAILABLE", message: error.message };
  }
  return describeFastify(error);
}

/** What fastify itself refuses: an unknown content type, a body that is no JSON, one that is too large. */
function describeFastify(error: unknown): ArtifactErrorBody["error"] {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  if (status === 415)
    return { code: "UNSUPPORTED_MEDIA_TYPE", message: "the body has a content type that is not read here" };
  if (status === 413) return { code: "REQUEST_TOO_LARGE", message: "the body is above the limit" };
  if (status === 400) return { code: "INVALID_INPUT", message: "the request cannot be read" };
  return { code: "INTERNAL", message: "the server failed; its log has the rest" };
}
