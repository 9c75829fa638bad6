import { join } from "node:path";
import { open } from "node:fs/promises";
import { expect, test } from "vitest";
import { TabularDatabase } from "@clew/plugin-tabular";
import { aVersion } from "../../tabular/test/a-version.ts";
import { ranHere } from "../../tabular/test/in-process.ts";
import { aFolder } from "../test/validated.ts";
import { plugin } from "./plugin.ts";
import { validate } from "./validate.ts";

const ROWS = 3_200_000;
/** Less than the text, of 135 MB, and three of the buffers in which DuckDB reads CSV. */
const MEMORY_MIB = 112;

/** The report's metrics. */
async function metricsOf(file: string): Promise<object> {
  const data = { ...(await aVersion("tests/data@1", { "rows.csv": "" })), path: () => file };
  const bounded = { ...plugin, run: (job: Parameters<typeof validate>[0]) => validate(job, MEMORY_MIB) };
  const outputs = await ranHere(bounded, {}, { data: [data], reference: [], join: [] });
  return (outputs.get("report") as { metrics: object }).metrics;
}

test("memory is bounded, whatever the size of a CSV, though it has a broken row and is read twice", async () => {
  const file = join(await aFolder(), "rows.csv");
  using database = await TabularDatabase.open([], { writeDirs: [join(file, "..")] });
  const rows = `SELECT i % ${ROWS - 1} AS id, md5((i % ${ROWS - 1})::VARCHAR) AS token FROM range(${ROWS}) r(i)`;
  await database.connection.run(`COPY (${rows}) TO '${file}' (FORMAT csv)`);
  const end = await open(file, "a");
  await end.write("1,2,3\n");
  await end.close();
  expect(await metricsOf(file)).toMatchObject({ rows: ROWS, duplicate_rows: 1, broken_rows: 1 });
}, 300_000);
