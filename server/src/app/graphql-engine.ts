import { ApolloServer, type GraphQLResponse } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import type { Json } from "@clew/schema";
import type { GraphQLFormattedError, GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Context } from "../graphql/context.ts";
import { clientError, ERRORS } from "../graphql/errors.ts";
import { makeLoaders } from "../graphql/loaders.ts";
import type { Principal } from "../graphql/principal.ts";
import type { NodeReader } from "../ports/node-reader.ts";

/** GraphQL's own codes, which Apollo gives, and what they are here. */
const BUILT_IN = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
]);

export type Engine = ApolloServer<Context>;

export function makeEngine(schema: GraphQLSchema, log: Logger): Engine {
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    // Cache hints double the work of every field, and nothing here is cacheable.
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
    formatError: (formatted, error) => mask(formatted, error, log),
  });
}

/** What a caller may see of an error: those of the catalogue and of GraphQL itself; for the rest a correlation id. */
function mask(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const code = formatted.extensions?.["code"];
  if (typeof code === "string" && (code in ERRORS || BUILT_IN.has(code))) return formatted;
  const correlationId = crypto.randomUUID();
  log.error({ err: error, correlationId, path: formatted.path }, "a resolver failed");
  const { path, locations } = formatted;
  return {
    ...(path ? { path } : {}),
    ...(locations ? { locations } : {}),
    message: `something went wrong here; the server's log has it as ${correlationId}`,
    extensions: { code: "INTERNAL", retryable: true, correlationId },
  };
}

export function makeContext(
  principal: Principal,
  reader: NodeReader,
  correlationId: string,
  signal?: AbortSignal,
): Context {
  return { principal, loaders: makeLoaders(reader, principal), correlationId, ...(signal ? { signal } : {}) };
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
