import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@clew/cli/services";
import { Client } from "pg";

export interface TestPostgres {
  readonly url: string;
  /** Stops what was started here; leaves alone what the global set-up started. */
  stop(): Promise<void>;
}

/** The shared server of CLEW_TEST_POSTGRES_URL; else one of its own. */
export async function postgresForTests(): Promise<TestPostgres> {
  const { CLEW_TEST_POSTGRES_URL: url } = process.env;
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  const dir = await mkdtemp(join(tmpdir(), "clew-postgres-"));
  const service = await startPostgres({ dir, own: true });
  const stop = async () => {
    await service.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: service.url, stop };
}

/** An empty database of its own, so that tests on one server do not meet. */
export async function freshDatabase({
  url,
}: Pick<TestPostgres, "url">): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `clew_test_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const drop = async () => void (await sql(url, `drop database ${name} with (force)`));
  return { url: own.href, drop };
}

/** Runs one statement, beside the adapter. */
export async function sql(url: string, text: string, values: readonly unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
