import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  validate,
} from "graphql";
import type { Logger } from "pino";
import type { Context } from "../graphql/context.ts";
import { clientError, type ErrorCode } from "../graphql/errors.ts";
import { checkDemand, QUERY_LIMITS, QueryMeter } from "../graphql/limits.ts";
import { isTokenLimit, mask, tooManyTokens } from "./graphql-engine.ts";

/** Subscriptions of one connection. */
const OPEN_MAX = 20;

export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** What Apollo does for queries and mutations, for subscriptions: parse, validate, limit, mask. */
export class Subscriptions {
  readonly #schema: GraphQLSchema;
  readonly #meter: QueryMeter;
  readonly #log: Logger;

  constructor(schema: GraphQLSchema, log: Logger) {
    this.#schema = schema;
    this.#meter = new QueryMeter(schema);
    this.#log = log;
  }

  /** @param open how many subscriptions the connection has, this one too. */
  prepare(request: SubscriptionRequest, contextValue: Context, open: number): ExecutionArgs | readonly GraphQLError[] {
    try {
      if (open > OPEN_MAX) {
        const message = `a connection holds at most ${OPEN_MAX} subscriptions; end one, or open another connection`;
        throw clientError("TOO_MANY_SUBSCRIPTIONS", message);
      }
      return this.#prepare(request, contextValue);
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** What a caller may see of errors. */
  mask(errors: readonly GraphQLError[]): readonly GraphQLFormattedError[] {
    return errors.map((error) => mask(error.toJSON(), error, this.#log));
  }

  #prepare({ query, operationName, variables }: SubscriptionRequest, contextValue: Context) {
    const document = parseWithin(query);
    const faults = validate(this.#schema, document);
    if (faults.length > 0) return faults.map((fault) => withCode(fault, "GRAPHQL_VALIDATION_FAILED"));
    const operation = getOperationAST(document, operationName);
    if (!operation) throw clientError("OPERATION_RESOLUTION_FAILURE", "operationName names no operation");
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
      throw clientError("BAD_REQUEST", `a ${operation.operation} goes over HTTP, by POST to this path`);
    const values = getVariableValues(this.#schema, operation.variableDefinitions ?? [], variables ?? {});
    if (values.errors) return values.errors.map((fault) => withCode(fault, "BAD_USER_INPUT"));
    checkDemand(this.#meter.measure(document, operation, variables ?? {}), QUERY_LIMITS);
    return {
      schema: this.#schema,
      document,
      contextValue,
      ...(variables ? { variableValues: variables } : {}),
      ...(operationName ? { operationName } : {}),
    };
  }
}

function parseWithin(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: QUERY_LIMITS.maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw isTokenLimit(error) ? tooManyTokens(QUERY_LIMITS) : withCode(error, "GRAPHQL_PARSE_FAILED");
  }
}

/** The error of graphql itself, with the code that Apollo gives it. */
function withCode(error: GraphQLError, code: ErrorCode): GraphQLError {
  const { message, nodes = null, source = null, positions = null } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: clientError(code, message).extensions });
}
