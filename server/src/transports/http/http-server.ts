import { randomUUID } from "node:crypto";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
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
import { readJson } from "./json-body.ts";
import { answerFault, refusal } from "./request-fault.ts";

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
  /** Routes that want no token, and say themselves who may. */
  readonly openRoutes?: readonly FastifyPluginAsync[];
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
  app.setErrorHandler(answerFault);
  app.setNotFoundHandler((_, reply) =>
    reply.code(404).send(refusal("NOT_FOUND", "there is nothing here; the API is at /graphql")),
  );
  if (parts.graphiql) app.get("/", async (_, reply) => reply.redirect("/graphql"));
  app.route({
    method: ["PUT", "PATCH", "DELETE", "OPTIONS"],
    url: "/graphql",
    onRequest: methodNotAllowed,
    handler: methodNotAllowed,
  });
  app.get("/health/live", async () => ({ ok: true }));
  app.get("/health/ready", async (_, reply) => {
    const { ok, details } = await parts.ready();
    return reply.code(ok ? 200 : 503).send({ ok, ...details });
  });
  for (const routes of parts.openRoutes ?? []) void app.register(routes);
  void app.register(async (inner) => {
    inner.addHook("onRequest", async (request, reply) => {
      if (wantsPage(request) && parts.graphiql)
        return reply.type("text/html; charset=utf-8").send(page(parts.defaultQuery));
      request.who = await identify(request, parts.authenticate);
      return request.who === null ? unauthenticated(request, reply) : undefined;
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

function unauthenticated(request: FastifyRequest, reply: FastifyReply) {
  const message =
    bearerOf(request) === null
      ? "give a token in the header Authorization: Bearer <token>; clew token makes one"
      : "this token is unknown, expired or revoked; clew token makes another";
  return reply.code(401).header("www-authenticate", "Bearer").send(refusal("UNAUTHENTICATED", message));
}

/** Answers before the body is looked at. */
async function methodNotAllowed(_: FastifyRequest, reply: FastifyReply) {
  const message = "POST an operation to this path, or GET a query";
  return reply.code(405).header("allow", "GET, HEAD, POST").send(refusal("BAD_REQUEST", message));
}
