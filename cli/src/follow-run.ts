import { setTimeout as delay } from "node:timers/promises";
import { FollowRunDocument, type FollowRunSubscription } from "@clew/schema/graphql";
import { type Client, createClient } from "graphql-ws/client";
import { z } from "zod";
import { ABSENCE_MS } from "./await-run.ts";
import { apiError, type ClewClient, GraphQLError } from "./client.ts";
import { CliError, NoServerError } from "./errors.ts";

export type RunEvent = FollowRunSubscription["runEvents"];

const RETRY_MS = 500;
const UNAVAILABLE = "RUN_EVENTS_UNAVAILABLE";
/** The server's answer to a token that is not good. */
const UNAUTHORIZED = 4401;

/**
 * Calls back with everything that happens to a run, until it has ended. A cut connection is opened again where it was, so that nothing
 * is told twice and nothing is lost.
 * @throws {CliError} RUN_EVENTS_UNAVAILABLE where the server cannot follow runs, or no WebSocket leads to it.
 */
export async function followRun(client: ClewClient, run: string, onEvent: (event: RunEvent) => void): Promise<void> {
  const seen: { cursor: string | null; at: number; isConnected: boolean } = {
    cursor: null,
    at: Date.now(),
    isConnected: false,
  };
  const socket = socketTo(client, () => {
    seen.isConnected = true;
  });
  try {
    for (;;) {
      try {
        return await followOnce(socket, run, seen.cursor, (event) => {
          onEvent(event);
          seen.cursor = event.cursor;
          seen.at = Date.now();
        });
      } catch (fault) {
        const error = explain(fault, client.url);
        if (!seen.isConnected && error instanceof NoServerError)
          throw new CliError(error.message, { code: UNAVAILABLE, cause: fault });
        const mayPass = error instanceof NoServerError || (seen.cursor !== null && isUnavailable(error));
        if (!mayPass || Date.now() - seen.at > ABSENCE_MS) throw error;
        await delay(RETRY_MS);
      }
    }
  } finally {
    await socket.dispose();
  }
}

/** Whether the server cannot follow runs, now or at all. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof CliError && error.code === UNAVAILABLE;
}

function socketTo({ url, token }: ClewClient, onConnected: () => void): Client {
  return createClient({
    url: `${url.replace(/^http/, "ws")}/graphql`,
    connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
    // It would begin again with the cursor of the first time.
    retryAttempts: 0,
    on: { connected: onConnected },
  });
}

async function followOnce(
  socket: Client,
  run: string,
  after: string | null,
  onEvent: (event: RunEvent) => void,
): Promise<void> {
  const request = { query: FollowRunDocument.toString(), variables: { run, after } };
  for await (const { data, errors } of socket.iterate<FollowRunSubscription>(request)) {
    if (errors) throw errors;
    if (data) onEvent(data.runEvents);
  }
}

/** What ends an iteration: errors of the API, the socket's close event, or a failure of the socket. */
function explain(fault: unknown, url: string): CliError {
  if (fault instanceof CliError) return fault;
  const [error] = z.array(GraphQLError).safeParse(fault).data ?? [];
  if (error) return apiError(error);
  const { code, reason } = z.object({ code: z.number(), reason: z.string() }).safeParse(fault).data ?? {};
  if (code === UNAUTHORIZED) return new CliError(reason || "the token is not good", { code: "UNAUTHENTICATED" });
  const why = reason ? ` (${reason})` : "";
  return new NoServerError(`the connection to ${url} ended${why}`, { cause: fault });
}
