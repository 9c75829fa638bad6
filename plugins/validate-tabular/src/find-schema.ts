import { PluginFailure } from "@clew/plugin-sdk";
import {
  type DataProfile,
  type DataSchema,
  environmentsOf,
  inferSchema,
  MAX_COLUMNS,
  messageOf,
  quoteText,
  type TabularDatabase,
} from "@clew/plugin-tabular";
import { requireJoinKeys } from "./check-joins.ts";
import { profileUntyped, wholeProfile } from "./infer-table.ts";
import type { ValidationJob } from "./job-types.ts";
import type { SourceTable } from "./source.ts";

export interface SchemaFound {
  schema: DataSchema;
  schemaFrom: "parameters" | "reference" | "data";
  /** Of what it was inferred from. */
  profile: DataProfile | null;
}

/** The one that was given, else one inferred from the reference, else from the data themselves. */
export async function findSchema(
  job: ValidationJob,
  database: TabularDatabase,
  table: SourceTable,
  earlier: SourceTable | undefined,
): Promise<SchemaFound> {
  const { schema: given, infer, environment } = job.parameters;
  if (given !== undefined) return { schema: given, schemaFrom: "parameters", profile: null };
  const from = earlier ?? table;
  if (from.columns.length > MAX_COLUMNS)
    throw new PluginFailure(
      "BAD_INPUT",
      `${from.columns.length} columns are too many, at most ${MAX_COLUMNS} are read`,
    );
  const schemaFrom = earlier === undefined ? "data" : "reference";
  job.log.info(`no schema was given: it is inferred from ${schemaFrom}`);
  const { typed, profiled } = await profileUntyped(database, from);
  const profile = await wholeProfile(database, typed, profiled);
  const schema = inferSchema(profile, infer);
  requireEnvironment(schema, environment);
  requireJoinKeys(job.parameters.joins, schema);
  return { schema, schemaFrom, profile };
}

/** @throws {PluginFailure} BAD_PARAMETERS */
export function requireEnvironment(schema: DataSchema | undefined, environment: string | undefined): void {
  if (schema === undefined || environment === undefined || environmentsOf(schema).has(environment)) return;
  const known = [...environmentsOf(schema)].join(", ") || "none";
  throw new PluginFailure("BAD_PARAMETERS", `environment: the schema has no ${environment}; it has: ${known}`);
}

/** @throws {PluginFailure} BAD_PARAMETERS where DuckDB does not understand a regular expression. */
export async function requirePatterns(database: TabularDatabase, { columns }: DataSchema): Promise<void> {
  for (const column of columns) {
    if (column.type !== "STRING" || column.domain?.pattern === undefined) continue;
    try {
      await database.connection.run(`SELECT regexp_full_match('', ${quoteText(column.domain.pattern)}, 's')`);
    } catch (error) {
      throw new PluginFailure("BAD_PARAMETERS", `schema: pattern of ${column.name}: ${messageOf(error)}`, false, {
        cause: error,
      });
    }
  }
}
