import { randomUUID } from "node:crypto";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { parseExactJson } from "@clew/schema";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RouteHandlerMethod,
} from "fastify";
import type { EventStreams } from "./event-streams.ts";
import { DatabaseUnavailable } from "../../ports/ledger-store.ts";

export interface HttpParts<Who> {
  readonly bodyMaxBytes: number;
  readonly log: FastifyBaseLogger;
  readonly graphiql: boolean;
  /** The query that GraphiQL opens on. */
  readonly defaultQuery: string;
  /** Null for a token that is not good. */
  readonly authenticate: (token: string) => Promise<Who | null>;
  readonly graphql: RouteHandlerMethod;
  /** Answers subscriptions over HTTP. */
  readonly events: Pick<EventStreams<Who>, "isAskedFor" | "answer">;
  /** Other routes, which find who asks in `request.who`. */
  readonly routes: readonly FastifyPluginAsync[];
  readonly ready: () => Promise<{ readonly ok: boolean; readonly details: object }>;
}

declare module "fastify" {
  interface FastifyRequest {
    who: unknown;
  }
}

/** The HTTP face: GraphQL, GraphiQL, artifacts, backup and health, in one listener. */
export function httpServer<Who>(parts: HttpParts<Who>): FastifyInstance {
  const app = Fastify({
    bodyLimit: parts.bodyMaxBytes,
    // Failures are logged; requests are not: they carry tokens.
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // Keep-alive connections of clients that went away must not hold up a stop.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  app.decorateRequest("who", null);
  app.setErrorHandler(answerError);
  app.get("/health/live", async () => ({ ok: true }));
  app.get("/health/ready", async (_, reply) => {
    const { ok, details } = await parts.ready();
    return reply.code(ok ? 200 : 503).send({ ok, ...details });
  });
  void app.register(async (inner) => {
    inner.addHook("onRequest", async (request, reply) => {
      if (wantsPage(request) && parts.graphiql)
        return reply.type("text/html; charset=utf-8").send(page(parts.defaultQuery));
      request.who = await identify(request, parts.authenticate);
      return request.who === null ? unauthenticated(reply) : undefined;
    });
    readJson(inner);
    inner.route({
      method: ["GET", "POST"],
      url: "/graphql",
      preHandler: async (request) => preferResponseType(request),
      handler(request, reply) {
        if (parts.events.isAskedFor(request)) return parts.events.answer(request, reply);
        return parts.graphql.call(this, request, reply);
      },
    });
    for (const routes of parts.routes) await inner.register(routes);
  });
  return app;
}

/**
 * Bodies are JSON and nothing else. Keys such as `__proto__` are data like any other (nothing here merges objects by key), and a number
 * that would lose digits is refused.
 */
function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, parseExactJson(body as string));
    } catch (error) {
      done(Object.assign(new Error(`the body cannot be read: ${(error as Error).message}`), { statusCode: 400 }));
    }
  });
}

/** GraphQL over HTTP, section 6.2: who does not say what it accepts gets application/graphql-response+json, with its status codes. */
function preferResponseType({ headers }: FastifyRequest): void {
  if (headers.accept === undefined || headers.accept === "*/*") headers.accept = "application/graphql-response+json";
}

/** A browser that opens /graphql gets the explorer, whoever asks: it holds no data, and sends the token that a person types in. */
function wantsPage(request: FastifyRequest): boolean {
  const isPage = request.method === "GET" && request.url.split("?")[0] === "/graphql";
  return isPage && (request.headers.accept ?? "").includes("text/html");
}

function page(defaultQuery: string): string {
  return renderGraphiQL({
    title: "Clew",
    endpoint: "/graphql",
    defaultQuery,
    headers: '{ "Authorization": "Bearer <token>" }',
  });
}

async function identify<Who>(
  request: FastifyRequest,
  authenticate: (token: string) => Promise<Who | null>,
): Promise<Who | null> {
  const token = bearerOf(request);
  return token === null ? null : authenticate(token);
}

/** The token of a request's Authorization header; null where it has none. */
export function bearerOf({ headers }: FastifyRequest): string | null {
  const [scheme, token] = (headers.authorization ?? "").split(" ");
  return scheme?.toLowerCase() === "bearer" && token ? token : null;
}

function unauthenticated(reply: FastifyReply) {
  const message = "give a token in the header Authorization: Bearer <token>; clew token makes one";
  return reply
    .code(401)
    .header("www-authenticate", "Bearer")
    .send({ errors: [{ message, extensions: { code: "UNAUTHENTICATED", retryable: false } }] });
}

const CODES = new Map([
  [413, "REQUEST_TOO_LARGE"],
  [415, "UNSUPPORTED_MEDIA_TYPE"],
]);

/** A refused body is read to its end and thrown away, so that its sender can read the answer; above this the connection is closed. */
const DRAINED_MAX_BYTES = 256 * 1024 * 1024;

/** Fastify closes the connection after every body that it could not parse. */
function keepConnection({ raw, headers }: FastifyRequest, reply: FastifyReply): void {
  const isShort = Number(headers["content-length"]) <= DRAINED_MAX_BYTES;
  if (!raw.complete && !isShort) return;
  reply.removeHeader("connection");
  raw.resume();
}

function answerError(
  error: { statusCode?: number; code?: string; message: string },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  keepConnection(request, reply);
  if (error instanceof DatabaseUnavailable) {
    const { message } = error;
    return reply
      .code(503)
      .send({ errors: [{ message, extensions: { code: "DATABASE_UNAVAILABLE", retryable: true } }] });
  }
  const status = error.statusCode ?? 500;
  const code = CODES.get(status) ?? (status < 500 ? "INVALID_INPUT" : "INTERNAL");
  const message = status < 500 ? error.message : `something went wrong here; the server's log has it as ${request.id}`;
  if (status >= 500) request.log.error({ err: error }, "a request failed");
  const extensions = { code, retryable: status >= 500, ...(status >= 500 ? { correlationId: request.id } : {}) };
  return reply.code(status).send({ errors: [{ message, extensions }] });
}
