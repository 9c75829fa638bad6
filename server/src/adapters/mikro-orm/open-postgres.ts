import { Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/postgresql";
import { randomUUID } from "node:crypto";
import type { Client, Pool } from "pg";
import type { NodeDefinition } from "../../core/define-node.ts";
import { ENTITIES } from "./entities.ts";
import { Migration0001Initial } from "./migrations-postgresql/0001-initial.ts";
import { Migration0002Tags } from "./migrations-postgresql/0002-tags.ts";
import { Migration0003Webhooks } from "./migrations-postgresql/0003-webhooks.ts";
import { Migration0004Personal } from "./migrations-postgresql/0004-personal.ts";
import { scrubPostgres } from "./postgres-erasure.ts";
import { Migration0005MeasurementOrder } from "./migrations-postgresql/0005-measurement-order.ts";
import { Migration0006PersonalOrder } from "./migrations-postgresql/0006-personal-order.ts";
import { Migration0007Document } from "./migrations-postgresql/0007-document.ts";
import { Migration0008NodeIndexes } from "./migrations-postgresql/0008-node-indexes.ts";
import { Migration0009NodeFacets } from "./migrations-postgresql/0009-node-facets.ts";
import { migration0010Value } from "./migrations-postgresql/0010-value.ts";
import { Migration0011LogLine } from "./migrations-postgresql/0011-log-line.ts";
import { Migration0013WebhookFormats } from "./migrations-postgresql/0013-webhook-formats.ts";
import { Migration0014WatchedReport } from "./migrations-postgresql/0014-watched-report.ts";
import { reaching } from "./postgres-faults.ts";
import { connectToWrite } from "./postgres-link.ts";
import { PostgresLedgerStore } from "./postgres-ledger-store.ts";
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
import { numbered, type Sql, type SqlValue } from "./sql.ts";

/** Longer than any read takes that is bounded as the API bounds it. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** @param statementTimeoutMs of every statement; 0 is none. */
function postgresOrm(
  url: string,
  poolMax: number,
  statementTimeoutMs: number,
  definitions: readonly NodeDefinition[] = [],
): MikroORM {
  return new MikroORM({
    entities: ENTITIES,
    clientUrl: url,
    pool: { max: poolMax },
    // Set once connected: a pooler between refuses it among the parameters of the connection.
    driverOptions: { onConnect: (client: Client) => client.query(`set statement_timeout = ${statementTimeoutMs}`) },
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
 * Opens (and migrates) a PostgreSQL database that any number of server processes share. Reads and small writes have `statementTimeoutMs`;
 * migrations, the ledger's own connections (batches, verification) and copies (export, import) take as long as they take.
 * @param definitions of the nodes that an older database may hold.
 * @throws when the server does not keep synchronous_commit and fsync on.
 */
export async function openPostgres(
  url: string,
  poolMax = 10,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
  definitions: readonly NodeDefinition[] = [],
): Promise<SqlDatabase> {
  await migrate(url, definitions);
  const orm = postgresOrm(url, poolMax, statementTimeoutMs);
  await orm.connect();
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on("error", () => {});
  const sql = postgresSql(pool);
  return {
    ledger: await PostgresLedgerStore.open(url),
    nodes: new SqlNodeReader(sql),
    history: new SqlNodeHistory(sql),
    ranks: new SqlNodeRanks(sql),
    operations: new SqlOperations(sql),
    observed: new SqlObservedPositions(sql),
    logs: new SqlRunLogs(sql),
    copies: new SqlCopies(() => copyConnection(url)),
    webhooks: new SqlWebhooks(sql),
    personalData: new SqlPersonalData(sql, () => scrubPostgres(url)),
    records: new SqlRecords(sql),
    pendingSchemaChanges: () => orm.schema.getUpdateSchemaSQL({ wrap: false }),
    close: () => orm.close(true),
  };
}

async function migrate(url: string, definitions: readonly NodeDefinition[]): Promise<void> {
  const orm = postgresOrm(url, 2, 0, definitions);
  await orm.connect();
  try {
    const pool: Pool = await orm.em.getConnection().getNativeClient();
    await checkDurability(pool);
    await migrateAlone(pool, orm);
  } finally {
    await orm.close(true);
  }
}

async function copyConnection(url: string): Promise<CopyConnection> {
  const client = await connectToWrite(url);
  return { sql: postgresSql(client), ledger: PostgresLedgerStore.inside(client), close: () => client.end() };
}

async function checkDurability(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('synchronous_commit', 'fsync')",
  );
  for (const { name, setting } of rows) {
    if (setting === "off") throw new Error(`PostgreSQL has ${name}=off: set it on, or acknowledged writes may be lost`);
  }
}

/** Two servers that start at once must not migrate at once. */
async function migrateAlone(pool: Pool, orm: MikroORM): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(hashtextextended('clew:migrate', 0))");
    await orm.migrator.up();
    await client.query(
      "insert into ledger_head (id, ledger_id, seq, recorded_at, leaf_hash) values (1, $1, 0, 0, '') on conflict do nothing",
      [randomUUID()],
    );
    await client.query("select pg_advisory_unlock(hashtextextended('clew:migrate', 0))");
  } finally {
    client.release();
  }
}

/** Prepared on each connection; the bound keeps a text that varies (a long list of conditions) from filling the server's memory. */
const PREPARED_MAX = 200;

function postgresSql(pool: Pick<Pool, "query">): Sql {
  const statements = new Map<string, { name?: string; text: string }>();
  const prepared = (text: string) => {
    const known = statements.get(text);
    if (known) return known;
    const isKept = statements.size < PREPARED_MAX;
    const made = { ...(isKept ? { name: `clew-${statements.size}` } : {}), text: numbered(text) };
    if (isKept) statements.set(text, made);
    return made;
  };
  const run = (text: string, parameters: readonly SqlValue[]) =>
    reaching(() => pool.query<object>({ ...prepared(text), values: [...parameters] }));
  return {
    dialect: "postgresql",
    all: async <Row>(text: string, parameters: readonly SqlValue[] = []) => (await run(text, parameters)).rows as Row[],
    run: async (text, parameters = []) => (await run(text, parameters)).rowCount ?? 0,
  };
}
