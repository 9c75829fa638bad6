import type { LedgerStore } from "../ports/ledger-store.ts";
import { announcementOf } from "./announcement.ts";
import type { FollowerWork } from "./follower.ts";
import type { ProjectedEntry } from "./ledger-tail.ts";

/** Tells the outside of every entry, in order, at least once. */
export class AnnouncerWork implements FollowerWork {
  readonly name = "announcer";
  readonly batchMax = 200;
  readonly #store: LedgerStore;
  readonly #subject: string;
  readonly #publish: (subject: string, data: string, messageId: string) => Promise<void>;
  #ledgerId = "";

  constructor(
    store: LedgerStore,
    subject: string,
    publish: (subject: string, data: string, messageId: string) => Promise<void>,
  ) {
    this.#store = store;
    this.#subject = subject;
    this.#publish = publish;
  }

  async position(): Promise<number> {
    this.#ledgerId = (await this.#store.head()).ledgerId;
    return this.#store.position(this.name);
  }

  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    // Sent in order without waiting for each answer; the position moves when all are stored.
    await Promise.all(entries.map((entry) => this.#announce(entry)));
    await this.#store.advance(this.name, entries.at(-1)!.seq);
  }

  #announce(entry: ProjectedEntry): Promise<void> {
    const message = announcementOf(this.#ledgerId, entry);
    return this.#publish(this.#subject, JSON.stringify(message), `${this.#ledgerId}:${entry.seq}`);
  }
}
