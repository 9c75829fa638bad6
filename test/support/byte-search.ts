import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cypher, type TestNeo4j } from "./neo4j.ts";
import { sql } from "./postgres.ts";

/** The files under a folder, hidden ones too, that hold this text in UTF-8. */
export function filesWith(dir: string, text: string): string[] {
  if (!existsSync(dir)) throw new Error(`there is no folder ${dir}`);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text));
}

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** The columns of a PostgreSQL database that hold this text, those of its own catalogue too, as text and as bytes. */
export async function columnsWith(url: string, text: string): Promise<string[]> {
  const columns = (await sql(
    url,
    `select table_schema as schema, table_name as table, column_name as column from information_schema.columns
     join information_schema.tables using (table_schema, table_name) where table_type = 'BASE TABLE'`,
  )) as Column[];
  const hex = Buffer.from(text).toString("hex");
  const tests = columns.map(({ schema, table, column }) => {
    const value = `"${column}"::text`;
    const held = `select 1 from "${schema}"."${table}" where strpos(${value}, $1) > 0 or strpos(${value}, $2) > 0`;
    return `select '${table}.${column}' as name where exists (${held})`;
  });
  const found = (await sql(url, tests.join(" union all "), [text, hex])) as { name: string }[];
  return found.map(({ name }) => name);
}

/** The files of a PostgreSQL database on this machine that hold this text, once all is written to them. Not its write-ahead log. */
export async function databaseFilesWith(url: string, text: string): Promise<string[]> {
  await sql(url, "checkpoint");
  const [place] = (await sql(
    url,
    "select current_setting('data_directory') as dir, oid from pg_database where datname = current_database()",
  )) as { dir: string; oid: string }[];
  return filesWith(join(place!.dir, "base", String(place!.oid)), text);
}

/** Whether a property of any node or arrow in Neo4j holds this text. */
export async function isInGraph(server: Pick<TestNeo4j, "url" | "user" | "password">, text: string): Promise<boolean> {
  const all = "MATCH (n) RETURN properties(n) AS all UNION ALL MATCH ()-[r]->() RETURN properties(r) AS all";
  const { records } = await cypher(server, all);
  if (records.length === 0) throw new Error("the graph is empty");
  return JSON.stringify(records.map((record) => record.get("all") as unknown)).includes(text);
}
