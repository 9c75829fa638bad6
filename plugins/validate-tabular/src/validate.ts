import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Anomaly, PluginFailure } from "@clew/plugin-sdk";
import {
  type DataProfile,
  type DataSchema,
  environmentsOf,
  inferSchema,
  MAX_COLUMNS,
  messageOf,
  quoteText,
  TabularDatabase,
  type View,
  viewsOf,
} from "@clew/plugin-tabular";
import { type BrokenRows, brokenRows } from "./broken-rows.ts";
import { checkJoins, requireJoinKeys, requireJoins } from "./check-joins.ts";
import { type ColumnShift, compareColumns, rowCountAnomalies, shiftAnomalies, type Side } from "./compare-columns.ts";
import { examplesOf } from "./examples.ts";
import { profileUntyped, wholeProfile } from "./infer-table.ts";
import type { ValidationJob } from "./job-types.ts";
import { DEFAULT_MIN_ROWS } from "./parameters.ts";
import { judgeColumns } from "./judge-columns.ts";
import { judgeBrokenRows, judgeDataset, judgeFiles } from "./judge-dataset.ts";
import { profileTable } from "./profile-table.ts";
import { countDistinct } from "./repeated-rows.ts";
import { writeReport } from "./report.ts";
import { type RowCheck, rowChecksOf } from "./row-checks.ts";
import { setAside } from "./set-aside.ts";
import { sourceTable, type SourceTable } from "./source.ts";
import { TypedTable } from "./typed-table.ts";

const MEMORY_MIB = 640;
/** In the output folder, since a job may write nowhere else; only what is stated as an output is kept of it. */
const SCRATCH_DIR = ".scratch";

interface Views {
  data: View;
  reference: View | undefined;
  joined: View[];
}

interface SchemaFound {
  schema: DataSchema;
  schemaFrom: "parameters" | "reference" | "data";
}

/** Checks the data against the schema, says what it found, and sets bad rows aside where asked. */
export async function validate(job: ValidationJob): Promise<Record<string, string | number>> {
  const views = viewsFor(job);
  const { schema, environment, joins } = job.parameters;
  requireEnvironment(schema, environment);
  requireJoins(joins, views.joined);
  if (schema !== undefined) requireJoinKeys(joins, schema);
  const scratchDir = join(job.outputDir, SCRATCH_DIR);
  await mkdir(scratchDir);
  const files = [views.data, views.reference, ...views.joined].flatMap((view) => view?.files ?? []);
  const options = { threads: 2, memoryMiB: MEMORY_MIB, spillDir: scratchDir, files, writeDirs: [job.outputDir] };
  const database = await TabularDatabase.open([], options);
  const interrupt = () => database.connection.interrupt();
  job.signal.addEventListener("abort", interrupt);
  try {
    return await validateIn(job, database, views, scratchDir);
  } catch (error) {
    // What was interrupted fails in some way of its own.
    job.signal.throwIfAborted();
    throw error;
  } finally {
    job.signal.removeEventListener("abort", interrupt);
    database[Symbol.dispose]();
    await rm(scratchDir, { recursive: true });
  }
}

async function validateIn(
  job: ValidationJob,
  database: TabularDatabase,
  views: Views,
  scratchDir: string,
): Promise<Record<string, string | number>> {
  const { parameters } = job;
  job.progress(0, "looking at the files");
  const table = await sourceTable(database, "data", views.data.files, scratchDir);
  const earlier = views.reference && (await sourceTable(database, "reference", views.reference.files, scratchDir));
  const { schema, schemaFrom } = await findSchema(job, database, table, earlier);
  await requirePatterns(database, schema);
  job.progress(0.3, "checking each row");
  const looked = await lookAtRows(job, database, table, schema);
  job.progress(0.7, "comparing");
  const before = earlier && new TypedTable(earlier, schema.columns);
  const { reference, shifts, anomalies: moved } = before ? await compare(job, database, looked, before) : NOT_COMPARED;
  const joins = await checkJoins(database, looked, parameters.joins, views.joined, scratchDir);
  const anomalies = [...looked.anomalies, ...moved, ...joins.anomalies];
  const { data, profiled, broken } = looked;
  const brokenCount = broken.count + [...broken.badText.values()].reduce((sum, lines) => sum + lines, 0);
  const counts = { badRows: profiled.badRows, brokenRows: brokenCount };
  const found = { schema, schemaFrom, data, ...counts, reference, shifts, matched: joins.matched, anomalies };
  const verdict = await writeReport(job, found);
  job.progress(0.9, "setting rows aside");
  if (parameters.setAside) await setAside(job, database, looked.typed, looked.checks);
  return { verdict, rows: data.rows, ...counts, schemaFrom };
}

interface Looked extends Side {
  checks: RowCheck[];
  data: DataProfile;
  broken: BrokenRows;
  anomalies: Anomaly[];
}

/** All that the schema says of the data by themselves. */
async function lookAtRows(
  job: ValidationJob,
  database: TabularDatabase,
  table: SourceTable,
  schema: DataSchema,
): Promise<Looked> {
  const { environment } = job.parameters;
  const known = new TypedTable(table, schema.columns);
  const checks = rowChecksOf(known, schema, environment);
  const profiled = await profileTable(database, known, checks);
  const broken = await brokenRows(database, table);
  const data = await wholeProfile(database, known, profiled);
  const distinct = await distinctCounts(database, known);
  const examples = await examplesOf(database, known, checks, profiled.broken);
  const anomalies = [
    ...judgeFiles(schema, job.inputs.data),
    ...judgeBrokenRows(broken),
    ...judgeDataset(schema, data.rows, data.duplicates),
    ...judgeColumns({ schema, environment, present: table.columns, checks, profiled, distinct, examples }),
  ];
  return { typed: known, checks, profiled, data, broken, anomalies };
}

/** Of the columns whose distinct values the schema bounds. */
async function distinctCounts(database: TabularDatabase, typed: TypedTable): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const [index, { uniqueConstraints }] of typed.columns.entries()) {
    if (uniqueConstraints !== undefined) counts.set(index, await countDistinct(database, typed, index));
  }
  return counts;
}

interface Compared {
  reference: DataProfile | null;
  shifts: ColumnShift[];
  anomalies: Anomaly[];
}
const NOT_COMPARED: Compared = { reference: null, shifts: [], anomalies: [] };

async function compare(
  { parameters }: ValidationJob,
  database: TabularDatabase,
  now: Looked,
  before: TypedTable,
): Promise<Compared> {
  const { shift } = parameters;
  const profiled = await profileTable(database, before);
  const reference = await wholeProfile(database, before, profiled);
  const rowCounts = rowCountAnomalies(now.data.rows, reference.rows, shift);
  if (now.data.rows === 0 || reference.rows === 0) return { reference, shifts: [], anomalies: rowCounts };
  const values = new Map(
    reference.columns.flatMap((column, index) => (column.values === null ? [] : [[index, column.values] as const])),
  );
  const shifts = await compareColumns(database, now, { typed: before, profiled }, values);
  const least = shift?.minRows ?? DEFAULT_MIN_ROWS;
  const enough = (index: number) => [now.profiled, profiled].every(({ columns }) => columns[index]!.present >= least);
  return { reference, shifts, anomalies: [...rowCounts, ...shiftAnomalies(shifts, before.columns, shift, enough)] };
}

/** The one that was given, else one inferred from the reference, else from the data themselves. */
async function findSchema(
  job: ValidationJob,
  database: TabularDatabase,
  table: SourceTable,
  earlier: SourceTable | undefined,
): Promise<SchemaFound> {
  const { schema: given, infer, environment } = job.parameters;
  if (given !== undefined) return { schema: given, schemaFrom: "parameters" };
  const from = earlier ?? table;
  if (from.columns.length > MAX_COLUMNS)
    throw new PluginFailure(
      "BAD_INPUT",
      `${from.columns.length} columns are too many, at most ${MAX_COLUMNS} are read`,
    );
  const schemaFrom = earlier === undefined ? "data" : "reference";
  job.log.info(`no schema was given: it is inferred from ${schemaFrom}`);
  const { typed, profiled } = await profileUntyped(database, from);
  const schema = inferSchema(await wholeProfile(database, typed, profiled), infer);
  requireEnvironment(schema, environment);
  requireJoinKeys(job.parameters.joins, schema);
  return { schema, schemaFrom };
}

/** @throws {PluginFailure} BAD_PARAMETERS */
function requireEnvironment(schema: DataSchema | undefined, environment: string | undefined): void {
  if (schema === undefined || environment === undefined || environmentsOf(schema).has(environment)) return;
  const known = [...environmentsOf(schema)].join(", ") || "none";
  throw new PluginFailure("BAD_PARAMETERS", `environment: the schema has no ${environment}; it has: ${known}`);
}

/** @throws {PluginFailure} BAD_PARAMETERS where DuckDB does not understand a regular expression. */
async function requirePatterns(database: TabularDatabase, { columns }: DataSchema): Promise<void> {
  for (const column of columns) {
    if (column.type !== "STRING" || column.domain?.pattern === undefined) continue;
    try {
      await database.one(`SELECT regexp_full_match('', ${quoteText(column.domain.pattern)}, 's')`);
    } catch (error) {
      throw new PluginFailure("BAD_PARAMETERS", `schema: pattern of ${column.name}: ${messageOf(error)}`, false, {
        cause: error,
      });
    }
  }
}

function viewsFor({ inputs }: ValidationJob): Views {
  const [data, ...joined] = viewsOf(inputs.data, inputs.join);
  const reference = inputs.reference.length > 0 ? viewsOf(inputs.reference, [])[0] : undefined;
  return { data: data!, reference, joined };
}
