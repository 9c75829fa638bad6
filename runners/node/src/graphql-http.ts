import { MutationReply } from "@clew/schema";
import { z } from "zod";

/** For the largest request on a slow line. */
const ANSWER_MS = 120_000;

/** The answer in GraphQL, whatever its HTTP status. */
const Response = z
  .looseObject(MutationReply.pick({ data: true, errors: true }).shape)
  .refine(({ data, errors }) => data !== undefined || errors !== undefined);

export interface HttpRequest {
  readonly query: string;
  readonly operationName: string;
  readonly variables: object;
}

/**
 * Asks the server once over HTTP, where requests and answers may be larger than NATS carries. Null where it could not be asked or what
 * came back is no GraphQL.
 */
export async function askOverHttp(
  serverUrl: string,
  token: string,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<MutationReply | null> {
  try {
    const response = await fetch(new URL("graphql", serverUrl.endsWith("/") ? serverUrl : `${serverUrl}/`), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const answer = Response.safeParse(await response.json().catch(() => null));
    if (answer.success) return { schema: "clew/mutation-reply/1", data: answer.data.data, errors: answer.data.errors };
    // What stands between may have a bound of its own, and says no GraphQL.
    return response.status === TOO_LARGE ? tooLarge() : null;
  } catch {
    return null;
  }
}

const TOO_LARGE = 413;

function tooLarge(): MutationReply {
  const message = "what stands before the server takes no request of this size";
  const extensions = { code: "REQUEST_TOO_LARGE", retryable: false };
  return { schema: "clew/mutation-reply/1", errors: [{ message, extensions }] };
}
