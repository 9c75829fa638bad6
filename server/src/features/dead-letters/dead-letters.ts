import { idToken } from "@clew/schema";
import DataLoader from "dataloader";
import { z } from "zod";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import { clientError } from "../../graphql/errors.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { type Invited, isWaitingFor, Run } from "../runs/index.ts";

export const DeadLetterKind = z.enum(["JOB", "MUTATION"]).meta({ id: "DeadLetterKind" });
export type DeadLetterKind = z.infer<typeof DeadLetterKind>;

/** The end of its subject: `jobs.<run>` or `mutations.<number in its stream>`. */
export const DeadLetterId = z.string().regex(/^(jobs|mutations)\.[0-9a-f-]{1,36}$/, "must be a dead letter's id");

/** A message that nobody took, or that nobody could read. */
export interface DeadLetter {
  readonly id: string;
  /** Its place among the dead letters. */
  readonly seq: number;
  readonly kind: DeadLetterKind;
  /** Where it was. */
  readonly subject: string;
  readonly reason: string;
  /** When it was given up, in milliseconds since 1970. */
  readonly at: number;
  /** How often it was delivered. */
  readonly deliveries: number;
  /** What it offered, for a JOB. */
  readonly invited: (Invited & { readonly runId: string }) | null;
}

/** Where dead letters are kept for a while. */
export interface DeadLetterStore {
  find(id: string): Promise<DeadLetter | null>;
  /** Those of at most 1,000 ids that are there, in any order. */
  findAll(ids: readonly string[]): Promise<readonly DeadLetter[]>;
  /** Those after place `after`, oldest first. */
  list(after: number, limit: number): Promise<readonly DeadLetter[]>;
  /** Puts it back where it was, and drops it here; nothing if it is gone. The same occasion twice is one. */
  sendAgain(id: string, occasion: string): Promise<void>;
}

const BATCH = 100;
const ASKED_TOGETHER = 1_000;

/** The dead letters that matter still, once this server is connected to where they are kept. */
export class DeadLetters {
  readonly #reader: NodeReader;
  #store: DeadLetterStore | null = null;
  /** One question for all that are asked about at the same time, as for a list of runs. */
  readonly #letters = new DataLoader<string, DeadLetter | null>((ids) => this.#findAll(ids), {
    cache: false,
    maxBatchSize: ASKED_TOGETHER,
  });

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  connect(store: DeadLetterStore): void {
    this.#store = store;
  }

  /** @throws DEAD_LETTERS_UNAVAILABLE */
  find(id: string): Promise<DeadLetter | null> {
    return this.#ask((store) => store.find(id));
  }

  /** At most `limit` after place `after`, oldest first. @throws DEAD_LETTERS_UNAVAILABLE */
  async list(after: number, limit: number): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    for (let from = after; found.length < limit; ) {
      const letters = await this.#ask((store) => store.list(from, BATCH));
      found.push(...(await this.#current(letters)));
      if (letters.length < BATCH) break;
      from = letters.at(-1)!.seq;
    }
    return found.slice(0, limit);
  }

  /** The letter for whose sake a run is offered to nobody now. */
  async ofRun(run: NodeOf<typeof Run>): Promise<DeadLetter | null> {
    const letter = await this.#letters.load(`jobs.${idToken(run.id)}`);
    return letter?.invited && isWaitingFor(run, letter.invited) ? letter : null;
  }

  async #findAll(ids: readonly string[]): Promise<(DeadLetter | null)[]> {
    const letters = (await this.#store?.findAll([...new Set(ids)])) ?? [];
    const found = new Map(letters.map((letter) => [letter.id, letter]));
    return ids.map((id) => found.get(id) ?? null);
  }

  /** Without invitations to runs that were taken, cancelled or offered anew since. */
  async #current(letters: readonly DeadLetter[]): Promise<DeadLetter[]> {
    const ids = letters.flatMap(({ invited }) => invited?.runId ?? []);
    const runs = new Map((await this.#reader.byIds(ids)).map((state) => [state.id, nodeOf(Run, state)]));
    return letters.filter(({ invited }) => {
      const run = invited && runs.get(invited.runId);
      return invited === null || (run && isWaitingFor(run, invited));
    });
  }

  async #ask<Answer>(use: (store: DeadLetterStore) => Promise<Answer>): Promise<Answer> {
    if (this.#store === null) throw unavailable("this server has no NATS");
    try {
      return await use(this.#store);
    } catch (error) {
      throw unavailable((error as Error).message);
    }
  }
}

function unavailable(reason: string) {
  return clientError("DEAD_LETTERS_UNAVAILABLE", `dead letters cannot be read now: ${reason}`);
}
