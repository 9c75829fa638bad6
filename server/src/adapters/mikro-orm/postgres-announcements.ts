import { reaching } from "./postgres-faults.ts";
import type { PostgresLink } from "./postgres-link.ts";

export const ADVANCE_CHANNEL = "clew_advance";
const TELL = "select pg_notify($1, told) from unnest($2::text[]) as told";

/**
 * Tells the other processes how far followers have come. A transaction that notifies waits, in PostgreSQL, for every other that does: so
 * one statement is under way at a time, and of what is passed meanwhile only the newest is told.
 */
export class Announcements {
  readonly #link: PostgresLink;
  readonly #waiting = new Map<string, number>();
  #isTelling = false;

  /** @param link one on which nothing waits for an answer. */
  constructor(link: PostgresLink) {
    this.#link = link;
  }

  add(follower: string, seq: number): void {
    // In the order in which they were said last.
    this.#waiting.delete(follower);
    this.#waiting.set(follower, seq);
    if (!this.#isTelling) void this.#tell();
  }

  /** What cannot be told is lost: it is a hint, and the next one says more. */
  async #tell(): Promise<void> {
    this.#isTelling = true;
    while (this.#waiting.size > 0) {
      const told = Array.from(this.#waiting, ([follower, seq]) => `${seq} ${follower}`);
      this.#waiting.clear();
      const query = { name: "announce", text: TELL, values: [ADVANCE_CHANNEL, told] };
      await reaching(async () => (await this.#link.client()).query(query)).catch(() => {});
    }
    this.#isTelling = false;
  }
}

export function parseAnnouncement(payload: string): { follower: string; seq: number } {
  const space = payload.indexOf(" ");
  return { follower: payload.slice(space + 1), seq: Number(payload.slice(0, space)) };
}
