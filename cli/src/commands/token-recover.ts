import { existsSync } from "node:fs";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { UsageError } from "../errors.ts";
import { run } from "../services/commands.ts";
import type { Io } from "../terminal/io.ts";
import { openFolder } from "../up/open-folder.ts";
import { serverProgram } from "../up/server-process.ts";
import type { StackOptions } from "../up/stack.ts";
import { Stops } from "../up/stops.ts";
import { sqlOption } from "./up.ts";

const TIMEOUT_MS = 120_000;

/** Needs the data folder, and no token: for who has lost the last one. */
export function recoverCommand(io: Io): Command {
  return new Command("recover")
    .description("make a new administrator's token in the data folder, with no server running on it")
    .addOption(sqlOption())
    .action(async ({ sql }: { sql: StackOptions["sql"] }, command: Command) => {
      const { settings, paint } = contextOf(io, command);
      const { dataDir } = settings;
      if (!existsSync(dataDir)) throw new UsageError(`there is no data folder ${dataDir}`);
      const stops = new Stops();
      try {
        const { file, args, env } = serverProgram();
        const where = { CLEW_DATA_DIR: dataDir, ...(await openFolder(dataDir, sql, stops)) };
        const said = await run(file, [...args, "admin-token"], {
          env: { ...env, ...where },
          timeoutMs: TIMEOUT_MS,
        });
        io.out(said.trim());
        io.err(
          paint("dim", "the earlier ones still work: `clew token ls`, then `clew token revoke` what is in wrong hands"),
        );
      } finally {
        await stops.stopAll((line) => io.err(`! ${line}`));
      }
    });
}
