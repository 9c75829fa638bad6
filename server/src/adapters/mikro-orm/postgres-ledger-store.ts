import { setTimeout as sleep } from "node:timers/promises";
import type { Client, Notification, QueryConfig, QueryResultRow } from "pg";
import type {
  BatchReads,
  BatchState,
  BatchWrites,
  HeldLock,
  IdempotencyKey,
  IdempotencyRow,
  LedgerEntry,
  LedgerHead,
  LedgerStore,
} from "../../ports/ledger-store.ts";
import type { TagRow } from "../../ports/tags.ts";
import { ADVANCE_CHANNEL, Announcements, parseAnnouncement } from "./postgres-announcements.ts";
import { reaching } from "./postgres-faults.ts";
import { backendOf, connect, connectToWrite, PostgresLink, together } from "./postgres-link.ts";
import { APPEND_CHANNEL, byColumn, writeBatch } from "./postgres-writes.ts";
import {
  type BigIntColumn,
  type HeadRow,
  type LedgerRow,
  NODE_COLUMNS,
  type NodeRow,
  TAG_COLUMNS,
  type TagColumns,
  toEntry,
  toHead,
  toNode,
  toTag,
} from "./rows.ts";

const HEAD = "select ledger_id, seq, recorded_at, leaf_hash from ledger_head where id = 1";
const LOCK_HEAD = `${HEAD} for update`;
const FIND_NODES = `select ${NODE_COLUMNS} from node where id = any($1::text[])`;
const FIND_ANSWERS = `select i.principal, i.mutation, i.key, i.input_digest, i.seq, i.answer from idempotency i
  join unnest($1::text[], $2::text[], $3::text[]) as k(principal, mutation, key) using (principal, mutation, key)`;

const FIND_TAGS = `select ${TAG_COLUMNS} from tag t where ended_seq is null and exists (select 1 from
  unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as k(node_id, kind, key, since)
  where k.node_id = t.node_id and k.kind = t.kind and k.key = t.key and (t.valid_to is null or t.valid_to > k.since))`;

interface AnswerRow {
  principal: string;
  mutation: string;
  key: string;
  input_digest: string;
  seq: BigIntColumn;
  answer: string;
}

/** How a batch's transaction begins and ends: as one of its own, or inside one that is open on the connection. */
const OWN = { begin: "begin", commit: "commit", rollback: "rollback" };
const INSIDE = {
  begin: "savepoint batch",
  commit: "release savepoint batch",
  rollback: "rollback to savepoint batch",
};
/** How long a lock may lie free until another process has it. */
const LOCK_POLL_MS = 250;

interface Links {
  readonly writer: PostgresLink;
  readonly reader: PostgresLink;
  readonly listener: PostgresLink;
}

/**
 * The ledger on PostgreSQL, READ COMMITTED, any number of server processes. The batch runs on one dedicated, pipelined connection, in
 * three round trips: lock the head; then, with what has come while another process held it, read (read and lock in one statement would
 * see heads older than the lock); then all writes and COMMIT sent together.
 */
export class PostgresLedgerStore implements LedgerStore {
  readonly #writer: PostgresLink;
  readonly #reader: PostgresLink;
  readonly #listener: PostgresLink;
  readonly #connect: () => Promise<Client>;
  readonly #bounds: typeof OWN;
  readonly #wakers = new Set<(seq: number) => void>();
  readonly #listeners = new Set<(follower: string, seq: number) => void>();
  readonly #announcements: Announcements;
  /** The connection whose notifications tell nothing new. */
  #writerBackend: number | null = null;

  private constructor(links: Links, connect: () => Promise<Client>, bounds: typeof OWN) {
    this.#writer = links.writer;
    this.#reader = links.reader;
    this.#listener = links.listener;
    this.#connect = connect;
    this.#bounds = bounds;
    this.#announcements = new Announcements(links.listener);
  }

  /** @throws {DatabaseUnavailable} */
  static async open(url: string): Promise<PostgresLedgerStore> {
    const open = () => connect(url);
    const links = {
      writer: new PostgresLink(() => connectToWrite(url, true)),
      reader: new PostgresLink(open),
      listener: new PostgresLink(() => openListener(url)),
    };
    const store = new PostgresLedgerStore(links, open, OWN);
    await Promise.all([links.writer.client(), links.reader.client()]);
    await links.listener.keep((client) => store.#listen(client));
    return store;
  }

  /** The ledger on one connection, inside a transaction that whoever opened it ends. */
  static inside(client: Client): PostgresLedgerStore {
    const link = new PostgresLink(() => Promise.resolve(client));
    const connect = () => Promise.reject(new Error("a transaction has one connection"));
    return new PostgresLedgerStore({ writer: link, reader: link, listener: link }, connect, INSIDE);
  }

  async transact(reads: () => BatchReads, decide: (state: BatchState) => BatchWrites): Promise<void> {
    const writer = await this.#writer.client();
    this.#writerBackend = backendOf(writer);
    try {
      const last = await reaching(async () => {
        const head = await this.#lockHead(writer);
        const writes = decide({ head, ...(await read(writer, reads())) });
        const isEmpty = [writes.entries, writes.idempotency, writes.nodes, writes.tags].every(
          ({ length }) => length === 0,
        );
        await (isEmpty ? writer.query(this.#bounds.rollback) : this.#write(writer, writes));
        return writes.entries.at(-1);
      });
      // What this process has written itself it need not hear from the database first.
      if (last !== undefined) this.#appended(last.seq);
    } catch (error) {
      await writer.query(this.#bounds.rollback).catch(() => {});
      throw error;
    }
  }

  async head(): Promise<LedgerHead> {
    const { rows } = await this.#ask<HeadRow>({ text: HEAD });
    return toHead(rows[0]!);
  }

  async entries(after: number, limit: number): Promise<readonly LedgerEntry[]> {
    const { rows } = await this.#ask<LedgerRow>({
      name: "entries",
      text: "select seq, recorded_at, type, bytes, leaf_hash from ledger where seq > $1 order by seq limit $2",
      values: [after, limit],
    });
    return rows.map(toEntry);
  }

  async position(follower: string): Promise<number> {
    const { rows } = await this.#ask<{ seq: BigIntColumn }>({
      text: "select seq from position where follower = $1",
      values: [follower],
    });
    return Number(rows[0]?.seq ?? 0);
  }

  async advance(follower: string, to: number): Promise<void> {
    const move =
      "insert into position (follower, seq) values ($1, $2) on conflict (follower) do update set seq = excluded.seq";
    await this.#ask({ text: move, values: [follower, to] });
  }

  /** An advisory lock on a connection of its own: PostgreSQL frees it when the process dies, and when the connection breaks. */
  async lock(name: string, signal: AbortSignal): Promise<HeldLock> {
    const client = await this.#connect();
    const lost = new AbortController();
    client.once("end", () => lost.abort());
    const abort = () => void client.end();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    await untilLocked(client, `clew:${name}`, signal);
    const release = async () => {
      signal.removeEventListener("abort", abort);
      await client.end();
    };
    return { lost: lost.signal, release };
  }

  onAppend(wake: (seq: number) => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  announce(follower: string, seq: number): void {
    this.#announcements.add(follower, seq);
  }

  onAdvance(listener: (follower: string, seq: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer, this.#reader, this.#listener].map((link) => link.close()));
  }

  #ask<Row extends QueryResultRow>(query: QueryConfig) {
    return reaching(async () => (await this.#reader.client()).query<Row>(query));
  }

  /** After a break too: what was appended meanwhile has woken nobody. */
  #listen(client: Client): void {
    client.on("notification", (notification) => this.#notified(notification));
    void this.head().then(
      ({ seq }) => this.#appended(seq),
      () => {},
    );
  }

  async #lockHead(writer: Client): Promise<LedgerHead> {
    const [, { rows }] = await together(writer, () =>
      Promise.all([writer.query(this.#bounds.begin), writer.query<HeadRow>({ name: "lock-head", text: LOCK_HEAD })]),
    );
    return toHead(rows[0]!);
  }

  #write(writer: Client, writes: BatchWrites): Promise<void> {
    return together(writer, () => writeBatch(writer, writes, this.#bounds.commit));
  }

  #appended(seq: number): void {
    for (const wake of this.#wakers) wake(seq);
  }

  /** Of its own batches this process has heard when they were committed, and followers have kept their entries by then. */
  #notified({ channel, payload = "", processId }: Notification): void {
    if (channel === APPEND_CHANNEL && processId !== this.#writerBackend) this.#appended(Number(payload));
    if (channel !== ADVANCE_CHANNEL) return;
    const { follower, seq } = parseAnnouncement(payload);
    for (const listener of this.#listeners) listener(follower, seq);
  }
}

/**
 * Asks again and again instead of waiting in PostgreSQL: a statement that waits keeps its snapshot, and as long as there is a second
 * server nothing that was replaced since could be cleared away, of rows that every batch replaces all versions.
 */
async function untilLocked(client: Client, key: string, signal: AbortSignal): Promise<void> {
  const text = "select pg_try_advisory_lock(hashtextextended($1, 0)) as taken";
  for (;;) {
    const { rows } = await reaching(() => client.query<{ taken: boolean }>(text, [key]));
    if (rows[0]?.taken === true) return;
    await sleep(LOCK_POLL_MS, undefined, { signal });
  }
}

async function openListener(url: string): Promise<Client> {
  const client = await connect(url);
  await reaching(() => client.query(`listen ${APPEND_CHANNEL}; listen ${ADVANCE_CHANNEL}`));
  return client;
}

async function read(writer: Client, { nodeIds, idempotencyKeys, tags }: BatchReads): Promise<Omit<BatchState, "head">> {
  const columns = (field: keyof IdempotencyKey) => idempotencyKeys.map((key) => key[field]);
  const [nodes, answers, beliefs] = await together(writer, () =>
    Promise.all([
      writer.query<NodeRow>({ name: "find-nodes", text: FIND_NODES, values: [nodeIds] }),
      writer.query<AnswerRow>({
        name: "find-answers",
        text: FIND_ANSWERS,
        values: [columns("principal"), columns("mutation"), columns("key")],
      }),
      findTags(writer, tags),
    ]),
  );
  return {
    nodes: new Map(nodes.rows.map((row) => [row.id, toNode(row)])),
    answered: answers.rows.map(toAnswer),
    tags: beliefs,
  };
}

async function findTags(writer: Client, reads: BatchReads["tags"]): Promise<TagRow[]> {
  if (reads.length === 0) return [];
  const values = byColumn(
    reads.map(({ nodeId, kind, key, from }) => [nodeId, kind, key, from]),
    4,
  );
  const { rows } = await writer.query<TagColumns>({ name: "find-tags", text: FIND_TAGS, values });
  return rows.map(toTag);
}

function toAnswer(row: AnswerRow): IdempotencyRow {
  const { principal, mutation, key, answer } = row;
  return { principal, mutation, key, inputDigest: row.input_digest, seq: Number(row.seq), answer };
}
