import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { startPostgres } from "@clew/cli/services";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { UsageError } from "../errors.ts";
import { runRestore } from "../restore-process.ts";
import { readToken } from "../settings.ts";
import { bytes, count, plural, time } from "../terminal/format.ts";
import type { Io } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";
import { lockFolder, type StackOptions } from "../up/stack.ts";
import { Stops } from "../up/stops.ts";
import { sqlOption } from "./up.ts";

interface ImportFlags {
  readonly sql: StackOptions["sql"];
  readonly key?: string;
  readonly newKey?: true;
}

export function importCommand(io: Io): Command {
  return new Command("import")
    .description("restore an archive of `clew export` into a new data folder, with no server running on it")
    .argument("<file>", "the archive")
    .addOption(sqlOption())
    .option(
      "--key <verifier key>",
      "the key noted earlier that the archive must be signed with (default: the data folder's checkpoint.key)",
    )
    .option("--new-key", "where checkpoint.key is lost: trust the key that the archive names, and sign with a new one")
    .action((file: string, flags: ImportFlags, command: Command) => importFrom(io, file, flags, command));
}

async function importFrom(io: Io, file: string, flags: ImportFlags, command: Command): Promise<void> {
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
  const { dataDir } = contextOf(io, command).settings;
  mkdirSync(dataDir, { recursive: true });
  const log = stepLog(io);
  const stops = new Stops();
  try {
    await lockFolder(dataDir, stops);
    const env = flags.sql === "postgres" ? await startSql(dataDir, stops) : {};
    const step = log.step("import");
    const restored = await runRestore(resolve(file), { dataDir, env, ...flags }, step);
    const { entries, artifacts, artifactBytes } = restored;
    step.done(`up to ledger entry ${count(entries)}, ${plural(artifacts, "artifact")} of ${bytes(artifactBytes)}`);
    log.print(`ledger ${restored.ledgerId} as of ${time(restored.createdAt)}, every hash and signature verified`);
    if (readToken(dataDir) === null)
      log.print(
        "its tokens work again: put admin.token into the data folder, or give one in CLEW_TOKEN, then `clew up`",
      );
  } finally {
    await stops.stopAll((line) => log.print(`! ${line}`));
  }
}

async function startSql(dataDir: string, stops: Stops): Promise<Record<string, string>> {
  const dir = join(dataDir, "postgres");
  mkdirSync(dir, { recursive: true });
  const postgres = await startPostgres({ dir });
  stops.add("postgres", () => postgres.stop());
  return { CLEW_POSTGRES_URL: postgres.url };
}
