import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startPostgres } from "@clew/cli/services";
import { makeDataFolder } from "./data-folder.ts";
import { lockFolder, type StackOptions } from "./stack.ts";
import type { Stops } from "./stops.ts";

/**
 * Holds a data folder for a command that opens the database itself, and starts its PostgreSQL where it has one. Answers the CLEW_…
 * variables that name it.
 * @throws {CliError} where `clew up` runs on the folder.
 */
export async function openFolder(
  dataDir: string,
  sql: StackOptions["sql"],
  stops: Stops,
): Promise<Record<string, string>> {
  makeDataFolder(dataDir, sql);
  await lockFolder(dataDir, stops);
  if (sql === "sqlite") return {};
  const dir = join(dataDir, "postgres");
  mkdirSync(dir, { recursive: true });
  const postgres = await startPostgres({ dir });
  stops.add("postgres", () => postgres.stop());
  return { CLEW_POSTGRES_URL: postgres.url };
}
