import { announcementOf } from "../../ledger/announcement.ts";
import { AppendWatch } from "../../ledger/append-watch.ts";
import type { LedgerTail, ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { WebhookProgress, WebhookRow, Webhooks } from "../../ports/webhooks.ts";
import { pause } from "../../ledger/pause.ts";
import { type ChannelOptions, type ChannelParts, tell, type Told } from "./channels.ts";
import { isNotable, isNoticeFor, isWantedAlert } from "./notification.ts";
import type { PostFailure } from "./post.ts";

export interface DeliveryOptions extends ChannelOptions {
  /** Failures in a row after which a webhook is given up. */
  readonly maxAttempts: number;
}

export interface CourierParts extends ChannelParts {
  readonly ledgerId: string;
  readonly store: LedgerStore;
  readonly tail: LedgerTail;
  readonly webhooks: Webhooks;
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
      for (const told of await this.#mine(entries)) if (!(await this.#deliver(told))) return;
      await this.#skipTo(last.seq);
    }
  }

  /** Of these entries what this webhook is told of, and of them only the nodes that are of its namespace or of none. */
  async #mine(entries: readonly ProjectedEntry[]): Promise<readonly Told[]> {
    const wanted = await this.#wanted(entries);
    const told = wanted.map((entry) => ({ entry, message: announcementOf(this.#parts.ledgerId, entry) }));
    const { namespace } = this.#row;
    if (namespace === "*") return told;
    const { id: self } = this.#row;
    const ids = [...new Set(told.flatMap(({ message }) => message.nodeIds))];
    const states = await this.#parts.reader.byIds(ids);
    const home = new Map(states.map(({ id, attributes }) => [id, attributes["namespace"]]));
    const isOwn = (id: string) => [namespace, undefined].includes(home.get(id) as string);
    return told
      .filter(
        ({ entry, message }) => isNoticeFor(entry, self) || message.nodeIds.some((id) => home.get(id) === namespace),
      )
      .map(({ entry, message }) => ({ entry, message: { ...message, nodeIds: message.nodeIds.filter(isOwn) } }));
  }

  /** By type, and of alerts by what they say. */
  async #wanted(entries: readonly ProjectedEntry[]): Promise<readonly ProjectedEntry[]> {
    const { id, types, format, severity, about } = this.#row;
    const asked = types === null ? null : new Set(JSON.parse(types) as string[]);
    const isAsked = (entry: ProjectedEntry) =>
      isNoticeFor(entry, id) || (format === "JSON" ? (asked?.has(entry.type) ?? true) : isNotable(entry, asked));
    const found = entries.filter(isAsked);
    if (severity === null && about === null) return found;
    const { reader } = this.#parts;
    const isWanted = await Promise.all(found.map((entry) => isWantedAlert(reader, entry, { severity, about })));
    return found.filter((_, at) => isWanted[at]);
  }

  /** False when nothing more is to be delivered. */
  async #deliver(told: Told): Promise<boolean> {
    for (;;) {
      await pause(this.#progress.nextAttemptAt - Date.now(), this.#signal);
      if (this.#signal.aborted) return false;
      const failure = await tell(this.#parts, this.#row, told, this.#signal);
      if (failure === null) return this.#taken(told.entry.seq);
      if (!(await this.#failed(failure))) return false;
    }
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
