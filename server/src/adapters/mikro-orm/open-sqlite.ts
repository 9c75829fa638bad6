import { Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/sqlite";
import type { Database } from "better-sqlite3";
import { randomUUID } from "node:crypto";
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import type { NodeDefinition } from "../../core/define-node.ts";
import { ENTITIES } from "./entities.ts";
import { Migration0001Initial } from "./migrations-sqlite/0001-initial.ts";
import { Migration0002Tags } from "./migrations-sqlite/0002-tags.ts";
import { Migration0003Webhooks } from "./migrations-sqlite/0003-webhooks.ts";
import { Migration0004Personal } from "./migrations-sqlite/0004-personal.ts";
import { Migration0005MeasurementOrder } from "./migrations-sqlite/0005-measurement-order.ts";
import { Migration0006PersonalOrder } from "./migrations-sqlite/0006-personal-order.ts";
import { Migration0007Document } from "./migrations-sqlite/0007-document.ts";
import { Migration0008NodeIndexes } from "./migrations-sqlite/0008-node-indexes.ts";
import { Migration0009NodeFacets } from "./migrations-sqlite/0009-node-facets.ts";
import { migration0010Value } from "./migrations-sqlite/0010-value.ts";
import { Migration0011LogLine } from "./migrations-sqlite/0011-log-line.ts";
import { Migration0013WebhookFormats } from "./migrations-sqlite/0013-webhook-formats.ts";
import { Migration0014WatchedReport } from "./migrations-sqlite/0014-watched-report.ts";
import { type CopyConnection, SqlCopies } from "./sql-copies.ts";
import type { SqlDatabase } from "./sql-database.ts";
import { SqlNodeHistory } from "./sql-node-history.ts";
import { SqlNodeRanks } from "./sql-node-ranks.ts";
import { SqlNodeReader } from "./sql-node-reader.ts";
import { SqlObservedPositions } from "./sql-observed-positions.ts";
import { SqlOperations } from "./sql-operations.ts";
import { SqlPersonalData } from "./sql-personal-data.ts";
import { SqlRecords } from "./sql-records.ts";
import { SqlRunLogs } from "./sql-run-logs.ts";
import { SqlWebhooks } from "./sql-webhooks.ts";
import type { Sql, SqlValue } from "./sql.ts";
import { scrubSqlite } from "./sqlite-erasure.ts";
import { SqliteLedgerStore } from "./sqlite-ledger-store.ts";

/** How MikroORM sees the SQLite database; the migration command line uses it as well. */
export function sqliteOrm(file: string, definitions: readonly NodeDefinition[] = []): MikroORM {
  return new MikroORM({
    entities: ENTITIES,
    dbName: file,
    extensions: [Migrator],
    migrations: {
      migrationsList: [
        { name: "0001-initial", class: Migration0001Initial },
        { name: "0002-tags", class: Migration0002Tags },
        { name: "0003-webhooks", class: Migration0003Webhooks },
        { name: "0004-personal", class: Migration0004Personal },
        { name: "0005-measurement-order", class: Migration0005MeasurementOrder },
        { name: "0006-personal-order", class: Migration0006PersonalOrder },
        { name: "0007-document", class: Migration0007Document },
        { name: "0008-node-indexes", class: Migration0008NodeIndexes },
        { name: "0009-node-facets", class: Migration0009NodeFacets },
        { name: "0010-value", class: migration0010Value(definitions) },
        { name: "0011-log-line", class: Migration0011LogLine },
        { name: "0013-webhook-formats", class: Migration0013WebhookFormats },
        { name: "0014-watched-report", class: Migration0014WatchedReport },
      ],
      snapshot: false,
      silent: true,
    },
  });
}

/**
 * Opens (and migrates) the embedded database. `:memory:` serves tests.
 * @param definitions of the nodes that an older database may hold.
 * @throws when the database does not keep synchronous=FULL: then an acknowledged write might not survive a power cut.
 */
export async function openSqlite(file: string, definitions: readonly NodeDefinition[] = []): Promise<SqlDatabase> {
  if (file !== ":memory:") keepPrivate(file);
  const { orm, db } = await connect(file, definitions);
  // The page size must be set before the first table, and before WAL.
  db.pragma("page_size = 8192");
  db.pragma("journal_mode = WAL");
  makeDurable(db);
  await orm.migrator.up();
  db.prepare(
    "insert into ledger_head (id, ledger_id, seq, recorded_at, leaf_hash) values (1, ?, 0, 0, '') on conflict do nothing",
  ).run(randomUUID());
  const sql = sqliteSql(db);
  return {
    ledger: new SqliteLedgerStore(db),
    nodes: new SqlNodeReader(sql),
    history: new SqlNodeHistory(sql),
    ranks: new SqlNodeRanks(sql),
    operations: new SqlOperations(sql),
    observed: new SqlObservedPositions(sql),
    logs: new SqlRunLogs(sql),
    copies: new SqlCopies(() => copyConnection(file)),
    webhooks: new SqlWebhooks(sql),
    personalData: new SqlPersonalData(sql, async () => scrubSqlite(db)),
    records: new SqlRecords(sql),
    pendingSchemaChanges: () => orm.schema.getUpdateSchemaSQL({ wrap: false }),
    close: () => orm.close(true),
  };
}

/** For its own user only. SQLite gives the files that it makes beside it the same mode. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  for (const one of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(one)) chmodSync(one, 0o600);
}

async function connect(
  file: string,
  definitions?: readonly NodeDefinition[],
): Promise<{ orm: MikroORM; db: Database }> {
  const orm = sqliteOrm(file, definitions);
  await orm.connect();
  return { orm, db: await orm.em.getConnection().getNativeClient() };
}

/** Settings of a connection, not of the file. */
function makeDurable(db: Database): void {
  db.pragma("synchronous = FULL");
  db.pragma("busy_timeout = 5000");
  // KiB. The default of 2 MiB is less than the pages that one batch changes: they would be written twice. What is read often the
  // operating system keeps.
  db.pragma("cache_size = -16384");
  // Pages, 32 MiB: batches change the same pages of the indexes again and again, and each checkpoint writes them once.
  db.pragma("wal_autocheckpoint = 4000");
  if (db.pragma("synchronous", { simple: true }) !== 2) throw new Error("SQLite does not keep synchronous=FULL");
}

/** `:memory:` is another database on every connection, and cannot be copied. */
async function copyConnection(file: string): Promise<CopyConnection> {
  const { orm, db } = await connect(file);
  makeDurable(db);
  return { sql: sqliteSql(db), ledger: new SqliteLedgerStore(db), close: () => orm.close(true) };
}

function sqliteSql(db: Database): Sql {
  const statements = new Map<string, ReturnType<Database["prepare"]>>();
  const prepared = (text: string) => {
    const known = statements.get(text);
    if (known) return known;
    const made = db.prepare(text);
    // Texts vary only with the length of an IN list; the bound keeps the cache small all the same.
    if (statements.size < 500) statements.set(text, made);
    return made;
  };
  return {
    dialect: "sqlite",
    all: async <Row>(text: string, parameters: readonly SqlValue[] = []) => prepared(text).all(...parameters) as Row[],
    run: async (text, parameters = []) => prepared(text).run(...parameters).changes,
  };
}
