import { type Json, inboxOf, jsonIn, MutationRequest, type MutationReply, REPLY_HEADER } from "@clew/schema";

/** What this transport needs of a stream's message. */
export interface MutationMessage {
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  header(name: string): string | undefined;
  readonly deliveries: number;
  ack(): void;
  later(delayMs: number): void;
}

export interface MutationParts<Who> {
  readonly authenticate: (token: string) => Promise<Who | null>;
  /** The operation's text by its name, for those that may be sent. */
  readonly operation: (name: string) => string | undefined;
  readonly execute: (
    operation: { query: string; operationName: string; variables: Readonly<Record<string, Json>> },
    who: Who,
  ) => Promise<object>;
  readonly reply: (subject: string, data: string) => void;
  /** What a reply may have, in bytes. */
  readonly replyMaxBytes: () => number;
  /** Keeps what can never be applied, with why, where an operator sees it. */
  readonly bury: (message: MutationMessage, reason: string) => Promise<void>;
}

const BUSY_MS = 250;
/** Answers that nobody wants to hear: the message waits in the stream instead. */
const BUSY = new Set(["LEDGER_BUSY", "DATABASE_UNAVAILABLE"]);

/**
 * GraphQL over NATS: a message of `clew.mutations.<runner>` is executed as if it had come over HTTP, and acknowledged when it was
 * answered: at-least-once, which idempotency keys make exactly-once. What is no request, or of an unknown operation, becomes a dead letter.
 */
export function mutationHandler<Who>(parts: MutationParts<Who>): (message: MutationMessage) => Promise<void> {
  return async (message) => {
    const result = await answer(parts, message);
    if (isBusy(result)) return message.later(BUSY_MS);
    const inbox = inboxFor(message);
    if (inbox) parts.reply(inbox, replyText(result, parts.replyMaxBytes()));
    message.ack();
  };
}

function replyText({ data, errors }: Record<string, unknown>, maxBytes: number): string {
  const text = asReply({ data, errors });
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= maxBytes) return text;
  return asReply(refusal("ANSWER_TOO_LARGE", `the answer has ${sizeBytes} bytes; NATS carries ${maxBytes}`));
}

function asReply(result: Record<string, unknown>): string {
  const reply = { schema: "clew/mutation-reply/1", ...result } as MutationReply;
  return JSON.stringify(reply);
}

/** The inbox that the sender names, if it is one of its own: the server must not say for a runner what that may not say itself. */
function inboxFor(message: MutationMessage): string | null {
  const inbox = message.header(REPLY_HEADER);
  const sender = message.subject.slice(message.subject.lastIndexOf(".") + 1);
  return inbox?.startsWith(`${inboxOf(sender)}.`) && !/\s/.test(inbox) ? inbox : null;
}

async function answer<Who>(parts: MutationParts<Who>, message: MutationMessage): Promise<Record<string, unknown>> {
  const request = MutationRequest.safeParse(jsonIn(message.data));
  if (!request.success) {
    const [issue] = request.error.issues;
    return await unusable(parts, message, `not a clew/mutation-request/1: ${issue?.path.join(".")} ${issue?.message}`);
  }
  const { operationName, variables, token } = request.data;
  const query = parts.operation(operationName);
  if (query === undefined)
    return await unusable(parts, message, `${operationName} is none of the operations that may be sent over NATS`);
  const who = await parts.authenticate(token);
  if (who === null) return refusal("UNAUTHENTICATED", "the token is unknown, expired or revoked");
  return { ...(await parts.execute({ query, operationName, variables: variables }, who)) };
}

async function unusable<Who>(parts: MutationParts<Who>, message: MutationMessage, reason: string) {
  await parts.bury(message, reason);
  return refusal("INVALID_INPUT", reason);
}

function refusal(code: string, message: string): Record<string, unknown> {
  return { errors: [{ message, extensions: { code, retryable: false } }] };
}

function isBusy(result: Record<string, unknown>): boolean {
  const errors = result["errors"] as { extensions?: { code?: string } }[] | undefined;
  return errors?.some(({ extensions }) => BUSY.has(extensions?.code ?? "")) ?? false;
}
