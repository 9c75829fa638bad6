import type { TypedDocumentString } from "@clew/schema/graphql";
import { z } from "zod";
import { CliError, NoServerError } from "./errors.ts";
import type { Settings } from "./settings.ts";

const TIMEOUT_MS = 60_000;

export const GraphQLError = z.object({
  message: z.string(),
  extensions: z.looseObject({ code: z.string().optional() }).optional(),
});
const Answer = z.object({ data: z.unknown().optional(), errors: z.array(GraphQLError).optional() });

/** A client of one server's GraphQL API. */
export class ClewClient {
  readonly url: string;
  readonly token: string | null;

  constructor({ url, token }: Pick<Settings, "url" | "token">) {
    this.url = url;
    this.token = token;
  }

  /**
   * Sends one operation and answers its data.
   * @throws {NoServerError} where nothing answers.
   * @throws {CliError} for an error of the API, with its code.
   */
  async request<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    signal?: AbortSignal,
    timeoutMs = TIMEOUT_MS,
  ): Promise<Result> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await this.#send("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const answer = Answer.safeParse(await jsonOf(response));
    if (!answer.success || (answer.data.data === undefined && answer.data.errors === undefined)) {
      throw this.#noClew(response);
    }
    const [error] = answer.data.errors ?? [];
    if (error !== undefined) throw apiError(error);
    return answer.data.data as Result;
  }

  /**
   * Asks for a file, whose bytes the caller reads; it may take any time.
   * @throws as {@link request}
   */
  async download(path: string): Promise<Response> {
    const response = await this.#send(path, { headers: {} });
    if (response.ok) return response;
    const answer = Answer.safeParse(await jsonOf(response));
    const error = answer.data?.errors?.[0];
    throw error === undefined ? this.#noClew(response) : apiError(error);
  }

  async #send(
    path: string,
    init: Omit<RequestInit, "headers"> & { headers: Record<string, string> },
  ): Promise<Response> {
    const authorization = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    try {
      return await fetch(`${this.url}${path}`, { ...init, headers: { ...init.headers, ...authorization } });
    } catch (error) {
      throw unreachable(this.url, error);
    }
  }

  #noClew({ status }: Response): CliError {
    return new CliError(`${this.url} answered ${status}, but not as a Clew server does`, {
      advice: "check --url or CLEW_URL",
    });
  }
}

/** Fetch hides what happened in the cause of its TypeError. */
function unreachable(url: string, error: unknown): CliError {
  if ((error as Error).name === "TimeoutError") return new CliError(`${url} did not answer in time`, { cause: error });
  if ((error as Error).name === "AbortError") return new CliError("stopped", { cause: error });
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const why = cause?.code === "ECONNREFUSED" ? "" : ` (${cause?.code ?? cause?.message ?? (error as Error).message})`;
  return new NoServerError(`no server answers at ${url}${why}`, {
    advice: "start one with `npm start` or `clew up`, or name another with --url or CLEW_URL",
    cause: error,
  });
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/** An error of the API, with its code. */
export function apiError({ message, extensions }: z.infer<typeof GraphQLError>): CliError {
  const code = extensions?.code;
  return new CliError(message, code === undefined ? {} : { code });
}

interface Payload {
  readonly ledgerSeq: number | null;
  readonly userErrors: readonly { readonly code: string; readonly path: readonly string[]; readonly message: string }[];
}

/**
 * A mutation's payload once it was not refused.
 * @throws {CliError} with the code of the first refusal, and all of them in words.
 */
export function accepted<P extends Payload>(payload: P): P {
  const [first] = payload.userErrors;
  if (first === undefined || payload.ledgerSeq !== null) return payload;
  const messages = payload.userErrors.map(({ path, message }) => {
    const field = path.join(".");
    return field === "" || message.includes(path.at(-1) ?? "") ? message : `${field}: ${message}`;
  });
  throw new CliError(messages.join("; "), { code: first.code });
}
