import type { Client } from "pg";
import type {
  BatchReads,
  BatchState,
  BatchWrites,
  IdempotencyKey,
  IdempotencyRow,
  LedgerEntry,
  LedgerHead,
  LedgerStore,
  SideRows,
} from "../../ports/ledger-store.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import {
  type BigIntColumn,
  type HeadRow,
  type LedgerRow,
  NODE_COLUMNS,
  type NodeRow,
  nodeColumns,
  toEntry,
  toHead,
  toNode,
} from "./rows.ts";

const APPEND_CHANNEL = "clew_append";
const ADVANCE_CHANNEL = "clew_advance";

const HEAD = "select ledger_id, seq, recorded_at, leaf_hash from ledger_head where id = 1";
const LOCK_HEAD = `${HEAD} for update`;
const FIND_NODES = `select ${NODE_COLUMNS} from node where id = any($1::text[])`;
const FIND_ANSWERS = `select i.principal, i.mutation, i.key, i.input_digest, i.seq, i.answer from idempotency i
  join unnest($1::text[], $2::text[], $3::text[]) as k(principal, mutation, key) using (principal, mutation, key)`;

interface AnswerRow {
  principal: string;
  mutation: string;
  key: string;
  input_digest: string;
  seq: BigIntColumn;
  answer: string;
}

/** A statement that inserts rows given column by column. */
interface SetInsert {
  readonly table: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly conflict?: string;
}

const NODE_INSERT: SetInsert = {
  table: "node",
  columns: [
    ["id", "text"],
    ["type", "text"],
    ["namespace", "text"],
    ["name", "text"],
    ["version", "int"],
    ["parent", "text"],
    ["state", "text"],
    ["digest", "text"],
    ["attributes", "text"],
    ["created_seq", "bigint"],
    ["changed_seq", "bigint"],
  ],
  conflict: `on conflict (id) do update set namespace = excluded.namespace, name = excluded.name, version = excluded.version,
    parent = excluded.parent, state = excluded.state, digest = excluded.digest, attributes = excluded.attributes,
    changed_seq = excluded.changed_seq`,
};
const ENTRY_INSERT: SetInsert = {
  table: "ledger",
  columns: [
    ["seq", "int"],
    ["recorded_at", "bigint"],
    ["type", "text"],
    ["bytes", "bytea"],
    ["leaf_hash", "text"],
  ],
};
const HISTORY_INSERT: SetInsert = {
  table: "node_history",
  columns: [
    ["id", "text"],
    ["from_seq", "int"],
    ["until_seq", "bigint"],
    ["attributes", "text"],
  ],
};
const IDEMPOTENCY_INSERT: SetInsert = {
  table: "idempotency",
  columns: [
    ["principal", "text"],
    ["mutation", "text"],
    ["key", "text"],
    ["input_digest", "text"],
    ["seq", "bigint"],
    ["answer", "text"],
  ],
};
const FILE_INSERT: SetInsert = {
  table: "file",
  columns: [
    ["version_id", "text"],
    ["path", "text"],
    ["digest", "text"],
    ["size_bytes", "bigint"],
  ],
  conflict: "on conflict do nothing",
};
const LEASE_INSERT: SetInsert = {
  table: "lease",
  columns: [
    ["run_id", "text"],
    ["attempt", "int"],
    ["runner_id", "text"],
    ["token_hash", "text"],
    ["expires_at", "bigint"],
  ],
  conflict: `on conflict (run_id) do update set attempt = excluded.attempt, runner_id = excluded.runner_id,
    token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
};
const TOKEN_INSERT: SetInsert = {
  table: "token",
  columns: [
    ["id", "text"],
    ["hash", "text"],
    ["name", "text"],
    ["agent_id", "text"],
    ["grants", "text"],
    ["expires_at", "bigint"],
    ["revoked_at", "bigint"],
  ],
  conflict: "on conflict (id) do update set revoked_at = excluded.revoked_at",
};
const WEBHOOK_INSERT: SetInsert = {
  table: "webhook",
  columns: [
    ["id", "text"],
    ["namespace", "text"],
    ["url", "text"],
    ["types", "text"],
    ["secret_hash", "text"],
    ["created_by", "text"],
    ["created_at", "bigint"],
    ["position", "bigint"],
    ["ended_at", "bigint"],
    ["failures", "int"],
    ["next_attempt_at", "bigint"],
  ],
  conflict: `on conflict (id) do update set ended_at = excluded.ended_at, failures = 0, next_attempt_at = 0,
    disabled_reason = null`,
};

function webhookValues(row: WebhookRow): readonly unknown[] {
  const { id, namespace, url, types, secretHash, createdBy, createdAt, position, endedAt } = row;
  return [id, namespace, url, types, secretHash, createdBy, createdAt, position, endedAt, 0, 0];
}

function insertText({ table, columns, conflict = "" }: SetInsert): string {
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ");
  return `insert into ${table} (${columns.map(([name]) => name).join(", ")}) select * from unnest(${arrays}) ${conflict}`;
}

/** Turns rows into the arrays that unnest takes. */
function byColumn(rows: readonly (readonly unknown[])[], columns: number): unknown[][] {
  return Array.from({ length: columns }, (_, column) => rows.map((row) => row[column]));
}

/**
 * The ledger on PostgreSQL, READ COMMITTED, any number of server processes. The batch runs on one dedicated, pipelined connection: lock
 * the head; then, as statements of their own, read (read and lock in one statement would see heads older than the lock); then all
 * writes and COMMIT sent together.
 */
export class PostgresLedgerStore implements LedgerStore {
  readonly #writer: Client;
  readonly #reader: Client;
  readonly #listener: Client;
  readonly #connect: () => Promise<Client>;
  readonly #wakers = new Set<(seq: number) => void>();
  readonly #listeners = new Set<(follower: string, seq: number) => void>();

  private constructor(writer: Client, reader: Client, listener: Client, connect: () => Promise<Client>) {
    this.#writer = writer;
    this.#reader = reader;
    this.#listener = listener;
    this.#connect = connect;
    listener.on("notification", ({ channel, payload = "" }) => this.#notified(channel, payload));
  }

  /** `connect` opens one more connection of its own; `pipelined` connections may send before the last answer came. */
  static async open(connect: (pipelined?: boolean) => Promise<Client>): Promise<PostgresLedgerStore> {
    const [writer, reader, listener] = await Promise.all([connect(true), connect(), connect()]);
    // A generic plan made while ledger_head and node are small would scan them for ever.
    await writer.query("set enable_seqscan = off");
    await listener.query(`listen ${APPEND_CHANNEL}; listen ${ADVANCE_CHANNEL}`);
    return new PostgresLedgerStore(writer, reader, listener, connect);
  }

  async transact(reads: BatchReads, decide: (state: BatchState) => BatchWrites): Promise<void> {
    try {
      const writes = decide(await this.#read(reads));
      await this.#writeAll(writes);
    } catch (error) {
      await this.#writer.query("rollback").catch(() => {});
      throw error;
    }
  }

  async head(): Promise<LedgerHead> {
    const { rows } = await this.#reader.query<HeadRow>(HEAD);
    return toHead(rows[0]!);
  }

  async entries(after: number, limit: number): Promise<readonly LedgerEntry[]> {
    const { rows } = await this.#reader.query<LedgerRow>({
      name: "entries",
      text: "select seq, recorded_at, type, bytes, leaf_hash from ledger where seq > $1 order by seq limit $2",
      values: [after, limit],
    });
    return rows.map(toEntry);
  }

  async position(follower: string): Promise<number> {
    const { rows } = await this.#reader.query<{ seq: BigIntColumn }>("select seq from position where follower = $1", [
      follower,
    ]);
    return Number(rows[0]?.seq ?? 0);
  }

  async advance(follower: string, to: number): Promise<void> {
    const move =
      "insert into position (follower, seq) values ($1, $2) on conflict (follower) do update set seq = excluded.seq";
    await this.#reader.query(move, [follower, to]);
  }

  /** An advisory lock on a connection of its own: PostgreSQL frees it when the process dies. */
  async lock(name: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const client = await this.#connect();
    const abort = () => void client.end();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [`clew:${name}`]);
    return async () => {
      signal.removeEventListener("abort", abort);
      await client.end();
    };
  }

  onAppend(wake: (seq: number) => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  announce(follower: string, seq: number): void {
    void this.#reader.query("select pg_notify($1, $2)", [ADVANCE_CHANNEL, `${seq} ${follower}`]).catch(() => {});
  }

  onAdvance(listener: (follower: string, seq: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.end(), this.#reader.end(), this.#listener.end()]);
  }

  async #read({ nodeIds, idempotencyKeys }: BatchReads): Promise<BatchState> {
    const columns = (field: keyof IdempotencyKey) => idempotencyKeys.map((key) => key[field]);
    const [, head, nodes, answers] = await Promise.all([
      this.#writer.query("begin"),
      this.#writer.query<HeadRow>({ name: "lock-head", text: LOCK_HEAD }),
      this.#writer.query<NodeRow>({ name: "find-nodes", text: FIND_NODES, values: [nodeIds] }),
      this.#writer.query<AnswerRow>({
        name: "find-answers",
        text: FIND_ANSWERS,
        values: [columns("principal"), columns("mutation"), columns("key")],
      }),
    ]);
    return {
      head: toHead(head.rows[0]!),
      nodes: new Map(nodes.rows.map((row) => [row.id, toNode(row)])),
      answered: answers.rows.map(toAnswer),
    };
  }

  async #writeAll(writes: BatchWrites): Promise<void> {
    if (writes.idempotency.length === 0) return void (await this.#writer.query("rollback"));
    await Promise.all([
      this.#insert(
        ENTRY_INSERT,
        writes.entries.map((e) => [e.seq, e.recordedAt, e.type, e.bytes, e.leafHash]),
      ),
      this.#insert(NODE_INSERT, writes.nodes.map(nodeColumns)),
      this.#insert(
        HISTORY_INSERT,
        writes.replaced.map(({ node, untilSeq }) => [
          node.id,
          node.changedSeq,
          untilSeq,
          JSON.stringify(node.attributes),
        ]),
      ),
      this.#insert(
        IDEMPOTENCY_INSERT,
        writes.idempotency.map((i) => [i.principal, i.mutation, i.key, i.inputDigest, i.seq, i.answer]),
      ),
      ...this.#insertSide(writes.side),
      this.#moveHead(writes.entries.at(-1)),
      // Sent with the rest: after a failed statement PostgreSQL answers it with a rollback, and that statement's error rejects here.
      this.#writer.query("commit"),
    ]);
  }

  async #moveHead(last: LedgerEntry | undefined): Promise<void> {
    if (last === undefined) return;
    await Promise.all([
      this.#writer.query({
        name: "move-head",
        text: "update ledger_head set seq = $1, recorded_at = $2, leaf_hash = $3 where id = 1",
        values: [last.seq, last.recordedAt, last.leafHash],
      }),
      this.#writer.query({
        name: "notify",
        text: "select pg_notify($1, $2)",
        values: [APPEND_CHANNEL, String(last.seq)],
      }),
    ]);
  }

  #insertSide(sides: readonly SideRows[]): Promise<unknown>[] {
    const ended = sides.flatMap(({ endedLeases = [] }) => endedLeases);
    return [
      this.#insert(
        FILE_INSERT,
        sides.flatMap(({ files = [] }) => files.map((f) => [f.versionId, f.path, f.digest, f.sizeBytes])),
      ),
      ended.length > 0
        ? this.#writer.query("delete from lease where run_id = any($1::text[])", [ended])
        : Promise.resolve(),
      this.#insert(
        LEASE_INSERT,
        sides.flatMap(({ leases = [] }) =>
          leases.map((l) => [l.runId, l.attempt, l.runnerId, l.tokenHash, l.expiresAt]),
        ),
      ),
      this.#insert(
        TOKEN_INSERT,
        sides.flatMap(({ tokens = [] }) =>
          tokens.map((t) => [t.id, t.hash, t.name, t.agentId, t.grants, t.expiresAt, t.revokedAt]),
        ),
      ),
      this.#insert(
        WEBHOOK_INSERT,
        sides.flatMap(({ webhooks = [] }) => webhooks.map(webhookValues)),
      ),
    ];
  }

  async #insert(insert: SetInsert, rows: readonly (readonly unknown[])[]): Promise<void> {
    if (rows.length === 0) return;
    const values = byColumn(rows, insert.columns.length);
    await this.#writer.query({ name: `insert-${insert.table}`, text: insertText(insert), values });
  }

  #notified(channel: string, payload: string): void {
    if (channel === APPEND_CHANNEL) for (const wake of this.#wakers) wake(Number(payload));
    if (channel !== ADVANCE_CHANNEL) return;
    const space = payload.indexOf(" ");
    for (const listener of this.#listeners) listener(payload.slice(space + 1), Number(payload.slice(0, space)));
  }
}

function toAnswer(row: AnswerRow): IdempotencyRow {
  const { principal, mutation, key, answer } = row;
  return { principal, mutation, key, inputDigest: row.input_digest, seq: Number(row.seq), answer };
}
