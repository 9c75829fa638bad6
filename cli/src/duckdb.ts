import type { DuckDBConnection } from "@duckdb/node-api";

/** A DuckDB in memory that fetches nothing from anywhere. Whoever opens it closes it. */
export interface OpenDuckDb {
  readonly connection: DuckDBConnection;
  readonly close: () => void;
}

/** Loads DuckDB when it is asked for: most commands need none, and it takes a while. @param options DuckDB's own settings */
export async function openDuckDb(options: Readonly<Record<string, string>> = {}): Promise<OpenDuckDb> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { autoinstall_known_extensions: "false", ...options });
  const connection = await instance.connect();
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
