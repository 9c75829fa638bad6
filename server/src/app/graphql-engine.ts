import { ApolloServer, type ApolloServerPlugin, type GraphQLResponse } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { unwrapResolverError } from "@apollo/server/errors";
import type { Json } from "@clew/schema";
import { type GraphQLError, type GraphQLFormattedError, type GraphQLSchema, OperationTypeNode } from "graphql";
import type { Logger } from "pino";
import type { SqlDatabase } from "../adapters/mikro-orm/index.ts";
import type { Context } from "../graphql/context.ts";
import { clientError, type ErrorCode, ERRORS } from "../graphql/errors.ts";
import { checkDemand, QUERY_LIMITS, type QueryLimits, QueryMeter } from "../graphql/limits.ts";
import { makeLoaders } from "../graphql/loaders.ts";
import type { Principal } from "../graphql/principal.ts";
import { firstEntryAt } from "../ledger/first-entry-at.ts";
import { DatabaseUnavailable } from "../ports/ledger-store.ts";
import { ReadTimedOut } from "../ports/node-reader.ts";

export type Engine = ApolloServer<Context>;

export function makeEngine(schema: GraphQLSchema, log: Logger, limits: QueryLimits = QUERY_LIMITS): Engine {
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    // A browser sends no bearer token by itself, so there is nothing that another site could make it do; and a plain GET works.
    csrfPrevention: false,
    parseOptions: { maxTokens: limits.maxTokens },
    plugins: [
      // Cache hints double the work of every field, and nothing here is cacheable.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      limitPlugin(new QueryMeter(schema), limits),
      legacyStatusPlugin(),
    ],
    formatError: (formatted, error) => mask(tokenLimit(formatted, limits), error, log),
  });
}

/** Refuses what asks for too much before anything is executed, and tells what the rest cost. */
function limitPlugin(meter: QueryMeter, limits: QueryLimits): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => {
      let cost: number | undefined;
      return {
        didResolveOperation: async ({ document, operation, request }) => {
          if (!operation) return;
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw overHttp();
          const demand = meter.measure(document, operation, request.variables ?? {});
          cost = demand.cost;
          checkDemand(demand, limits);
        },
        willSendResponse: async ({ response }) => {
          if (cost === undefined || response.body.kind !== "single") return;
          const { singleResult } = response.body;
          singleResult.extensions = { ...singleResult.extensions, cost };
        },
      };
    },
  };
}

function overHttp(): GraphQLError {
  const message = "a subscription goes over WebSocket on this path, protocol graphql-transport-ws";
  return clientError("BAD_REQUEST", message, { http: { status: 400 } });
}

/**
 * GraphQL over HTTP, section 6.4.1: to who asks for application/json, as clients did before there was
 * application/graphql-response+json, an answer in GraphQL is 200 even when it refuses the request.
 */
function legacyStatusPlugin(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ request, response }) => {
        const { http } = response;
        if (http.status !== 400 || request.query === undefined) return;
        if (!(request.http?.headers.get("accept") ?? "").includes("graphql-response+json")) http.status = 200;
      },
    }),
  };
}

function tokenLimit(formatted: GraphQLFormattedError, limits: QueryLimits): GraphQLFormattedError {
  const isLimit = formatted.extensions?.["code"] === "GRAPHQL_PARSE_FAILED" && isTokenLimit(formatted);
  return isLimit ? tooManyTokens(limits).toJSON() : formatted;
}

/** The parser has no code for a document that it gave up on because of its length. */
export function isTokenLimit({ message }: { readonly message: string }): boolean {
  return message.includes("tokens");
}

export function tooManyTokens({ maxTokens }: QueryLimits): GraphQLError {
  const message = `the query asks for too much: it has more than ${maxTokens} tokens; send values as variables`;
  return clientError("QUERY_TOO_COSTLY", message);
}

function isKnown(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERRORS, code);
}

/** What a caller may see of an error: those of the catalogue; for the rest a correlation id. */
export function mask(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const code = formatted.extensions?.["code"];
  if (isKnown(code))
    return { ...formatted, extensions: { retryable: ERRORS[code].retryable, ...formatted.extensions } };
  const { path, locations } = formatted;
  const place = { ...(path ? { path } : {}), ...(locations ? { locations } : {}) };
  const cause = unwrapResolverError(error);
  if (cause instanceof DatabaseUnavailable)
    return { ...place, ...clientError("DATABASE_UNAVAILABLE", cause.message).toJSON() };
  if (cause instanceof ReadTimedOut) return { ...place, ...clientError("QUERY_TOO_COSTLY", cause.message).toJSON() };
  const correlationId = crypto.randomUUID();
  log.error({ err: error, correlationId, path: formatted.path }, "a resolver failed");
  return {
    ...place,
    message: `something went wrong here; the server's log has it as ${correlationId}`,
    extensions: { code: "INTERNAL", retryable: true, correlationId },
  };
}

export function makeContext(
  principal: Principal,
  { nodes, history, ledger }: Pick<SqlDatabase, "nodes" | "history" | "ledger">,
  correlationId: string,
  signal?: AbortSignal,
): Context {
  return {
    principal,
    loaders: makeLoaders(nodes, history, principal),
    correlationId,
    firstEntryAt: (time) => firstEntryAt(ledger, time),
    ...(signal ? { signal } : {}),
  };
}

export interface Execution {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, Json>>;
}

/** Executes one operation for a transport other than HTTP. */
export async function execute(
  engine: Engine,
  { query, operationName, variables }: Execution,
  context: Context,
): Promise<object> {
  const request = {
    query,
    variables: variables as Record<string, unknown>,
    ...(operationName ? { operationName } : {}),
  };
  const response: GraphQLResponse = await engine.executeOperation(request, { contextValue: context });
  if (response.body.kind !== "single") throw clientError("INVALID_INPUT", "incremental delivery is not offered here");
  return response.body.singleResult;
}
