import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { checkout } from "./checkout.ts";
import { stackOptions, upLines, withUpOptions } from "./commands/up.ts";
import { CliError, errorLines } from "./errors.ts";
import type { GlobalOptions } from "./settings.ts";
import { processIo } from "./terminal/io.ts";
import { type StepLog, stepLog } from "./terminal/steps.ts";
import { supervise } from "./up/supervise.ts";
import type { Stack } from "./up/stack.ts";

/** `npm start`: a local Clew, and an example in it. */

interface Example {
  runExample(options: { url: string; token: string; log: StepLog }): Promise<void>;
}

type StartFlags = Parameters<typeof stackOptions>[0] &
  GlobalOptions & { readonly once?: true; readonly example: string };

const io = processIo();
const log = stepLog(io);

async function runExample(name: string, { url, token }: Stack): Promise<boolean> {
  try {
    // Not part of this package, so that its path is no import that the compiler could follow.
    const file = join(checkout(), "examples", name, "run.ts");
    if (!existsSync(file)) throw new CliError(`there is no ${file}`);
    const example = (await import(pathToFileURL(file).href)) as Example;
    await example.runExample({ url, token, log });
    return true;
  } catch (error) {
    log.print(...errorLines(error));
    return false;
  }
}

async function start(flags: StartFlags): Promise<number> {
  const work = async (stack: Stack) => {
    const wentWell = await runExample(flags.example, stack);
    if (!flags.once) log.print(...upLines(stack, io.paint));
    return wentWell;
  };
  return supervise({ ...stackOptions(flags, flags), once: flags.once ?? false, work }, log);
}

const program = withUpOptions(new Command("npm start --"))
  .description("start a local Clew, train and evaluate a model of flight delays, and show its lineage")
  .option("--example <folder>", "what to do in it: a folder below examples/", "flights")
  .option("--data-dir <dir>", "the data folder (default: CLEW_DATA_DIR, else .clew/data)")
  .option("--once", "end after the example: status 0, or 1 where it failed")
  .action(async (flags: StartFlags) => {
    process.exitCode = await start(flags).catch((error: unknown) => {
      for (const line of errorLines(error)) io.err(line);
      return 1;
    });
  });
await program.parseAsync();
