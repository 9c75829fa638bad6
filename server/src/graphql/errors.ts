import { GraphQLError } from "graphql";

/**
 * The one catalogue of errors: code, what it means to a caller, and whether the same request may succeed later. docs/errors.md is held
 * equal to it by a test. Codes of userErrors are expected outcomes; the others come as GraphQL errors.
 */
export const ERRORS = {
  UNAUTHENTICATED: { retryable: false, meaning: "No token, or one that is unknown, expired or revoked." },
  FORBIDDEN: { retryable: false, meaning: "The token's role does not allow this mutation in this namespace." },
  NOT_FOUND: { retryable: false, meaning: "No such thing, or none that you may read: the two look the same." },
  INVALID_INPUT: { retryable: false, meaning: "A field's value breaks its rule; `path` leads to the field." },
  INVALID_CURSOR: { retryable: false, meaning: "The cursor did not come from this list." },
  IDEMPOTENCY_KEY_REUSED: { retryable: false, meaning: "The key was used before for another input of this mutation." },
  ENTRY_TOO_LARGE: { retryable: false, meaning: "The fact is above 64 KiB; send large parts as artifacts." },
  DOCUMENT_TOO_LARGE: {
    retryable: false,
    meaning: "One field of the fact is above 8 MiB as JSON; the message names it.",
  },
  ANSWER_TOO_LARGE: { retryable: false, meaning: "The answer is larger than NATS carries; ask the same over HTTP." },
  REQUEST_TOO_LARGE: { retryable: false, meaning: "The request's body is above the limit." },
  QUERY_TOO_COSTLY: {
    retryable: false,
    meaning:
      "The query is too deep, has too many aliases, costs or shows more than is allowed, or keeps the database too long; ask for less at once.",
  },
  FILE_MISSING: {
    retryable: false,
    meaning: "The version names a file that is not in the artifact store; upload it first.",
  },
  DIGEST_MISMATCH: { retryable: false, meaning: "Bytes do not have the digest that was stated." },
  VERSION_CONFLICT: { retryable: false, meaning: "This content is already a version, with another lineage or schema." },
  ALIAS_CONFLICT: {
    retryable: false,
    meaning: "The alias does not stand at `expectedVersion`: somebody else has moved it.",
  },
  DEPLOYMENT_CONFLICT: {
    retryable: false,
    meaning: "The endpoint does not stand at `expectedVersion`, or has changed meanwhile; look again.",
  },
  MODEL_NOT_APPROVED: {
    retryable: false,
    meaning: "The model version may not be served: it was rejected or suspended, or waits for an approval.",
  },
  STATE_CONFLICT: {
    retryable: false,
    meaning: "The thing is in a state in which this cannot be done; the message says in which.",
  },
  LINEAGE_CYCLE: { retryable: false, meaning: "A thing would come from itself." },
  PIPELINE_CYCLE: { retryable: false, meaning: "Steps of a pipeline wait for each other; the message names them." },
  UNKNOWN_STEP: { retryable: false, meaning: "The pipeline has no step of this name." },
  UNKNOWN_NODE: { retryable: false, meaning: "An id or key in the input names nothing." },
  WRONG_TYPE: { retryable: false, meaning: "An id in the input names a node of another type." },
  PLUGIN_UNKNOWN: { retryable: false, meaning: "No runner has ever offered this plugin." },
  PARAMETERS_INVALID: {
    retryable: false,
    meaning: "The parameters break the plugin's schema; `path` leads to the parameter.",
  },
  REPORT_NOT_PASSED: { retryable: false, meaning: "A report that the run requires has not the verdict PASS." },
  NOT_ENOUGH_DATA: {
    retryable: false,
    meaning: "A step that watches has seen as many reports as it may, and none has decided.",
  },
  RUN_FINAL: { retryable: false, meaning: "The run has ended and never changes again." },
  RUN_NOT_QUEUED: { retryable: false, meaning: "The run is held by another attempt, or has ended." },
  LEASE_LOST: {
    retryable: false,
    meaning: "Another attempt has taken the run over; what this one says is kept apart.",
  },
  LEDGER_BUSY: {
    retryable: true,
    meaning: "Too many mutations wait; try again shortly with the same idempotency key.",
  },
  DATABASE_UNAVAILABLE: {
    retryable: true,
    meaning: "The database cannot be reached; what was answered is not lost, what was not may have been recorded.",
  },
  LEDGER_READ_ONLY: {
    retryable: false,
    meaning: "The ledger does not match its checkpoint; an operator must look (see operations).",
  },
  GRAPH_UNAVAILABLE: {
    retryable: true,
    meaning: "The graph store does not answer; lists, look-ups and writes still work.",
  },
  GRAPH_BEHIND: { retryable: true, meaning: "The graph has not yet reached the entry that `minSeq` asks for." },
  RUN_EVENTS_UNAVAILABLE: {
    retryable: true,
    meaning: "What runs say cannot be followed now: the server has no NATS, or does not reach it.",
  },
  DEAD_LETTERS_UNAVAILABLE: {
    retryable: true,
    meaning: "Dead letters cannot be read now: the server has no NATS, or does not reach it.",
  },
  OBSERVATIONS_UNAVAILABLE: {
    retryable: true,
    meaning:
      "What endpoints predict, and labels of it, cannot be stored or read now: the server has no NATS, or does not reach it. Labels may have been stored: try again with the same idempotency key.",
  },
  TOO_MANY_SUBSCRIPTIONS: { retryable: true, meaning: "The connection holds as many subscriptions as are allowed." },
  PERSONAL_DATA_REMAINS: {
    retryable: false,
    meaning: "Personal values were erased, but entries of older versions hold some in plain text, for ever.",
  },
  TOO_MANY_WEBHOOKS: { retryable: false, meaning: "There are as many webhooks as are allowed." },
  // Of the transports.
  GRAPHQL_PARSE_FAILED: { retryable: false, meaning: "The document is no GraphQL; `locations` leads to the place." },
  GRAPHQL_VALIDATION_FAILED: { retryable: false, meaning: "The document does not fit the schema." },
  BAD_USER_INPUT: { retryable: false, meaning: "A variable's value is not of its type; the message names it." },
  BAD_REQUEST: {
    retryable: false,
    meaning:
      "The request is none of GraphQL over HTTP (its body is no JSON in UTF-8, say), or no subscription over WebSocket.",
  },
  OPERATION_RESOLUTION_FAILURE: { retryable: false, meaning: "`operationName` names no operation of the document." },
  PERSISTED_QUERY_NOT_FOUND: { retryable: false, meaning: "No document with this hash is known here." },
  PERSISTED_QUERY_NOT_SUPPORTED: { retryable: false, meaning: "Persisted queries are switched off." },
  UNSUPPORTED_MEDIA_TYPE: { retryable: false, meaning: "The body has a content type that is not read here." },
  UPLOAD_NOT_FOUND: { retryable: false, meaning: "No such upload: it was never begun, has ended, or was given up." },
  UPLOAD_OFFSET_MISMATCH: {
    retryable: false,
    meaning: "The upload stands at another byte, which the header Upload-Offset names.",
  },
  RANGE_NOT_SATISFIABLE: { retryable: false, meaning: "The range does not lie in the file." },
  STORE_FULL: { retryable: true, meaning: "The artifact store has no room left." },
  STORE_UNAVAILABLE: { retryable: true, meaning: "The artifact store does not answer." },
  // Of `clew import`.
  BACKUP_DAMAGED: {
    retryable: false,
    meaning: "The backup is not whole or was changed; the message names what differs.",
  },
  BACKUP_UNSUPPORTED: { retryable: false, meaning: "The backup has a format or facts that this server does not know." },
  CHECKPOINT_KEY_UNKNOWN: { retryable: false, meaning: "The key that the backup was signed with is not the one here." },
  LEDGER_NOT_EMPTY: { retryable: false, meaning: "A backup is restored only where there is nothing yet." },
  INTERNAL: { retryable: true, meaning: "A fault of Clew; the server's log has the rest under the correlation id." },
} as const;
export type ErrorCode = keyof typeof ERRORS;

/** An error that a caller may see, with its code. */
export function clientError(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, retryable: ERRORS[code].retryable, ...extensions } });
}

export const notFound = (what: string) => clientError("NOT_FOUND", `no such ${what}`);
