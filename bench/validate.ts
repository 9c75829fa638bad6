/**
 * Validating a million rows of thirty columns (Parquet): by a schema that is given, and by one that is inferred from them first. Each is a
 * whole job: a process of its own, the profile, every rule on every row, duplicates, values. The limits are DuckDB's own SUMMARIZE of the
 * same file, and a bare read of all its columns. The same rows as CSV (285 MB), and half of them, show whether memory depends on how many
 * there are.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashFile, loadManifest, runJob } from "../plugins/sdk/src/host/index.ts";
import { TabularDatabase } from "../plugins/tabular/src/index.ts";
import { type BenchOptions, type Figure, type Measured, median } from "./support/figures.ts";
import { round } from "./support/load.ts";
import { inFolder } from "./support/services.ts";

const PLUGIN_DIR = fileURLToPath(new URL("../plugins/validate-tabular", import.meta.url));
const INPUT = "in";
const FILES = { parquet: "rows.parquet", csv: "half.csv", longCsv: "rows.csv" } as const;
/** Distinct values of the text columns. */
const TEXTS = [5, 20, 50, 100, 1_000, 100_000, 1_000_000];

interface Job {
  readonly seconds: number;
  readonly peakMiB: number;
}
interface Jobs {
  readonly inferred: readonly Job[];
  readonly given: readonly Job[];
  readonly csv: Job;
  readonly longCsv: Job;
}
/** Seconds. */
interface Limits {
  readonly summarize: readonly number[];
  readonly read: readonly number[];
}

export async function benchValidate({ quick }: BenchOptions): Promise<Measured> {
  const rows = quick ? 10_000 : 1_000_000;
  const repeats = quick ? 1 : 3;
  return inFolder("validate", async (dir) => {
    const limits = await prepare(dir, rows, repeats);
    const jobs = await validateAll(dir, repeats);
    return { figures: figuresOf(limits, jobs), detail: { rows, limits, jobs } };
  });
}

/** Writes the files, and measures what DuckDB itself takes for the Parquet. */
async function prepare(dir: string, rows: number, repeats: number): Promise<Limits> {
  await mkdir(join(dir, INPUT));
  const file = (name: string) => `'${join(dir, INPUT, name)}'`;
  using database = await TabularDatabase.open([], { threads: 2, writeDirs: [dir] });
  const run = async (sql: string) => {
    const startedAt = performance.now();
    await database.connection.runAndReadAll(sql);
    return round((performance.now() - startedAt) / 1000);
  };
  await run("SELECT setseed(0.5)");
  await run(`COPY (${rowsSql(rows)}) TO ${file(FILES.parquet)} (FORMAT parquet)`);
  const once = `SELECT * FROM read_parquet(${file(FILES.parquet)})`;
  await run(`COPY (${once} LIMIT ${rows / 2}) TO ${file(FILES.csv)} (FORMAT csv)`);
  await run(`COPY (${once}) TO ${file(FILES.longCsv)} (FORMAT csv)`);
  const summarize: number[] = [];
  const read: number[] = [];
  for (let n = 0; n < repeats; n++) {
    summarize.push(await run(`SUMMARIZE ${once}`));
    read.push(await run(`SELECT max(COLUMNS(*)) FROM (${once})`));
  }
  return { summarize, read };
}

/** Ten whole numbers, ten others with gaps, seven texts, a boolean, a date, a time. */
function rowsSql(rows: number): string {
  const columns = [
    ...Array.from({ length: 10 }, (_, n) => `CAST(floor(random() * ${10 ** ((n % 6) + 1)}) AS BIGINT) AS i${n}`),
    ...Array.from({ length: 10 }, (_, n) => `CASE WHEN random() >= 0.05 THEN random() * ${n + 1} * 100 END AS f${n}`),
    ...TEXTS.map((values, n) => `'v' || CAST(floor(random() * ${values}) AS INT) AS s${n}`),
    "random() < 0.3 AS b",
    "DATE '2020-01-01' + CAST(floor(random() * 1000) AS INT) AS d",
    "TIMESTAMP '2020-01-01' + INTERVAL (range) SECOND AS t",
  ];
  return `SELECT ${columns.join(", ")} FROM range(${rows})`;
}

async function validateAll(dir: string, repeats: number): Promise<Jobs> {
  const inferred: Job[] = [];
  const given: Job[] = [];
  for (let n = 0; n < repeats; n++) {
    inferred.push(await validate(dir, `inferred-${n}`, FILES.parquet, {}));
    const schema = JSON.parse(await readFile(join(dir, `inferred-${n}`, "report", "schema.json"), "utf8")) as unknown;
    given.push(await validate(dir, `given-${n}`, FILES.parquet, { schema }));
  }
  const csv = await validate(dir, "csv", FILES.csv, {});
  return { inferred, given, csv, longCsv: await validate(dir, "long-csv", FILES.longCsv, {}) };
}

/** One job; the schema that it infers or is given must pass. */
async function validate(dir: string, name: string, file: string, parameters: Record<string, unknown>): Promise<Job> {
  const outputDir = join(dir, name);
  await mkdir(outputDir);
  const { digest, sizeBytes } = await hashFile(join(dir, INPUT, file));
  const data = {
    id: "DatasetVersion:bench",
    key: "bench/rows@1",
    type: "DatasetVersion" as const,
    digest,
    dir: INPUT,
    files: [{ path: file, sizeBytes, digest }],
    schema: [],
    signature: null,
  };
  const manifest = await loadManifest(PLUGIN_DIR);
  const startedAt = performance.now();
  const outcome = await runJob({
    pluginDir: PLUGIN_DIR,
    manifest,
    inputDir: dir,
    outputDir,
    parameters,
    inputs: { data: [data] },
    seed: 1,
    runId: name,
    attempt: 1,
  });
  const seconds = round((performance.now() - startedAt) / 1000);
  const report = outcome.outputs[0]?.output;
  if (report?.nodeType !== "Report" || report.verdict !== "PASS") throw new Error(JSON.stringify(outcome));
  return { seconds, peakMiB: Math.round(outcome.peakRssBytes / 2 ** 20) };
}

function figuresOf({ summarize, read }: Limits, { inferred, given, csv, longCsv }: Jobs): Figure[] {
  const seconds = (jobs: readonly Job[]) => median(jobs.map((job) => job.seconds));
  const limit = { what: "SUMMARIZE of the same file", value: median(summarize) };
  return [
    { work: "validation by a given schema", value: seconds(given), unit: "s", limit, mark: { atMost: 3 } },
    { work: "profile, inference and validation", value: seconds(inferred), unit: "s", limit, mark: { atMost: 3 } },
    {
      work: "the same, beside a bare read",
      value: seconds(inferred),
      unit: "s",
      limit: { what: "a read of all columns", value: median(read) },
    },
    {
      work: "peak memory of the job",
      value: Math.max(...[...inferred, ...given].map(({ peakMiB }) => peakMiB)),
      unit: "MiB",
      mark: { atMost: 1024 },
    },
    {
      work: "peak memory, CSV of 285 MB",
      value: longCsv.peakMiB,
      unit: "MiB",
      limit: { what: "half of it", value: csv.peakMiB },
      mark: { atMost: 1.3, times: true },
    },
  ];
}
