import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "@clew/plugin-sdk";
import { type DatabaseOptions, TabularDatabase } from "./tabular-database.ts";
import type { View } from "./tabular-inputs.ts";

/** In the output folder, since a job may write nowhere else; only what is stated as an output is kept of it. */
const SCRATCH_DIR = ".scratch";

/**
 * Works in a database that spills to disk and may write to the job's output folder, and is interrupted when the job is cancelled.
 * @param work gets the database and a folder that goes with it
 */
export async function inScratchDatabase<T>(
  { outputDir, signal }: Pick<Job, "outputDir" | "signal">,
  views: readonly View[],
  options: Omit<DatabaseOptions, "spillDir" | "writeDirs">,
  work: (database: TabularDatabase, scratchDir: string) => Promise<T>,
): Promise<T> {
  const scratchDir = join(outputDir, SCRATCH_DIR);
  await mkdir(scratchDir);
  try {
    const database = await TabularDatabase.open(views, { ...options, spillDir: scratchDir, writeDirs: [outputDir] });
    const interrupt = () => database.connection.interrupt();
    signal.addEventListener("abort", interrupt);
    try {
      // It may have been cancelled before anybody listened.
      signal.throwIfAborted();
      return await work(database, scratchDir);
    } catch (error) {
      // What was interrupted fails in some way of its own.
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", interrupt);
      database[Symbol.dispose]();
    }
  } finally {
    await rm(scratchDir, { recursive: true });
  }
}
