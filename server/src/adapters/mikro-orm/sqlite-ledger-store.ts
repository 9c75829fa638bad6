import type { Database, Statement } from "better-sqlite3";
import type {
  BatchReads,
  BatchState,
  BatchWrites,
  HeldLock,
  IdempotencyRow,
  LedgerEntry,
  LedgerHead,
  LedgerStore,
  SideRows,
} from "../../ports/ledger-store.ts";
import { eraseInSqlite } from "./sqlite-erasure.ts";
import { FACET_COLUMNS } from "./node-facets.ts";
import {
  type HeadRow,
  type LedgerRow,
  NODE_COLUMNS,
  type NodeRow,
  nodeColumns,
  TAG_COLUMNS,
  type TagColumns,
  tagColumns,
  toEntry,
  toHead,
  toNode,
  toTag,
} from "./rows.ts";
import { sortedColumns, VALUE_COLUMNS } from "./value-rows.ts";

const INSERTS = {
  entry: "insert into ledger (seq, recorded_at, type, bytes, leaf_hash) values (?, ?, ?, ?, ?)",
  head: "update ledger_head set seq = ?, recorded_at = ?, leaf_hash = ? where id = 1",
  node: `insert into node (id, type, namespace, name, version, parent, state, digest, attributes, created_seq, changed_seq,
    ${FACET_COLUMNS.join(", ")}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set namespace = excluded.namespace, name = excluded.name,
    version = excluded.version, parent = excluded.parent, state = excluded.state, digest = excluded.digest,
    attributes = excluded.attributes, changed_seq = excluded.changed_seq,
    ${FACET_COLUMNS.map((column) => `${column} = excluded.${column}`).join(", ")}`,
  history: "insert into node_history (id, from_seq, until_seq, attributes) values (?, ?, ?, ?)",
  idempotency:
    "insert into idempotency (principal, mutation, key, input_digest, seq, answer) values (?, ?, ?, ?, ?, ?)",
  file: "insert into file (version_id, path, digest, size_bytes) values (?, ?, ?, ?) on conflict do nothing",
  tag: `insert into tag (${TAG_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (node_id, kind, key, recorded_seq, valid_from)
    do update set ended_seq = excluded.ended_seq`,
  lease: `insert into lease (run_id, attempt, runner_id, token_hash, expires_at) values (?, ?, ?, ?, ?) on conflict (run_id)
    do update set attempt = excluded.attempt, runner_id = excluded.runner_id, token_hash = excluded.token_hash,
    expires_at = excluded.expires_at`,
  endLease: "delete from lease where run_id = ?",
  token: `insert into token (id, hash, name, agent_id, grants, expires_at, revoked_at) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set revoked_at = excluded.revoked_at`,
  personal: "insert into personal (digest, salt, value, subject, path, seq) values (?, ?, ?, ?, ?, ?)",
  value: `insert into value (${VALUE_COLUMNS}) values (?, ?, ?, ?)`,
  document: "insert into document (digest, text) values (?, ?) on conflict do nothing",
  webhook: `insert into webhook (id, namespace, url, types, format, address, severity, about, secret_hash, created_by, created_at, position,
    ended_at, failures, next_attempt_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) on conflict (id) do update set
    ended_at = excluded.ended_at, address = excluded.address, failures = 0, next_attempt_at = 0, disabled_reason = null`,
} as const;

type Writers = { readonly [Name in keyof typeof INSERTS]: Statement };

/**
 * The ledger on SQLite: one process, one connection. Each batch is one synchronous BEGIN IMMEDIATE transaction, so that nothing else
 * of this process can run inside it.
 */
export class SqliteLedgerStore implements LedgerStore {
  readonly #db: Database;
  readonly #write: Writers;
  readonly #findNode: Statement<[string], NodeRow>;
  readonly #findAnswer: Statement<[string, string, string], { input_digest: string; seq: number; answer: string }>;
  readonly #findHead: Statement<[], HeadRow>;
  readonly #findTags: Statement<[string, string, string, number], TagColumns>;
  readonly #findEntries: Statement<[number, number], LedgerRow>;
  readonly #wakers = new Set<(seq: number) => void>();
  readonly #listeners = new Set<(follower: string, seq: number) => void>();

  constructor(db: Database) {
    this.#db = db;
    this.#write = Object.fromEntries(
      Object.entries(INSERTS).map(([name, text]) => [name, db.prepare(text)]),
    ) as unknown as Writers;
    this.#findNode = db.prepare(`select ${NODE_COLUMNS} from node where id = ?`);
    this.#findAnswer = db.prepare(
      "select input_digest, seq, answer from idempotency where principal = ? and mutation = ? and key = ?",
    );
    this.#findHead = db.prepare("select ledger_id, seq, recorded_at, leaf_hash from ledger_head where id = 1");
    this.#findTags = db.prepare(
      `select ${TAG_COLUMNS} from tag where node_id = ? and kind = ? and key = ? and ended_seq is null
       and (valid_to is null or valid_to > ?)`,
    );
    this.#findEntries = db.prepare(
      "select seq, recorded_at, type, bytes, leaf_hash from ledger where seq > ? order by seq limit ?",
    );
  }

  async transact(reads: () => BatchReads, decide: (state: BatchState) => BatchWrites): Promise<void> {
    const write = this.#db.transaction(() => {
      const writes = decide(this.#read(reads()));
      this.#writeAll(writes);
      return writes.entries.at(-1)?.seq;
    });
    const seq = write.immediate();
    if (seq !== undefined) for (const wake of this.#wakers) wake(seq);
  }

  async head(): Promise<LedgerHead> {
    return toHead(this.#findHead.get()!);
  }

  async entries(after: number, limit: number): Promise<readonly LedgerEntry[]> {
    return this.#findEntries.all(after, limit).map(toEntry);
  }

  async position(follower: string): Promise<number> {
    const find = this.#db.prepare<[string], { seq: number }>("select seq from position where follower = ?");
    return find.get(follower)?.seq ?? 0;
  }

  async advance(follower: string, to: number): Promise<void> {
    const move =
      "insert into position (follower, seq) values (?, ?) on conflict (follower) do update set seq = excluded.seq";
    // Not waited for on the disk, as everything else is: a follower that has lost its last step takes it again, and the next entry's commit
    // makes the position last. A process that dies loses nothing.
    this.#db.pragma("synchronous = NORMAL");
    try {
      this.#db.prepare(move).run(follower, to);
    } finally {
      this.#db.pragma("synchronous = FULL");
    }
  }

  /** There is one process, and each of its followers runs once: nothing to wait for. */
  async lock(): Promise<HeldLock> {
    return { lost: new AbortController().signal, release: async () => {} };
  }

  onAppend(wake: (seq: number) => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  announce(follower: string, seq: number): void {
    for (const listener of this.#listeners) listener(follower, seq);
  }

  onAdvance(listener: (follower: string, seq: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#wakers.clear();
    this.#listeners.clear();
  }

  #read(reads: BatchReads): BatchState {
    const nodes = reads.nodeIds.flatMap((id) => this.#findNode.get(id) ?? []).map(toNode);
    const answered = reads.idempotencyKeys.flatMap((key): IdempotencyRow[] => {
      const row = this.#findAnswer.get(key.principal, key.mutation, key.key);
      return row ? [{ ...key, inputDigest: row.input_digest, seq: row.seq, answer: row.answer }] : [];
    });
    const tags = reads.tags.flatMap(({ nodeId, kind, key, from }) => this.#findTags.all(nodeId, kind, key, from));
    return {
      head: toHead(this.#findHead.get()!),
      nodes: new Map(nodes.map((node) => [node.id, node])),
      answered,
      tags: tags.map(toTag),
    };
  }

  #writeAll(writes: BatchWrites): void {
    const last = writes.entries.at(-1);
    for (const { seq, recordedAt, type, bytes, leafHash } of writes.entries) {
      this.#write.entry.run(seq, recordedAt, type, bytes, leafHash);
    }
    if (last) this.#write.head.run(last.seq, last.recordedAt, last.leafHash);
    for (const node of writes.nodes) this.#write.node.run(...nodeColumns(node));
    for (const { node, untilSeq } of writes.replaced) {
      this.#write.history.run(node.id, node.changedSeq, untilSeq, JSON.stringify(node.attributes));
    }
    for (const value of sortedColumns(writes.values)) this.#write.value.run(...value);
    for (const { principal, mutation, key, inputDigest, seq, answer } of writes.idempotency) {
      this.#write.idempotency.run(principal, mutation, key, inputDigest, seq, answer);
    }
    for (const tag of writes.tags) this.#write.tag.run(...tagColumns(tag));
    for (const side of writes.side) this.#writeSide(side);
    if (writes.erased.length > 0) eraseInSqlite(this.#db, writes.erased);
    for (const { digest, text } of writes.documents) this.#write.document.run(digest, text);
    for (const p of writes.personal) this.#write.personal.run(p.digest, p.salt, p.value, p.subject, p.path, p.seq);
  }

  #writeSide({ files = [], leases = [], endedLeases = [], tokens = [], webhooks = [] }: SideRows): void {
    for (const f of files) this.#write.file.run(f.versionId, f.path, f.digest, f.sizeBytes);
    for (const l of leases) this.#write.lease.run(l.runId, l.attempt, l.runnerId, l.tokenHash, l.expiresAt);
    for (const runId of endedLeases) this.#write.endLease.run(runId);
    for (const t of tokens) this.#write.token.run(t.id, t.hash, t.name, t.agentId, t.grants, t.expiresAt, t.revokedAt);
    for (const w of webhooks) {
      const told = [w.id, w.namespace, w.url, w.types, w.format, w.address, w.severity, w.about];
      this.#write.webhook.run(...told, w.secretHash, w.createdBy, w.createdAt, w.position, w.endedAt);
    }
  }
}
