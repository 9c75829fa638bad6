import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLFormattedError, subscribe } from "graphql";
import { z } from "zod";
import type { SubscriptionLimits } from "../subscription-limits.ts";

export interface EventStreamParts<Who> {
  readonly log: { warn(fields: object, message: string): void };
  readonly limits: SubscriptionLimits;
  /** Whether the request's token is still good. */
  readonly isWelcome: (request: FastifyRequest) => Promise<boolean>;
  /** Whose streams are counted together. */
  readonly idOf: (who: Who) => string;
  /** What to subscribe to, or why not. The signal is aborted when the stream ends. */
  readonly prepare: (
    asked: z.infer<typeof Asked>,
    request: FastifyRequest,
    signal: AbortSignal,
  ) => ExecutionArgs | readonly GraphQLError[];
  /** What the caller may see of errors. */
  readonly mask: (errors: readonly GraphQLError[]) => readonly GraphQLFormattedError[];
  /** The answer to one stream too many. */
  readonly tooMany: () => GraphQLError;
}

const Asked = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** Something is sent this often, so that nobody between takes the connection for dead. */
const KEEP_ALIVE_MS = 12_000;

interface Stream<Who> {
  readonly who: Who;
  readonly end: () => void;
}

/**
 * GraphQL subscriptions over plain HTTP, as GraphQL over Server-Sent Events has it in its distinct connections mode: a request for one
 * subscription, whose answer is a stream of `next` events and, at its end, `complete`. What was not taken is not read: an event is
 * asked for when the one before has been sent (the package graphql-sse reads on, whatever its client does).
 */
export class EventStreams<Who> {
  readonly #parts: EventStreamParts<Who>;
  readonly #open = new Set<Stream<Who>>();

  constructor(parts: EventStreamParts<Who>) {
    this.#parts = parts;
  }

  /** How many streams are open. */
  get size(): number {
    return this.#open.size;
  }

  /** A request that accepts `text/event-stream`. */
  isAskedFor({ headers }: FastifyRequest): boolean {
    return (headers.accept ?? "").split(/[,;]/).some((type) => type.trim() === "text/event-stream");
  }

  /** Answers with the stream, or with 400 or 429 and errors where there is none. Resolves when it has ended. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { prepare, limits, tooMany } = this.#parts;
    const who = request.who as Who;
    if (this.#open.size >= limits.maxOpen || this.#countOf(who) >= limits.maxOpenEach)
      return this.#refuse(reply, 429, [tooMany()]);
    const ended = new AbortController();
    const stream = { who, end: () => ended.abort() };
    // Counted from now on: between here and the first event others may ask.
    this.#open.add(stream);
    try {
      const args = prepare(askedIn(request), request, ended.signal);
      if (!("schema" in args)) return this.#refuse(reply, 400, args);
      const results = await subscribe(args);
      if (!(Symbol.asyncIterator in results)) return this.#refuse(reply, 400, results.errors ?? []);
      await this.#send(results, request, reply, ended);
    } finally {
      this.#open.delete(stream);
    }
  }

  /** Ends every stream, without `complete`: there would have been more. */
  stop(): void {
    for (const { end } of this.#open) end();
  }

  #countOf(who: Who): number {
    const { idOf } = this.#parts;
    return [...this.#open].filter((one) => idOf(one.who) === idOf(who)).length;
  }

  #refuse(reply: FastifyReply, status: number, errors: readonly GraphQLError[]): void {
    void reply.code(status).send({ errors: this.#parts.mask(errors) });
  }

  async #send(
    results: AsyncGenerator<ExecutionResult, void, void>,
    request: FastifyRequest,
    reply: FastifyReply,
    ended: AbortController,
  ): Promise<void> {
    const { raw } = reply.hijack();
    const { stallMs } = this.#parts.limits;
    raw.once("close", () => ended.abort());
    ended.signal.addEventListener("abort", () => void results.return());
    const timers = [
      setInterval(() => raw.write(":\n\n"), KEEP_ALIVE_MS),
      setInterval(() => void this.#lookAgain(request, ended), this.#parts.limits.recheckMs),
    ];
    raw.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    raw.flushHeaders();
    try {
      for await (const result of results) await write(raw, eventOf("next", this.#shown(result)), stallMs);
      if (!ended.signal.aborted) await write(raw, eventOf("complete"), stallMs);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "an event stream was broken off");
    } finally {
      for (const timer of timers) clearInterval(timer);
      raw.end();
    }
  }

  async #lookAgain(request: FastifyRequest, ended: AbortController): Promise<void> {
    try {
      if (!(await this.#parts.isWelcome(request))) ended.abort();
    } catch (error) {
      this.#parts.log.warn({ err: error }, "an event stream's token could not be looked at again");
    }
  }

  #shown({ data = null, errors }: ExecutionResult): object {
    return errors ? { data, errors: this.#parts.mask(errors) } : { data };
  }
}

/** The operation of a POST's body, or of a GET's query string. @throws with status 400 when it is none. */
function askedIn({ method, query, body }: FastifyRequest): z.infer<typeof Asked> {
  try {
    if (method === "POST") return Asked.parse(body);
    const { variables, ...rest } = query as { variables?: string };
    return Asked.parse({ ...rest, ...(variables ? { variables: JSON.parse(variables) as unknown } : {}) });
  } catch {
    const message = "give an operation: query, and if need be variables (an object) and operationName";
    throw Object.assign(new Error(message), { statusCode: 400 });
  }
}

function eventOf(name: "next" | "complete", data?: object): string {
  return `event: ${name}\ndata: ${data === undefined ? "" : JSON.stringify(data)}\n\n`;
}

/** Resolves when the operating system has taken it. A client that takes nothing in time is cut off. */
async function write(raw: ServerResponse, text: string, stallMs: number): Promise<void> {
  const timer = setTimeout(
    () => raw.destroy(new Error("SLOW_CONSUMER: the client did not take an event in time")),
    stallMs,
  );
  await new Promise<void>((resolve) => {
    // An error here is the connection's end, of which its close event tells.
    raw.write(text, () => resolve());
  });
  clearTimeout(timer);
}
