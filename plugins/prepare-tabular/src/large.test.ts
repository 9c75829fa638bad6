import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TabularDatabase } from "@clew/plugin-tabular";
import { prepared } from "../test/prepared.ts";

const ROWS = 2_000_000;
/** Too little to deduplicate these rows, or to sort them, without the disk. */
const MEMORY_MIB = 96;

/** One row repeats a key. */
async function aLargeFile(): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), "prepare-large-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  using database = await TabularDatabase.open([], { writeDirs: [dir] });
  const file = join(dir, "rows.parquet");
  const rows = `SELECT i % ${ROWS - 1} AS id, md5(i::VARCHAR) AS token, i % 17 AS kind FROM range(${ROWS}) r(i)`;
  await database.connection.run(`COPY (${rows}) TO '${file}' (FORMAT parquet)`);
  return await readFile(file);
}

test("memory is bounded, whatever the number of rows", async () => {
  const parameters = {
    deduplicate: { by: ["id"], orderBy: [{ column: "token" }] },
    split: { by: "stratified", columns: ["kind"], key: ["id"], shares: { train: 0.8, test: 0.2 } },
  };
  const files = { "rows.parquet": await aLargeFile() };
  const { outputs, metrics } = await prepared(parameters, files, { memoryMiB: MEMORY_MIB });
  expect(metrics["duplicate_rows"]).toBe(1);
  expect(outputs.get("train")!.rows! + outputs.get("test")!.rows!).toBe(ROWS - 1);
}, 300_000);
