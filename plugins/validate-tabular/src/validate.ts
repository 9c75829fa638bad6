import type { Anomaly } from "@clew/plugin-sdk";
import { type DataProfile, inScratchDatabase, type TabularDatabase, type View, viewsOf } from "@clew/plugin-tabular";
import { type BrokenRows, brokenRows } from "./broken-rows.ts";
import { checkJoins, requireJoinKeys, requireJoins } from "./check-joins.ts";
import { type ColumnShift, compareColumns, rowCountAnomalies, shiftAnomalies, type Side } from "./compare-columns.ts";
import { examplesOf } from "./examples.ts";
import { findSchema, requireEnvironment, requirePatterns, type SchemaFound } from "./find-schema.ts";
import { wholeProfile } from "./infer-table.ts";
import type { ValidationJob } from "./job-types.ts";
import { judgeColumns } from "./judge-columns.ts";
import { judgeBrokenRows, judgeDataset, judgeFiles } from "./judge-dataset.ts";
import { DEFAULT_MIN_ROWS } from "./parameters.ts";
import { countBroken, type Profiled, profileTable } from "./profile-table.ts";
import { sum } from "./cells.ts";
import { countDistinct } from "./repeated-rows.ts";
import { writeReport } from "./report.ts";
import { type RowCheck, rowChecksOf, sharpened } from "./row-checks.ts";
import { setAside } from "./set-aside.ts";
import { sourceTable } from "./source.ts";
import { TypedTable } from "./typed-table.ts";

const MEMORY_MIB = 640;

interface Views {
  data: View;
  reference: View | undefined;
  joined: View[];
}

/**
 * Checks the data against the schema, says what it found, and sets bad rows aside where asked.
 * @param memoryMiB what DuckDB may hold
 */
export async function validate(job: ValidationJob, memoryMiB = MEMORY_MIB): Promise<Record<string, string | number>> {
  const views = viewsFor(job);
  const { schema, environment, joins } = job.parameters;
  requireEnvironment(schema, environment);
  requireJoins(joins, views.joined);
  if (schema !== undefined) requireJoinKeys(joins, schema);
  const files = [views.data, views.reference, ...views.joined].flatMap((view) => view?.files ?? []);
  const options = { threads: 2, memoryMiB, files };
  return await inScratchDatabase(job, [], options, (database, dir) => validateIn(job, database, views, dir));
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
  const { schema, schemaFrom, profile } = await findSchema(job, database, table, earlier);
  await requirePatterns(database, schema);
  job.progress(0.3, "checking each row");
  const looked = await lookAtRows(job, database, new TypedTable(table, schema.columns), {
    schema,
    profile: schemaFrom === "data" ? profile : null,
  });
  job.progress(0.7, "comparing");
  const before = earlier && new TypedTable(earlier, schema.columns);
  const known = schemaFrom === "reference" ? profile : null;
  const compared = before ? await compare(job, database, looked, before, known) : NOT_COMPARED;
  const joins = await checkJoins(database, looked, parameters.joins, views.joined, scratchDir);
  const anomalies = [...looked.anomalies, ...compared.anomalies, ...joins.anomalies];
  const { data, profiled, broken } = looked;
  const counts = { badRows: profiled.badRows, brokenRows: broken.count + sum([...broken.badText.values()]) };
  const { reference, shifts } = compared;
  const findings = { schema, schemaFrom, data, ...counts, reference, shifts, matched: joins.matched, anomalies };
  const verdict = await writeReport(job, findings);
  job.progress(0.9, "setting rows aside");
  if (parameters.setAside) await setAside(job, database, looked.typed, looked.checks);
  return { verdict, rows: data.rows, ...counts, schemaFrom };
}

interface Looked extends Side {
  profiled: Profiled;
  checks: RowCheck[];
  data: DataProfile;
  broken: BrokenRows;
  anomalies: Anomaly[];
}

/** All that the schema says of the data by themselves. @param profile theirs, where it is known */
async function lookAtRows(
  job: ValidationJob,
  database: TabularDatabase,
  typed: TypedTable,
  { schema, profile }: Pick<SchemaFound, "schema" | "profile">,
): Promise<Looked> {
  const { environment } = job.parameters;
  const given = rowChecksOf(typed, schema, environment);
  const found = profile
    ? { ...profile, ...(await countBroken(database, typed, given)) }
    : await profileTable(database, typed, given);
  const checks = sharpened(given, schema.columns, found);
  const isAsGiven = checks.every((check, index) => check === given[index]);
  const profiled = isAsGiven ? found : { ...found, ...(await countBroken(database, typed, checks)) };
  const data = profile ?? (await wholeProfile(database, typed, profiled));
  const broken = await brokenRows(database, typed.table);
  const distinct = await distinctCounts(database, typed);
  const examples = await examplesOf(database, typed, checks, profiled.broken);
  const present = typed.table.columns;
  const anomalies = [
    ...judgeFiles(schema, job.inputs.data),
    ...judgeBrokenRows(broken),
    ...judgeDataset(schema, data.rows, data.duplicates),
    ...judgeColumns({ schema, environment, present, checks, profiled, distinct, examples }),
  ];
  return { typed, checks, profiled, data, broken, anomalies };
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

/** @param known the reference's profile, where it is known */
async function compare(
  { parameters }: ValidationJob,
  database: TabularDatabase,
  now: Looked,
  typed: TypedTable,
  known: DataProfile | null,
): Promise<Compared> {
  const { shift } = parameters;
  const reference = known ?? (await wholeProfile(database, typed, await profileTable(database, typed)));
  const rowCounts = rowCountAnomalies(now.data.rows, reference.rows, shift);
  if (now.data.rows === 0 || reference.rows === 0) return { reference, shifts: [], anomalies: rowCounts };
  const values = new Map(
    reference.columns.flatMap((column, index) => (column.values === null ? [] : [[index, column.values] as const])),
  );
  const shifts = await compareColumns(database, now, { typed, profiled: reference }, values);
  const least = shift?.minRows ?? DEFAULT_MIN_ROWS;
  const enough = (index: number) => [now.data, reference].every(({ columns }) => columns[index]!.present >= least);
  return { reference, shifts, anomalies: [...rowCounts, ...shiftAnomalies(shifts, typed.columns, shift, enough)] };
}

function viewsFor({ inputs }: ValidationJob): Views {
  const [data, ...joined] = viewsOf(inputs.data, inputs.join);
  const reference = inputs.reference.length > 0 ? viewsOf(inputs.reference, [])[0] : undefined;
  return { data: data!, reference, joined };
}
