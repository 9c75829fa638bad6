import { basename, join, resolve } from "node:path";
import { RunType } from "@clew/schema";
import { type PluginLanguage, scaffoldPlugin } from "@clew/plugin-sdk/host";
import { Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import { type Io, printLines } from "../terminal/io.ts";

interface NewPluginFlags {
  readonly name?: string;
  readonly language: PluginLanguage;
  readonly runType: RunType;
  readonly description?: string;
}

export function newCommand(io: Io): Command {
  const command = new Command("new").description("begin something new");
  command
    .command("plugin")
    .description("write a plugin that works as it is, to begin from")
    .argument("<dir>", "its folder, new or empty")
    .option("--name <name>", "the plugin's name (default: the folder's)")
    .addOption(
      new Option("--language <language>", "what it is written in")
        .choices(["node", "python", "command"])
        .default("node"),
    )
    .addOption(new Option("--run-type <type>", "what it does").choices(RunType.options).default("TRAINING"))
    .option("--description <text>", "what it does, in one sentence")
    .action((dir: string, flags: NewPluginFlags) => newPlugin(io, dir, flags));
  return command;
}

async function newPlugin(io: Io, dir: string, flags: NewPluginFlags): Promise<void> {
  const { name = basename(resolve(dir)), language, runType, description } = flags;
  const options = { name, language, runType, ...(description === undefined ? {} : { description }) };
  const written = await scaffoldPlugin(dir, options).catch((error: unknown) => {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  });
  printLines(
    io,
    written.map((file) => `${io.paint("green", "+")} ${join(dir, file)}`),
  );
  io.out("");
  io.out(
    `Check it with \`npx clew-plugin-test ${dir}\`, and try it with \`clew plugin run ${dir} --input <role>=<path>\`.`,
  );
}
