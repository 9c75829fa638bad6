import { setTimeout as sleep } from "node:timers/promises";
import { jsonIn, MutationReply, type MutationRequest, REPLY_HEADER } from "@clew/schema";
import { type NatsConnection, type Subscription, headers, nuid } from "@nats-io/transport-node";
import type { JetStreamClient } from "@nats-io/jetstream";
import type { Logger } from "pino";
import { Backoff } from "./backoff.ts";
import { askOverHttp } from "./graphql-http.ts";
import { bodyMaxBytes } from "./nats-link.ts";
import type { Operation } from "./operations.ts";

/** Larger requests go over HTTP. */
export const REQUEST_MAX_BYTES = 512 * 1024;
const FIRST_ANSWER_MS = 5_000;
const LONGEST_ANSWER_MS = 30_000;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** How often a fault that the server calls its own is asked again. */
const INTERNAL_TRIES = 8;

/** The server answered, and its answer is no; `code` is one of its error catalogue. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws the first refusal of a mutation's answer. @throws {RequestRefused} */
export function requireAccepted({
  userErrors: [first],
}: {
  userErrors: readonly { code: string; message: string }[];
}): void {
  if (first !== undefined) throw new RequestRefused(first.code, first.message);
}

/** Nobody answered for as long as the caller would wait. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export interface CallOptions {
  /** The runner's or the attempt's. */
  readonly token: string;
  /** The idempotency key; null for a query. Each resend carries the same. */
  readonly key: string | null;
  readonly signal: AbortSignal;
  /** How long in all; for ever where null. */
  readonly giveUpAfterMs: number | null;
}

export interface GraphqlLinkOptions {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  /** Where requests go. */
  readonly subject: string;
  /** The server's HTTP address, for what is too large for NATS. */
  readonly serverUrl: string;
  readonly log: Logger;
  /** How long an answer may take before the request is sent again; doubled each time. */
  readonly firstAnswerMs?: number;
}

type Reply = MutationReply;

/**
 * GraphQL operations over NATS: published to the durable stream of mutations, answered on an inbox. A request without an answer is
 * sent again with the same idempotency key, so that it takes effect once; it carries no Nats-Msg-Id, or the stream would drop the resend
 * that shall be answered. What is too large for NATS, the request or its answer, goes over HTTP.
 */
export class GraphqlLink {
  readonly #options: GraphqlLinkOptions;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #waiting = new Map<string, (reply: Reply) => void>();

  constructor(options: GraphqlLinkOptions, inboxPrefix: string) {
    this.#options = options;
    this.#inbox = `${inboxPrefix}.replies.${nuid.next()}`;
    this.#subscription = options.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#hear(message.subject, message.data);
      },
    });
  }

  /**
   * @throws {RequestRefused} {NoAnswer}, or the signal's reason.
   */
  async call<Answer, Variables extends object>(
    operation: Operation<Answer, Variables>,
    variables: Variables,
    options: CallOptions,
  ): Promise<Answer> {
    const request = requestOf(operation.name, variables, options);
    const payload = JSON.stringify(request);
    const maxBytes = Math.min(REQUEST_MAX_BYTES, bodyMaxBytes(this.#options.connection));
    let isLarge = Buffer.byteLength(payload) > maxBytes;
    const deadline = options.giveUpAfterMs === null ? null : Date.now() + options.giveUpAfterMs;
    const backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
    let internalFaults = 0;
    for (let answerMs = this.#options.firstAnswerMs ?? FIRST_ANSWER_MS; ; ) {
      options.signal.throwIfAborted();
      const reply = isLarge
        ? await this.#askOverHttp(operation, request, options.signal)
        : await this.#ask(operation.name, payload, answerMs, options.signal);
      const fault = reply === null ? null : faultOf(reply);
      if (!isLarge && fault?.code === "ANSWER_TOO_LARGE") {
        isLarge = true;
        continue;
      }
      if (reply !== null && fault === null) return parsed(operation, reply);
      if (fault !== null) {
        internalFaults += fault.code === "INTERNAL" ? 1 : 0;
        if (!fault.isRetryable || internalFaults >= INTERNAL_TRIES) throw new RequestRefused(fault.code, fault.message);
      } else answerMs = Math.min(LONGEST_ANSWER_MS, answerMs * 2);
      if (deadline !== null && Date.now() >= deadline) throw new NoAnswer(`${operation.name} was not answered`);
      await sleep(backoff.next(), undefined, { signal: options.signal });
    }
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #askOverHttp(
    { text: query, name: operationName }: Operation<unknown, unknown>,
    { token, variables }: MutationRequest,
    signal: AbortSignal,
  ): Promise<Reply | null> {
    return askOverHttp(this.#options.serverUrl, token, { query, operationName, variables }, signal);
  }

  /** Sends once; null where it could not be sent or no answer came in time. */
  async #ask(name: string, payload: string, answerMs: number, signal: AbortSignal): Promise<Reply | null> {
    const token = nuid.next();
    const answered = Promise.withResolvers<Reply | null>();
    const giveUp = () => answered.resolve(null);
    const timer = setTimeout(giveUp, answerMs);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting.set(token, answered.resolve);
    try {
      await this.#publish(`${this.#inbox}.${token}`, payload);
      return await answered.promise;
    } catch (error) {
      this.#options.log.debug({ operation: name, err: error }, "a request could not be sent");
      return null;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      this.#waiting.delete(token);
    }
  }

  async #publish(inbox: string, payload: string): Promise<void> {
    const header = headers();
    header.set(REPLY_HEADER, inbox);
    await this.#options.client.publish(this.#options.subject, payload, { headers: header });
  }

  #hear(subject: string, data: Uint8Array): void {
    const waiting = this.#waiting.get(subject.slice(this.#inbox.length + 1));
    if (waiting === undefined) return;
    const reply = MutationReply.safeParse(jsonIn(data));
    if (reply.success) waiting(reply.data);
    else this.#options.log.warn({ issues: reply.error.issues }, "an answer that is no clew/mutation-reply/1");
  }
}

function requestOf(operationName: string, variables: object, { token, key }: CallOptions): MutationRequest {
  return {
    schema: "clew/mutation-request/1",
    operationName,
    variables: { ...(variables as MutationRequest["variables"]), ...(key !== null && { idempotencyKey: key }) },
    token,
  };
}

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly isRetryable: boolean;
}

function faultOf({ errors }: Reply): Fault | null {
  const [first] = errors ?? [];
  if (first === undefined) return null;
  const extensions = (first["extensions"] ?? {}) as { code?: unknown; retryable?: unknown };
  const code = typeof extensions.code === "string" ? extensions.code : "INTERNAL";
  return { code, message: first.message, isRetryable: extensions.retryable === true || code === "INTERNAL" };
}

function parsed<Answer>(operation: Operation<Answer, unknown>, reply: Reply): Answer {
  const answer = operation.answer.safeParse(reply.data);
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  throw new RequestRefused(
    "INVALID_ANSWER",
    `${operation.name} was answered with something else: ${issue?.path.join(".")} ${issue?.message}`,
  );
}
