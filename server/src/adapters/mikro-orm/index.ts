export { openPostgres } from "./open-postgres.ts";
export { openSqlite } from "./open-sqlite.ts";
export type { SqlDatabase } from "./sql-database.ts";
