import type { Readable } from "node:stream";
import { BeginUploadRequest, OFFSET_STREAM, Sha256 } from "@clew/schema";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { ArtifactNotFound, type ArtifactStore, UploadNotFound } from "../../ports/artifact-store.ts";
import { ArtifactRequestError, answerError } from "./artifact-errors.ts";
import { matchesTag, parseRange } from "./byte-range.ts";
import { limited } from "./limited.ts";

export type ArtifactAccess = "read" | "write";

export interface ArtifactRoutesOptions {
  readonly store: ArtifactStore;
  /**
   * Whether the request's token may do this. What may not be read is answered as what is not there, and a write that is not allowed
   * with 403.
   */
  readonly authorise: (request: FastifyRequest, access: ArtifactAccess) => Promise<boolean>;
  /** The largest file that is taken, in bytes; 1 TiB unless given. */
  readonly maxArtifactBytes?: number;
}

const TIB = 2 ** 40;
/** A body of POST: a digest, or nothing. */
const MAX_JSON_BYTES = 4096;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

type DigestRequest = FastifyRequest<{ Params: { digest: string }; Body: Readable | undefined }>;
type UploadRequest = FastifyRequest<{ Params: { id: string }; Body: Readable | undefined }>;

/** The artifact store over HTTP, as schema/src/artifact-protocol.ts says. Bodies are streamed, never held. */
export function artifactRoutes(options: ArtifactRoutesOptions): FastifyPluginAsync {
  const { store, authorise } = options;
  const maxBytes = options.maxArtifactBytes ?? TIB;
  const allow = (access: ArtifactAccess) => ({
    onRequest: async (request: FastifyRequest) => {
      if (await authorise(request, access)) return;
      if (access === "read") throw new ArtifactNotFound((request.params as { digest: string }).digest);
      throw new ArtifactRequestError("FORBIDDEN", "your token does not allow to write artifacts");
    },
  });
  const read = allow("read");
  const write = { ...allow("write"), bodyLimit: MAX_JSON_BYTES };
  return async (app) => {
    app.setErrorHandler(answerError);
    for (const type of ["application/octet-stream", OFFSET_STREAM]) {
      app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    }
    app.head("/artifacts/:digest", read, (request: DigestRequest, reply) => describeArtifact(store, request, reply));
    app.get("/artifacts/:digest", { ...read, exposeHeadRoute: false }, (request: DigestRequest, reply) =>
      sendArtifact(store, request, reply),
    );
    app.put("/artifacts/:digest", write, (request: DigestRequest, reply) =>
      putArtifact(store, maxBytes, request, reply),
    );
    app.post("/artifacts/uploads", write, (request, reply) => beginUpload(store, request, reply));
    app.head("/artifacts/uploads/:id", write, (request: UploadRequest, reply) => uploadStatus(store, request, reply));
    app.patch("/artifacts/uploads/:id", write, (request: UploadRequest, reply) =>
      appendUpload(store, maxBytes, request, reply),
    );
    app.post("/artifacts/uploads/:id/finish", write, async (request: UploadRequest, reply) =>
      reply.send(await store.finishUpload(request.params.id)),
    );
  };
}

async function describeArtifact(
  store: ArtifactStore,
  request: DigestRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { digest, sizeBytes } = await found(store, request.params.digest);
  describeContent(reply, digest);
  if (matchesTag(request.headers["if-none-match"], tagOf(digest))) return reply.code(304).send();
  return reply.header("Content-Length", sizeBytes).send();
}

async function sendArtifact(store: ArtifactStore, request: DigestRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { digest, sizeBytes } = await found(store, request.params.digest);
  if (matchesTag(request.headers["if-none-match"], tagOf(digest)))
    return describeContent(reply, digest).code(304).send();
  const range = isRangeWanted(request, digest) ? parseRange(request.headers.range, sizeBytes) : "whole";
  if (range === "unsatisfiable") {
    reply.header("Content-Range", `bytes */${sizeBytes}`);
    throw new ArtifactRequestError("RANGE_NOT_SATISFIABLE", `the file has ${sizeBytes} bytes`);
  }
  describeContent(reply, digest);
  if (range === "whole") {
    reply.header("Content-Digest", digestField(digest)).header("Content-Length", sizeBytes);
    return reply.send(await store.read(digest));
  }
  const { start, end } = range;
  reply
    .code(206)
    .header("Content-Range", `bytes ${start}-${end}/${sizeBytes}`)
    .header("Content-Length", end - start + 1);
  return reply.send(await store.read(digest, range));
}

async function putArtifact(
  store: ArtifactStore,
  maxBytes: number,
  request: DigestRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const digest = parseDigest(request.params.digest);
  const isThere = (await store.stat(digest)) !== null;
  const info = await store.write(limited(bodyOf(request), maxBytes), digest);
  return reply.code(isThere ? 200 : 201).send(info);
}

async function beginUpload(store: ArtifactStore, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = BeginUploadRequest.safeParse(request.body);
  if (!body.success) throw new ArtifactRequestError("INVALID_INPUT", 'the body is { "digest": "sha256:…" }');
  const upload = await store.beginUpload(body.data.digest);
  const location = `${request.routeOptions.url}/${upload.uploadId}`;
  return reply.code(201).header("Location", location).header("Upload-Offset", upload.offset).send(upload);
}

async function uploadStatus(store: ArtifactStore, request: UploadRequest, reply: FastifyReply): Promise<FastifyReply> {
  const upload = await store.uploadStatus(request.params.id);
  if (!upload) throw new UploadNotFound(request.params.id);
  return reply.header("Upload-Offset", upload.offset).header("Cache-Control", "no-store").send();
}

async function appendUpload(
  store: ArtifactStore,
  maxBytes: number,
  request: UploadRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (request.headers["content-type"] !== OFFSET_STREAM) {
    throw new ArtifactRequestError("UNSUPPORTED_MEDIA_TYPE", `a piece of an upload is ${OFFSET_STREAM}`);
  }
  const offset = parseOffset(request.headers["upload-offset"]);
  const body = limited(bodyOf(request), maxBytes - offset);
  const upload = await store.appendUpload(request.params.id, offset, body);
  return reply.code(204).header("Upload-Offset", upload.offset).send();
}

async function found(store: ArtifactStore, text: string) {
  const digest = parseDigest(text);
  const info = await store.stat(digest);
  if (!info) throw new ArtifactNotFound(digest);
  return info;
}

function parseDigest(text: string): Sha256 {
  const digest = Sha256.safeParse(text);
  if (!digest.success)
    throw new ArtifactRequestError("INVALID_INPUT", "an artifact's name is sha256: and 64 hex digits");
  return digest.data;
}

function parseOffset(header: string | string[] | undefined): number {
  const isCount = typeof header === "string" && /^(0|[1-9]\d{0,14})$/.test(header);
  if (!isCount) throw new ArtifactRequestError("INVALID_INPUT", "header Upload-Offset is a number of bytes");
  return Number(header);
}

function bodyOf(request: DigestRequest | UploadRequest): Readable {
  if (!request.body) throw new ArtifactRequestError("UNSUPPORTED_MEDIA_TYPE", "the body is application/octet-stream");
  return request.body;
}

/** A file never changes, so a range of it is wanted unless the client holds something else. */
function isRangeWanted(request: FastifyRequest, digest: Sha256): boolean {
  const condition = request.headers["if-range"];
  return condition === undefined || condition === tagOf(digest);
}

function tagOf(digest: Sha256): string {
  return `"${digest}"`;
}

/** RFC 9530: a digest as a structured field. Repr-Digest is of the whole file, also where only a part of it is sent. */
function digestField(digest: Sha256): string {
  return `sha-256=:${Buffer.from(digest.slice("sha256:".length), "hex").toString("base64")}:`;
}

function describeContent(reply: FastifyReply, digest: Sha256): FastifyReply {
  return reply
    .header("ETag", tagOf(digest))
    .header("Repr-Digest", digestField(digest))
    .header("Accept-Ranges", "bytes")
    .header("Cache-Control", `private, max-age=${YEAR_SECONDS}, immutable`)
    .header("Content-Type", "application/octet-stream")
    .header("Content-Disposition", "attachment")
    .header("X-Content-Type-Options", "nosniff");
}
