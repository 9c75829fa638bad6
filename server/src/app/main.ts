import pino from "pino";
import { type Config, readConfig } from "../config/config.ts";
import { adminTokenCommand } from "./admin-token-command.ts";
import { rebuildRecordsCommand } from "./rebuild-records-command.ts";
import { restoreCommand } from "./restore-command.ts";
import { startServer } from "./start-server.ts";

async function serve(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel, base: { service: "clew-server" } });
  const running = await startServer(config, log);
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void running.stop().then(() => process.exit(0));
    });
  }
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined) await serve(readConfig());
else if (command === "restore") process.exitCode = await restoreCommand(readConfig(), args);
else if (command === "admin-token") await adminTokenCommand(readConfig());
else if (command === "rebuild-records") await rebuildRecordsCommand(readConfig());
else {
  throw new Error(
    `there is no command ${command}: without one the server starts, restore <file> restores a backup, admin-token makes an administrator's token, rebuild-records makes the tables that follow from the ledger again`,
  );
}
