import { chmodSync, mkdirSync } from "node:fs";

/**
 * Makes the data folder, for its own user only. As root PostgreSQL runs as another user, who must get through to its folder: then others
 * may pass, and not look.
 */
export function makeDataFolder(dataDir: string, sql: "sqlite" | "postgres"): void {
  const isNew = mkdirSync(dataDir, { recursive: true }) !== undefined;
  if (sql === "postgres" && process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  else if (isNew) chmodSync(dataDir, 0o700);
}
