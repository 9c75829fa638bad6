import { promisify } from "node:util";
import { deflate, gunzip, gzip, inflate } from "node:zlib";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type AnswerInference, versionOf } from "./answer-inference.ts";
import type { TensorSpec } from "@clew/plugin-models";
import { BadRequest } from "./open-inference/bad-request.ts";
import { JSON_LENGTH_HEADER } from "./open-inference/infer-request.ts";
import type { Revision, Revisions, ServedEntry } from "./revision.ts";

const MIB = 1024 * 1024;
/** An answer that is smaller gains nothing by being packed. */
const PACK_FROM_BYTES = 1024;
/** Characters of an endpoint's name, and of a version's, are fewer (`Name` of the schema). */
const PARAM_LENGTH_MAX = 1_000;
const unpack = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const pack = { gzip: promisify(gzip), deflate: promisify(deflate) };

export interface HttpServerOptions {
  readonly revisions: Revisions;
  readonly inference: AnswerInference;
  readonly version: string;
  readonly stickyHeader: string;
  readonly maxBodyMiB: number;
}

interface ModelPath {
  Params: { model: string; version?: string };
}

/**
 * The Open Inference Protocol v2 over HTTP with its extension for binary tensor data, as KServe and Triton specify it. The endpoint is
 * the model, and the model versions that it serves are its versions. Every error is `{"error": …}`.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const bodyLimit = options.maxBodyMiB * MIB;
  const http = Fastify({
    bodyLimit,
    forceCloseConnections: "idle",
    return503OnClosing: true,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    frameworkErrors: (error, _request, reply) => void answerError(reply, error),
  });
  http.removeAllContentTypeParsers();
  http.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  http.setNotFoundHandler((request, reply) => refuse(reply, 404, `there is no ${request.method} ${request.url}`));
  http.setErrorHandler((error, _request, reply) => void answerError(reply, error));
  addHealth(http, options);
  addMetadata(http, options);
  addInfer(http, options, bodyLimit);
  return http;
}

/** Bytes, as JSON has no charset (RFC 8259 section 11), KServe's client reads an error's text only where none is said, and Fastify adds one to text. */
function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return lastWhereEnding(reply)
    .code(status)
    .type("application/json")
    .send(Buffer.from(JSON.stringify({ error })));
}

/** A client that keeps its connection would keep a server that ends. */
function lastWhereEnding(reply: FastifyReply): FastifyReply {
  return reply.server.server.listening ? reply : reply.header("Connection", "close");
}

function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  return refuse(reply, statusOf(error), messageOf(error));
}

function statusOf(error: unknown): number {
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === "number" && statusCode >= 400 ? statusCode : 500;
}

function messageOf(error: unknown): string {
  return statusOf(error) === 500 && !(error instanceof BadRequest) ? "the server failed" : (error as Error).message;
}

function addHealth(http: FastifyInstance, { revisions, version }: HttpServerOptions): void {
  http.get("/v2", () => ({ name: "clew-serve-models", version, extensions: ["binary_tensor_data"] }));
  http.get("/v2/health/live", () => ({ live: true }));
  http.get("/v2/health/ready", () => {
    if (readyOf(revisions.current).length === 0) throw new BadRequest("no model may answer", 503);
    return { ready: true };
  });
}

function readyOf(revision: Revision | null): readonly ServedEntry[] {
  return revision?.answering ?? [];
}

function addMetadata(http: FastifyInstance, { revisions }: HttpServerOptions): void {
  for (const path of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    http.get<ModelPath>(path, ({ params }) => {
      const revision = revisionOf(revisions, params.model);
      return metadataOf(revision, params.version === undefined ? null : versionOf(revision, params.version));
    });
    http.get<ModelPath>(`${path}/ready`, ({ params }) => {
      const revision = revisionOf(revisions, params.model);
      if (params.version !== undefined) versionOf(revision, params.version);
      else if (readyOf(revision).length === 0) throw new BadRequest(`${revision.key} is suspended`, 503);
      return { name: revision.name, ready: true };
    });
  }
}

/** @throws {BadRequest} 503 before there is a deployment, 404 for another model than the endpoint. */
function revisionOf({ current }: Revisions, name: string): Revision {
  if (current === null) throw new BadRequest("no deployment is served yet", 503);
  if (name !== current.name) throw new BadRequest(`there is no model ${name} here; this is ${current.name}`, 404);
  return current;
}

function metadataOf(revision: Revision, one: ServedEntry | null): object {
  const { live } = revision;
  const shown = one ?? live[0];
  if (shown === undefined) throw new BadRequest(`${revision.key} serves no model`, 503);
  const { platform, inputs, outputs } = shown.model;
  const versions = live.map(({ version }) => version);
  return { name: revision.name, versions, platform, inputs: inputs.map(tensorOf), outputs: outputs.map(tensorOf) };
}

/** The protocol's words of a tensor; -1 is any number of rows. A parameter of the protocol is no list: the classes' names are one as JSON. */
function tensorOf({ name, datatype, width, classes }: TensorSpec): object {
  const named = classes && { parameters: { classes: JSON.stringify(classes) } };
  return { name, datatype, shape: width === 1 ? [-1] : [-1, width], ...named };
}

function addInfer(http: FastifyInstance, options: HttpServerOptions, bodyLimit: number): void {
  const stickyHeader = options.stickyHeader.toLowerCase();
  const errorHandler = (error: unknown, { params }: FastifyRequest<ModelPath>, reply: FastifyReply) => {
    // Fastify has read no more of it, so that nothing has been passed on yet.
    const isUnread = (error as { code?: unknown }).code === "FST_ERR_CTP_BODY_TOO_LARGE";
    if (isUnread && params.model === options.revisions.current?.name) options.inference.refused(error as Error, 413);
    answerError(reply, error);
  };
  for (const path of ["/v2/models/:model/infer", "/v2/models/:model/versions/:version/infer"]) {
    http.post<ModelPath>(path, { errorHandler }, async (request, reply) => {
      const { model: name, version } = request.params;
      revisionOf(options.revisions, name);
      const body = () => unpacked(request, bodyLimit);
      const stickyKey = headerOf(request, stickyHeader);
      const jsonBytes = headerOf(request, JSON_LENGTH_HEADER);
      const answered = await options.inference.answer({ name, version, stickyKey, body, jsonBytes });
      lastWhereEnding(reply).header("X-Inference-Id", answered.inferenceId);
      if (answered.jsonBytes === null) reply.type("application/json");
      else reply.type("application/octet-stream").header("Inference-Header-Content-Length", answered.jsonBytes);
      return answered.body.length < PACK_FROM_BYTES ? answered.body : await packed(request, reply, answered.body);
    });
  }
}

function headerOf({ headers }: FastifyRequest<ModelPath>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** @throws {BadRequest} 415 for an encoding that is not known, 413 for what is too large when it is unpacked. */
async function unpacked(request: FastifyRequest<ModelPath>, maxOutputLength: number): Promise<Buffer> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const encoding = headerOf(request, "content-encoding") ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip" && encoding !== "deflate")
    throw new BadRequest(`the Content-Encoding ${encoding} is not known; gzip and deflate are`, 415);
  try {
    return await unpack[encoding](body, { maxOutputLength });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge) throw new BadRequest(`the request is larger than ${maxOutputLength} bytes`, 413, { cause });
    throw new BadRequest(`the request is not ${encoding}: ${(cause as Error).message}`, 400, { cause });
  }
}

async function packed(
  request: FastifyRequest<ModelPath>,
  reply: FastifyReply,
  body: Buffer | string,
): Promise<Buffer | string> {
  const encoding = (headerOf(request, "accept-encoding") ?? "")
    .split(",")
    .filter((one) => !/;\s*q=0(\.0*)?\s*$/i.test(one))
    .map((one) => one.split(";")[0]!.trim())
    .find((one) => one === "gzip" || one === "deflate");
  if (encoding === undefined) return body;
  reply.header("Content-Encoding", encoding);
  return await pack[encoding](body);
}
