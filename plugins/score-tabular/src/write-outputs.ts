import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { columnSources, quoteText, type TabularDatabase } from "@clew/plugin-tabular";
import { lineageOf } from "./columns.ts";
import { type DescribedRows, describeRows } from "./describe-rows.ts";
import type { ScoringJob } from "./job-types.ts";
import { partsDir, type Plan, type Role, WHY } from "./score-pieces.ts";

const FILE = "rows.parquet";

/** Makes one file of the pieces' parts, and states what it holds. */
export async function writeOutputs(
  job: ScoringJob,
  database: TabularDatabase,
  plan: Plan,
): Promise<Record<string, number>> {
  const scored = await writeFile(job, database, plan, "predictions");
  const kept = plan.kept.map((at) => plan.columns[at]!.name);
  const { columnLineage, untold } = await lineageOf(database, plan.sql, kept, plan.model, plan.input.key);
  if (untold.length > 0)
    job.log.warn(`where ${untold.join(", ")} come from cannot be read off the sql: their lineage is not stated`);
  job.output("predictions", { dir: "predictions", ...scored, columnLineage });
  const rejected = Number(await database.one(`SELECT count(*) FROM ${partsOf(plan, "rejected")}`));
  for (const reason of await commonest(database, partsOf(plan, "rejected"))) job.log.warn(reason);
  if (rejected > 0 && job.parameters.setAside) await writeRejected(job, database, plan);
  return { rows: scored.rows, rejected };
}

async function writeRejected(job: ScoringJob, database: TabularDatabase, plan: Plan): Promise<void> {
  const { sql, columns } = plan;
  const described = await writeFile(job, database, plan, "rejected");
  const names = columns.map(({ name }) => name);
  const columnLineage = [...(await columnSources(database, sql, names)).values()];
  job.output("rejected", { dir: "rejected", ...described, columnLineage });
}

async function commonest({ connection }: TabularDatabase, parts: string): Promise<string[]> {
  const line = `left(count(*) || ' rows were not scored: ' || ${WHY}, 1000)`;
  const sql = `SELECT ${line} FROM ${parts} GROUP BY ${WHY} ORDER BY count(*) DESC, ${WHY} LIMIT 10`;
  return (await connection.runAndReadAll(sql)).getRowsJson().map(([text]) => text as string);
}

/** In the order of their names, which is the rows' own. */
function partsOf(plan: Plan, role: Role): string {
  return `read_parquet(${quoteText(join(partsDir(plan, role), "*.parquet"))})`;
}

async function writeFile(
  { outputDir }: ScoringJob,
  database: TabularDatabase,
  plan: Plan,
  role: Role,
): Promise<DescribedRows> {
  const dir = join(outputDir, role);
  await mkdir(dir);
  const path = quoteText(join(dir, FILE));
  await database.connection.run(`COPY (FROM ${partsOf(plan, role)}) TO ${path} (FORMAT parquet, COMPRESSION zstd)`);
  const source = `read_parquet(${path})`;
  return await describeRows(database, source, await database.describeQuery(`SELECT * FROM ${source}`));
}
