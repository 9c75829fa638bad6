import {
  type CopiedRows,
  type CopiedTable,
  type LedgerCopies,
  type LedgerFilling,
  type LedgerRemake,
  LedgerNotEmpty,
  type LedgerSnapshot,
} from "../../ports/ledger-copies.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import { type BigIntColumn, snakeCase } from "./rows.ts";
import { marks, type Sql, type SqlValue } from "./sql.ts";

type Row = Readonly<Record<string, SqlValue>>;

/** A table's primary key, its other columns, and how many of its rows are held at once: 500, where nothing is said. */
interface Shape {
  readonly key: readonly string[];
  readonly rest: readonly string[];
  readonly page?: number;
}

export const COPIED: { readonly [Table in CopiedTable]: Shape } = {
  idempotency: { key: ["principal", "mutation", "key"], rest: ["inputDigest", "seq", "answer"] },
  file: { key: ["versionId", "path"], rest: ["digest", "sizeBytes"] },
  token: { key: ["id"], rest: ["hash", "name", "agentId", "grants", "expiresAt", "revokedAt"] },
  lease: { key: ["runId"], rest: ["attempt", "runnerId", "tokenHash", "expiresAt"] },
  measurement: { key: ["runId", "attempt", "name", "step", "n"], rest: ["at", "value"] },
  log_line: { key: ["runId", "attempt", "n"], rest: ["at", "level", "text"] },
  position: { key: ["follower"], rest: ["seq", "kept"] },
  personal: { key: ["digest"], rest: ["salt", "value", "subject", "path", "seq"] },
  // Of at most 8 MiB each, and twice that as JSON text.
  document: { key: ["digest"], rest: ["text"], page: 3 },
  webhook: {
    key: ["id"],
    rest: [
      "namespace",
      "url",
      "types",
      "format",
      "address",
      "severity",
      "about",
      "secretHash",
      "createdBy",
      "createdAt",
      "position",
      "failures",
      "nextAttemptAt",
      "lastError",
      "deliveredAt",
      "disabledReason",
      "endedAt",
    ],
  },
};

/** PostgreSQL gives these as text where they are bigint. */
const NUMBERS = new Set([
  "seq",
  "sizeBytes",
  "attempt",
  "expiresAt",
  "revokedAt",
  "step",
  "n",
  "at",
  "recordedSeq",
  "validFrom",
  "validTo",
  "endedSeq",
  "createdAt",
  "position",
  "nextAttemptAt",
  "deliveredAt",
  "endedAt",
]);
const PAGE = 500;

const BEGIN = {
  sqlite: { read: "begin", write: "begin immediate" },
  postgresql: { read: "begin isolation level repeatable read read only", write: "begin" },
};

/** A connection of its own, on which a transaction can be left open. */
export interface CopyConnection {
  readonly sql: Sql;
  /** Works inside the transaction that is open on the connection. */
  readonly ledger: LedgerStore;
  readonly close: () => Promise<void>;
}

export class SqlCopies implements LedgerCopies {
  readonly #connect: () => Promise<CopyConnection>;

  constructor(connect: () => Promise<CopyConnection>) {
    this.#connect = connect;
  }

  async snapshot(): Promise<LedgerSnapshot> {
    const { sql, ledger, close } = await this.#connect();
    await sql.run(BEGIN[sql.dialect].read);
    // Else personal values that are erased from now on would be kept for this snapshot when the tables are scrubbed.
    if (sql.dialect === "postgresql") await sql.run("lock table personal, token in access share mode");
    // The first read takes the snapshot.
    await ledger.head();
    let closing: Promise<void> | undefined;
    const closeOnce = () => (closing ??= close());
    return { ledger, rows: (table) => pages(sql, table), contentBytes: () => contentBytes(sql), close: closeOnce };
  }

  async fill(ledgerId: string, fill: (filling: LedgerFilling) => Promise<void>): Promise<void> {
    const { sql, ledger, close } = await this.#connect();
    try {
      await sql.run(BEGIN[sql.dialect].write);
      // Locks the head until the end: a server that starts meanwhile waits, or finds the whole ledger.
      const taken = await sql.run("update ledger_head set ledger_id = ? where id = 1 and seq = 0", [ledgerId]);
      if (taken === 0) throw new LedgerNotEmpty();
      await fill({ ledger, rows: (table) => pages(sql, table), add: (table, rows) => insert(sql, table, rows) });
      await sql.run("commit");
    } finally {
      // What was not committed is rolled back with the connection.
      await close();
    }
  }

  async remake(remake: (ledger: LedgerRemake) => Promise<void>): Promise<void> {
    const { sql, ledger, close } = await this.#connect();
    try {
      await sql.run(BEGIN[sql.dialect].write);
      // Locks the head until the end: who records meanwhile waits.
      await sql.run("update ledger_head set seq = seq where id = 1");
      for (const table of ["node", "node_history", "tag", "value"]) await sql.run(`delete from ${table}`);
      await remake(ledger);
      await sql.run("commit");
    } finally {
      await close();
    }
  }
}

async function* pages<Table extends CopiedTable>(sql: Sql, table: Table): AsyncIterable<readonly CopiedRows[Table][]> {
  const { key, rest, page = PAGE } = COPIED[table];
  const columns = [...key, ...rest].map((name) => `${snakeCase(name)} as "${name}"`).join(", ");
  const keys = key.map(snakeCase).join(", ");
  for (let last: Row | undefined; ; ) {
    const after = last === undefined ? "" : ` where (${keys}) > ${marks(key.length)}`;
    const parameters = last === undefined ? [] : key.map((name) => last![name]!);
    const text = `select ${columns} from ${table}${after} order by ${keys} limit ?`;
    const rows = (await sql.all<Row>(text, [...parameters, page])).map(withNumbers);
    if (rows.length > 0) yield rows as unknown as readonly CopiedRows[Table][];
    if (rows.length < page) return;
    last = rows.at(-1);
  }
}

function withNumbers(row: Row): Row {
  const number = (name: string, value: SqlValue) => (NUMBERS.has(name) && value !== null ? Number(value) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, number(name, value)]));
}

async function insert<Table extends CopiedTable>(
  sql: Sql,
  table: Table,
  rows: readonly CopiedRows[Table][],
): Promise<void> {
  const { key, rest } = COPIED[table];
  const names = [...key, ...rest];
  const columns = names.map(snakeCase).join(", ");
  for (let at = 0; at < rows.length; at += PAGE) {
    const part = rows.slice(at, at + PAGE) as unknown as readonly Row[];
    const places = part.map(() => marks(names.length)).join(", ");
    const values = part.flatMap((row) => names.map((name) => row[name]!));
    await sql.run(`insert into ${table} (${columns}) values ${places}`, values);
  }
}

async function contentBytes(sql: Sql): Promise<number> {
  const [entries] = await sql.all<{ n: BigIntColumn | null }>("select sum(length(bytes)) as n from ledger");
  const [files] = await sql.all<{ n: BigIntColumn | null }>(
    "select sum(size_bytes) as n from (select distinct digest, size_bytes from file) as held",
  );
  const [documents] = await sql.all<{ n: BigIntColumn | null }>("select sum(length(text)) as n from document");
  return [entries, files, documents].reduce((sum, row) => sum + Number(row?.n ?? 0), 0);
}
