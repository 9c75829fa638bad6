import type { LedgerAnnouncement } from "@clew/schema";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { SendMail } from "../../ports/mail.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import { mailOf, slackBody } from "./messages.ts";
import { notificationOf } from "./notification.ts";
import { post, type PostFailure } from "./post.ts";
import { hashSecret, sign, type WebhookSecrets } from "./secrets.ts";

export interface ChannelOptions {
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
}

export interface ChannelParts {
  readonly reader: NodeReader;
  readonly secrets: WebhookSecrets;
  /** Null where the server knows no mail server. */
  readonly sendMail: SendMail | null;
  readonly options: ChannelOptions;
}

/** An entry as one webhook is told of it. */
export interface Told {
  readonly entry: ProjectedEntry;
  readonly message: LedgerAnnouncement;
}

/** Tells one webhook of one entry, as its format says. Null when it was taken. @throws the signal's reason, and nothing else. */
export async function tell(
  parts: ChannelParts,
  row: WebhookRow,
  { entry, message }: Told,
  signal: AbortSignal,
): Promise<PostFailure | null> {
  const { secrets, options, reader } = parts;
  const secret = secrets.of(row.id);
  if (hashSecret(secret) !== row.secretHash)
    return failed("this server's webhook.key is not the one that made this webhook's secret");
  const messageId = `msg_${row.id.slice(row.id.indexOf(":") + 1)}_${entry.seq}`;
  const to = row.address === null ? row.url : secrets.unseal(row.id, row.address);
  if (row.format === "EMAIL") return mail(parts, row, to, { entry, message }, messageId, signal);
  const isSlack = row.format === "SLACK";
  const body = isSlack ? slackBody(await notificationOf(reader, entry), entry.seq) : JSON.stringify(message);
  return post(to, body, isSlack ? {} : signed(secret, messageId, body), { ...options, signal });
}

function signed(secret: string, messageId: string, body: string) {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    "webhook-id": messageId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": sign(secret, messageId, timestamp, body),
  };
}

async function mail(
  { reader, sendMail }: ChannelParts,
  row: WebhookRow,
  to: string,
  { entry }: Told,
  messageId: string,
  signal: AbortSignal,
): Promise<PostFailure | null> {
  if (sendMail === null) return failed(NO_MAIL);
  try {
    await sendMail(mailOf(await notificationOf(reader, entry), to, messageId, entry.seq), signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    // Mail servers repeat the address in their answers.
    return failed((error as Error).message.replaceAll(to, row.url).slice(0, 500));
  }
}

export const NO_MAIL = "this server sends no mail: CLEW_SMTP_URL is not set";

function failed(message: string): PostFailure {
  return { message, gone: false };
}
