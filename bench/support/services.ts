import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats, startNeo4j, startPostgres } from "@clew/cli/services";
import { Neo4jConnection } from "../../server/src/adapters/neo4j/connection.ts";
import { freshDatabase } from "../../test/support/postgres.ts";

/** PostgreSQL and Neo4j, running. */
export interface Services {
  readonly neo4j: { readonly url: string; readonly user: string; readonly password: string };
  /** An empty database and an empty graph, as the server's environment names them. */
  freshStores(): Promise<Record<string, string>>;
}

export async function inFolder<T>(name: string, work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), `clew-bench-${name}-`));
  // PostgreSQL runs as another user where we are root.
  await chmod(dir, 0o755);
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Starts them, works, stops them. */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  return inFolder("services", async (dir) => {
    const postgres = await startPostgres({ dir: join(dir, "postgres"), own: true });
    const neo4j = await startNeo4j({ dir: join(dir, "neo4j"), own: true });
    try {
      return await work({ neo4j, freshStores: () => freshStores(postgres.url, neo4j) });
    } finally {
      await Promise.all([postgres.stop(), neo4j.stop()]);
    }
  });
}

/** Starts PostgreSQL, works with the address of an empty database, stops it. */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  return inFolder("postgres", async (dir) => {
    const postgres = await startPostgres({ dir, own: true });
    try {
      return await work((await freshDatabase({ url: postgres.url })).url);
    } finally {
      await postgres.stop();
    }
  });
}

async function freshStores(postgresUrl: string, neo4j: Services["neo4j"]): Promise<Record<string, string>> {
  const { url } = await freshDatabase({ url: postgresUrl });
  await empty(neo4j);
  return {
    CLEW_POSTGRES_URL: url,
    CLEW_NEO4J_URL: neo4j.url,
    CLEW_NEO4J_USER: neo4j.user,
    CLEW_NEO4J_PASSWORD: neo4j.password,
  };
}

const EMPTY_WITHIN_MS = 300_000;

/** Arrows first: together with their nodes they would not fit into a transaction. */
async function empty(neo4j: Services["neo4j"]): Promise<void> {
  const connection = new Neo4jConnection(neo4j);
  const options = { timeoutMs: EMPTY_WITHIN_MS };
  try {
    await connection.run("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS", {}, options);
    await connection.run("MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS", {}, options);
  } finally {
    await connection.close();
  }
}

/** Starts NATS, works with its address, stops it. */
export async function withNats<T>(work: (url: string) => Promise<T>): Promise<T> {
  return inFolder("nats", async (dir) => {
    const nats = await startNats({ dir, own: true });
    try {
      return await work(nats.url);
    } finally {
      await nats.stop();
    }
  });
}
