import type { Client } from "pg";
import type { BatchWrites, LedgerEntry, SideRows } from "../../ports/ledger-store.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import { eraseInPostgres, eraseTokenNames } from "./postgres-erasure.ts";
import { FACET_COLUMNS } from "./node-facets.ts";
import { nodeColumns, tagColumns } from "./rows.ts";
import { sortedColumns, type ValueColumns } from "./value-rows.ts";

/** Wakes the servers that listen, with the sequence number of the last entry. */
export const APPEND_CHANNEL = "clew_append";

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
    ...FACET_COLUMNS.map((column) => [column, "text"] as const),
  ],
  conflict: `on conflict (id) do update set namespace = excluded.namespace, name = excluded.name, version = excluded.version,
    parent = excluded.parent, state = excluded.state, digest = excluded.digest, attributes = excluded.attributes,
    changed_seq = excluded.changed_seq, ${FACET_COLUMNS.map((column) => `${column} = excluded.${column}`).join(", ")}`,
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
const TAG_INSERT: SetInsert = {
  table: "tag",
  columns: [
    ["node_id", "text"],
    ["kind", "text"],
    ["key", "text"],
    ["recorded_seq", "int"],
    ["valid_from", "bigint"],
    ["value", "text"],
    ["valid_to", "bigint"],
    ["ended_seq", "bigint"],
  ],
  conflict: `on conflict (node_id, kind, key, recorded_seq, valid_from) do update set ended_seq = excluded.ended_seq`,
};
const VALUE_INSERT: SetInsert = {
  table: "value",
  columns: [
    ["key", "bigint"],
    ["number", "float8"],
    ["text", "text"],
    ["seq", "bigint"],
  ],
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
    ["format", "text"],
    ["address", "text"],
    ["severity", "text"],
    ["about", "text"],
    ["secret_hash", "text"],
    ["created_by", "text"],
    ["created_at", "bigint"],
    ["position", "bigint"],
    ["ended_at", "bigint"],
    ["failures", "int"],
    ["next_attempt_at", "bigint"],
  ],
  conflict: `on conflict (id) do update set ended_at = excluded.ended_at, address = excluded.address, failures = 0, next_attempt_at = 0,
    disabled_reason = null`,
};

const PERSONAL_INSERT: SetInsert = {
  table: "personal",
  columns: [
    ["digest", "text"],
    ["salt", "text"],
    ["value", "text"],
    ["subject", "text"],
    ["path", "text"],
    ["seq", "bigint"],
  ],
};

const DOCUMENT_INSERT: SetInsert = {
  table: "document",
  columns: [
    ["digest", "text"],
    ["text", "text"],
  ],
  conflict: "on conflict do nothing",
};

function insertText({ table, columns, conflict = "" }: SetInsert): string {
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ");
  return `insert into ${table} (${columns.map(([name]) => name).join(", ")}) select * from unnest(${arrays}) ${conflict}`;
}

/** Turns rows into the arrays that unnest takes. */
export function byColumn(rows: readonly (readonly unknown[])[], columns: number): unknown[][] {
  return Array.from({ length: columns }, (_, column) => rows.map((row) => row[column]));
}

/** Sends every statement of a batch and then `commit`, all before the first answer. */
export async function writeBatch(writer: Client, writes: BatchWrites, commit: string): Promise<void> {
  await Promise.all([
    insert(
      writer,
      ENTRY_INSERT,
      writes.entries.map((e) => [e.seq, e.recordedAt, e.type, e.bytes, e.leafHash]),
    ),
    insert(writer, NODE_INSERT, writes.nodes.map(nodeColumns)),
    insert(
      writer,
      HISTORY_INSERT,
      writes.replaced.map(({ node, untilSeq }) => [
        node.id,
        node.changedSeq,
        untilSeq,
        JSON.stringify(node.attributes),
      ]),
    ),
    insert(
      writer,
      IDEMPOTENCY_INSERT,
      writes.idempotency.map((i) => [i.principal, i.mutation, i.key, i.inputDigest, i.seq, i.answer]),
    ),
    insertValues(writer, sortedColumns(writes.values)),
    insert(writer, TAG_INSERT, writes.tags.map(tagColumns)),
    ...eraseInPostgres(writer, writes.erased),
    insert(
      writer,
      PERSONAL_INSERT,
      writes.personal.map((p) => [p.digest, p.salt, p.value, p.subject, p.path, p.seq]),
    ),
    insert(
      writer,
      DOCUMENT_INSERT,
      writes.documents.map(({ digest, text }) => [digest, text]),
    ),
    ...insertSide(writer, writes.side),
    ...eraseTokenNames(writer, writes.erased),
    moveHead(writer, writes.entries.at(-1)),
    // Sent with the rest: after a failed statement PostgreSQL answers it with a rollback, and that statement's error rejects here.
    writer.query(commit),
  ]);
}

async function moveHead(writer: Client, last: LedgerEntry | undefined): Promise<void> {
  if (last === undefined) return;
  await Promise.all([
    writer.query({
      name: "move-head",
      text: "update ledger_head set seq = $1, recorded_at = $2, leaf_hash = $3 where id = 1",
      values: [last.seq, last.recordedAt, last.leafHash],
    }),
    writer.query({
      name: "notify",
      text: "select pg_notify($1, $2)",
      values: [APPEND_CHANNEL, String(last.seq)],
    }),
  ]);
}

function insertSide(writer: Client, sides: readonly SideRows[]): Promise<unknown>[] {
  const ended = sides.flatMap(({ endedLeases = [] }) => endedLeases);
  return [
    insert(
      writer,
      FILE_INSERT,
      sides.flatMap(({ files = [] }) => files.map((f) => [f.versionId, f.path, f.digest, f.sizeBytes])),
    ),
    ended.length > 0 ? writer.query("delete from lease where run_id = any($1::text[])", [ended]) : Promise.resolve(),
    insert(
      writer,
      LEASE_INSERT,
      sides.flatMap(({ leases = [] }) => leases.map((l) => [l.runId, l.attempt, l.runnerId, l.tokenHash, l.expiresAt])),
    ),
    insert(
      writer,
      TOKEN_INSERT,
      sides.flatMap(({ tokens = [] }) =>
        tokens.map((t) => [t.id, t.hash, t.name, t.agentId, t.grants, t.expiresAt, t.revokedAt]),
      ),
    ),
    insert(
      writer,
      WEBHOOK_INSERT,
      sides.flatMap(({ webhooks = [] }) => webhooks.map(webhookValues)),
    ),
  ];
}

async function insert(writer: Client, into: SetInsert, rows: readonly (readonly unknown[])[]): Promise<void> {
  if (rows.length === 0) return;
  const values = byColumn(rows, into.columns.length);
  await writer.query({ name: `insert-${into.table}`, text: insertText(into), values });
}

/** Many more than of anything else, so their numbers are written as PostgreSQL's text here, and not one by one by the driver. */
async function insertValues(writer: Client, rows: readonly ValueColumns[]): Promise<void> {
  if (rows.length === 0) return;
  const [keys, numbers, texts, seqs] = byColumn(rows, VALUE_INSERT.columns.length);
  const list = (column: unknown[]) => `{${column.join()}}`;
  const values = [list(keys!), list(numbers!), texts!, list(seqs!)];
  await writer.query({ name: "insert-value", text: insertText(VALUE_INSERT), values });
}

function webhookValues(row: WebhookRow): readonly unknown[] {
  const { id, namespace, url, types, format, address, severity, about } = row;
  const { secretHash, createdBy, createdAt, position, endedAt } = row;
  const filter = [types, format, address, severity, about];
  return [id, namespace, url, ...filter, secretHash, createdBy, createdAt, position, endedAt, 0, 0];
}
