import { Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/postgresql";
import { randomUUID } from "node:crypto";
import { Client, type Pool } from "pg";
import { ENTITIES } from "./entities.ts";
import { Migration0001Initial } from "./migrations-postgresql/0001-initial.ts";
import { Migration0003Webhooks } from "./migrations-postgresql/0003-webhooks.ts";
import { PostgresLedgerStore } from "./postgres-ledger-store.ts";
import type { SqlDatabase } from "./sql-database.ts";
import { SqlNodeReader } from "./sql-node-reader.ts";
import { SqlOperations } from "./sql-operations.ts";
import { SqlWebhooks } from "./sql-webhooks.ts";
import { numbered, type Sql, type SqlValue } from "./sql.ts";

export function postgresOrm(url: string, poolMax = 10): MikroORM {
  return new MikroORM({
    entities: ENTITIES,
    clientUrl: url,
    pool: { max: poolMax },
    extensions: [Migrator],
    migrations: {
      migrationsList: [
        { name: "0001-initial", class: Migration0001Initial },
        { name: "0003-webhooks", class: Migration0003Webhooks },
      ],
      snapshot: false,
      silent: true,
    },
  });
}

/**
 * Opens (and migrates) a PostgreSQL database that any number of server processes share.
 * @throws when the server does not keep synchronous_commit and fsync on.
 */
export async function openPostgres(url: string, poolMax?: number): Promise<SqlDatabase> {
  const orm = postgresOrm(url, poolMax);
  await orm.connect();
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  await checkDurability(pool);
  await migrateAlone(pool, orm);
  const sql = postgresSql(pool);
  return {
    ledger: await PostgresLedgerStore.open((pipelined) => connect(url, pipelined)),
    nodes: new SqlNodeReader(sql),
    operations: new SqlOperations(sql),
    webhooks: new SqlWebhooks(sql),
    pendingSchemaChanges: () => orm.schema.getUpdateSchemaSQL({ wrap: false }),
    close: () => orm.close(true),
  };
}

async function connect(url: string, pipelined = false): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: "clew",
    ...(pipelined ? { pipeline: true } : {}),
  });
  // A connection that breaks rejects the query in flight; without a listener it would end the process as well.
  client.on("error", () => {});
  await client.connect();
  return client;
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

function postgresSql(pool: Pool): Sql {
  return {
    dialect: "postgresql",
    all: async <Row>(text: string, parameters: readonly SqlValue[] = []) =>
      (await pool.query(numbered(text), [...parameters])).rows as Row[],
    run: async (text, parameters = []) => (await pool.query(numbered(text), [...parameters])).rowCount ?? 0,
  };
}
