import type { FastifyReply, FastifyRequest } from "fastify";
import { DatabaseUnavailable } from "../../ports/ledger-store.ts";

/** What a request was refused for, by fastify or by what reads the body. */
export interface RequestFault extends Error {
  readonly statusCode?: number;
  /** Where the status does not say it. */
  readonly clientCode?: string;
}

const CODES = new Map([
  [413, "REQUEST_TOO_LARGE"],
  [415, "UNSUPPORTED_MEDIA_TYPE"],
]);

/** A refused body is read to its end and thrown away, so that its sender can read the answer; above this the connection is closed. */
const DRAINED_MAX_BYTES = 256 * 1024 * 1024;

/** Answers as GraphQL does, with a code of the catalogue. What is not meant for the caller goes to the log only. */
export function answerFault(error: RequestFault, request: FastifyRequest, reply: FastifyReply) {
  keepConnection(request, reply);
  if (error instanceof DatabaseUnavailable)
    return reply.code(503).send(refusal("DATABASE_UNAVAILABLE", error.message, { retryable: true }));
  const status = error.statusCode ?? 500;
  if (status < 500)
    return reply.code(status).send(refusal(error.clientCode ?? CODES.get(status) ?? "BAD_REQUEST", error.message));
  request.log.error({ err: error }, "a request failed");
  const message = `something went wrong here; the server's log has it as ${request.id}`;
  return reply.code(status).send(refusal("INTERNAL", message, { retryable: true, correlationId: request.id }));
}

/** The body of an answer that refuses the whole request. */
export function refusal(code: string, message: string, extensions: object = {}) {
  return { errors: [{ message, extensions: { code, retryable: false, ...extensions } }] };
}

/** Fastify closes the connection after every body that it could not parse. */
function keepConnection({ raw, headers }: FastifyRequest, reply: FastifyReply): void {
  const isShort = Number(headers["content-length"]) <= DRAINED_MAX_BYTES;
  if (!raw.complete && !isShort) return;
  reply.removeHeader("connection");
  raw.resume();
}
