import { Command, CommanderError } from "commander";
import { alertCommand } from "./commands/alert.ts";
import { aliasCommand } from "./commands/alias.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { deadCommand } from "./commands/dead.ts";
import { decideCommand } from "./commands/decide.ts";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { downloadCommand } from "./commands/download.ts";
import { endpointCommand } from "./commands/endpoint.ts";
import { eraseCommand } from "./commands/erase.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { inventoryCommand } from "./commands/inventory.ts";
import { labelsCommand } from "./commands/labels.ts";
import { logsCommand } from "./commands/logs.ts";
import { lsCommand } from "./commands/ls.ts";
import { newCommand } from "./commands/new-plugin.ts";
import { pipelineCommand } from "./commands/pipeline.ts";
import { pluginCommand } from "./commands/plugin.ts";
import { publishCommand } from "./commands/publish.ts";
import { rebuildCommand } from "./commands/rebuild.ts";
import { runCommand } from "./commands/run.ts";
import { runnerCommand } from "./commands/runner.ts";
import { showCommand } from "./commands/show.ts";
import { tagCommand } from "./commands/tag.ts";
import { tokenCommand } from "./commands/token.ts";
import { traceCommand } from "./commands/trace.ts";
import { triggerCommand } from "./commands/trigger.ts";
import { upCommand } from "./commands/up.ts";
import { useCaseCommand } from "./commands/use-case.ts";
import { verifyCommand } from "./commands/verify.ts";
import { webhookCommand } from "./commands/webhook.ts";
import { errorLines, CliError } from "./errors.ts";
import { DEFAULT_URL } from "./settings.ts";
import type { Io } from "./terminal/io.ts";

const USAGE_STATUS = 2;

function buildProgram(io: Io): Command {
  const program = new Command("clew")
    .description("the lineage of machine learning, from the command line")
    .option("--url <url>", `the server (default: CLEW_URL, else ${DEFAULT_URL})`)
    .option("--token <token>", "an API token (default: CLEW_TOKEN, else the data folder's admin.token)")
    .option("--data-dir <dir>", "the data folder (default: CLEW_DATA_DIR, else .clew/data)")
    .showSuggestionAfterError();
  const commands = [
    upCommand(io),
    lsCommand(io),
    showCommand(io),
    diffCommand(io),
    traceCommand(io),
    publishCommand(io),
    downloadCommand(io),
    aliasCommand(io),
    tagCommand(io),
    decideCommand(io),
    endpointCommand(io),
    useCaseCommand(io),
    inventoryCommand(io),
    alertCommand(io),
    labelsCommand(io),
    runCommand(io),
    pipelineCommand(io),
    cancelCommand(io),
    logsCommand(io),
    pluginCommand(io),
    newCommand(io),
    tokenCommand(io),
    runnerCommand(io),
    triggerCommand(io),
    webhookCommand(io),
    deadCommand(io),
    verifyCommand(io),
    rebuildCommand(io),
    exportCommand(io),
    importCommand(io),
    eraseCommand(io),
    doctorCommand(io),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands.flatMap((one) => [one, ...one.commands])]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  }
  return program;
}

/** Runs one command line and answers its exit status: 0, 1 where it failed, 2 where the line itself is wrong. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    await buildProgram(io).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    // Commander has told of its errors already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_STATUS;
    for (const line of errorLines(error)) io.err(line);
    return error instanceof CliError ? error.exitCode : 1;
  }
}
