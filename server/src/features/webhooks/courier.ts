import type { LedgerAnnouncement } from "@clew/schema";
import { announcementOf } from "../../ledger/announcement.ts";
import { AppendWatch } from "../../ledger/append-watch.ts";
import type { LedgerTail, ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { WebhookProgress, WebhookRow, Webhooks } from "../../ports/webhooks.ts";
import { pause } from "../../ledger/pause.ts";
import { post, type PostFailure } from "./post.ts";
import { hashSecret, sign, type WebhookSecrets } from "./secrets.ts";

export interface DeliveryOptions {
  /** Failures in a row after which a webhook is given up. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
}

export interface CourierParts {
  readonly ledgerId: string;
  readonly store: LedgerStore;
  readonly tail: LedgerTail;
  readonly reader: NodeReader;
  readonly webhooks: Webhooks;
  readonly secrets: WebhookSecrets;
  readonly options: DeliveryOptions;
}

const PAGE = 100;
/** How often it looks by itself, should a wake-up have been missed. */
const POLL_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Entries that are none of its own move the durable position at most so often. */
const SKIP_MS = 1_000;

/** Delivers the ledger's entries to one webhook, one after the other, each until it is taken. */
export class Courier {
  readonly #parts: CourierParts;
  readonly #row: WebhookRow;
  readonly #signal: AbortSignal;
  #progress: WebhookProgress;
  #savedAt = 0;

  constructor(parts: CourierParts, row: WebhookRow, signal: AbortSignal) {
    this.#parts = parts;
    this.#row = row;
    this.#signal = signal;
    const { position, failures, nextAttemptAt, lastError, deliveredAt, disabledReason } = row;
    this.#progress = { position, failures, nextAttemptAt, lastError, deliveredAt, disabledReason };
  }

  get failures(): number {
    return this.#progress.failures;
  }

  /** Until it is aborted, or the webhook is given up or deleted. */
  async run(): Promise<void> {
    const { store, tail } = this.#parts;
    const watch = new AppendWatch(store, this.#signal);
    while (!this.#signal.aborted) {
      const entries = await tail.read(this.#progress.position, PAGE);
      const last = entries.at(-1);
      if (last === undefined) {
        await watch.wait(POLL_MS);
        continue;
      }
      for (const message of await this.#mine(entries)) if (!(await this.#deliver(message))) return;
      await this.#skipTo(last.seq);
    }
  }

  /** Of these entries what this webhook is told of, and of them only the nodes that are of its namespace or of none. */
  async #mine(entries: readonly ProjectedEntry[]): Promise<readonly LedgerAnnouncement[]> {
    const { ledgerId, reader } = this.#parts;
    const { namespace, types } = this.#row;
    const wanted = types === null ? null : new Set(JSON.parse(types) as string[]);
    const messages = entries
      .filter(({ type }) => wanted?.has(type) ?? true)
      .map((entry) => announcementOf(ledgerId, entry));
    if (namespace === "*") return messages;
    const states = await reader.byIds([...new Set(messages.flatMap(({ nodeIds }) => nodeIds))]);
    const home = new Map(states.map(({ id, attributes }) => [id, attributes["namespace"]]));
    return messages
      .filter(({ nodeIds }) => nodeIds.some((id) => home.get(id) === namespace))
      .map((one) => ({
        ...one,
        nodeIds: one.nodeIds.filter((id) => [namespace, undefined].includes(home.get(id) as string)),
      }));
  }

  /** False when nothing more is to be delivered. */
  async #deliver(message: LedgerAnnouncement): Promise<boolean> {
    for (;;) {
      await pause(this.#progress.nextAttemptAt - Date.now(), this.#signal);
      if (this.#signal.aborted) return false;
      const failure = await this.#attempt(message);
      if (failure === null) return this.#taken(message.seq);
      if (!(await this.#failed(failure))) return false;
    }
  }

  async #attempt(message: LedgerAnnouncement): Promise<PostFailure | null> {
    const { id, url, secretHash } = this.#row;
    const { secrets, options } = this.#parts;
    const secret = secrets.of(id);
    if (hashSecret(secret) !== secretHash)
      return { message: "this server's webhook.key is not the one that made this webhook's secret", gone: false };
    const body = JSON.stringify(message);
    const messageId = `msg_${id.slice(id.indexOf(":") + 1)}_${message.seq}`;
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      "webhook-id": messageId,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": sign(secret, messageId, timestamp, body),
    };
    return post(url, body, headers, { ...options, signal: this.#signal });
  }

  async #taken(seq: number): Promise<boolean> {
    return this.#save({ position: seq, failures: 0, nextAttemptAt: 0, lastError: null, deliveredAt: Date.now() });
  }

  async #failed({ message, gone }: PostFailure): Promise<boolean> {
    const failures = this.#progress.failures + 1;
    const isGivenUp = gone || failures >= this.#parts.options.maxAttempts;
    const disabledReason = isGivenUp ? `given up after ${failures} failures in a row, the last: ${message}` : null;
    const nextAttemptAt = Date.now() + retryDelayMs(failures, Math.random());
    const isThere = await this.#save({ failures, nextAttemptAt, lastError: message, disabledReason });
    return isThere && !isGivenUp;
  }

  async #skipTo(seq: number): Promise<void> {
    this.#progress = { ...this.#progress, position: seq };
    if (Date.now() - this.#savedAt >= SKIP_MS) await this.#save({});
  }

  async #save(change: Partial<WebhookProgress>): Promise<boolean> {
    this.#progress = { ...this.#progress, ...change };
    this.#savedAt = Date.now();
    return this.#parts.webhooks.save(this.#row.id, this.#progress);
  }
}

/** Doubles up to an hour; of each, a random part between the half and the whole. Whole milliseconds: it becomes a row's time. */
export function retryDelayMs(failures: number, random: number): number {
  const most = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return Math.round(most * (0.5 + random / 2));
}
