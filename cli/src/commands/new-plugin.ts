import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { RunType } from "@clew/schema";
import { type OutsidePackages, type PluginLanguage, scaffoldPlugin } from "@clew/plugin-sdk/host";
import { Command, Option } from "commander";
import { z } from "zod";
import { findCheckout } from "../checkout.ts";
import { UsageError } from "../errors.ts";
import { type Io, printLines } from "../terminal/io.ts";

/** Of the checkout's own tools, what a plugin's test and its editor want. */
const DEVELOPING = new Set(["@types/node", "typescript", "vitest"]);
const PackageFile = z.object({ devDependencies: z.record(z.string(), z.string()) });

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
  const outside = outsidePackages(resolve(dir));
  const options = {
    name,
    language,
    runType,
    ...(description === undefined ? {} : { description }),
    ...(outside === null ? {} : { outside }),
  };
  const written = await scaffoldPlugin(dir, options).catch((error: unknown) => {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  });
  printLines(
    io,
    written.map((file) => `${io.paint("green", "+")} ${join(dir, file)}`),
  );
  printLines(io, ["", ...nextSteps(dir, language, outside !== null)]);
}

/** What a folder that is no workspace of the checkout needs to find its packages; null for one that is. */
export function outsidePackages(dir: string): OutsidePackages | null {
  const root = findCheckout();
  if (root === null) return { sdk: "*", devDependencies: {} };
  if (dirname(realPath(dir)) === join(root, "plugins")) return null;
  const { devDependencies } = PackageFile.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const wanted = Object.entries(devDependencies).filter(([name]) => DEVELOPING.has(name));
  return { sdk: `file:${join(root, "plugins", "sdk")}`, devDependencies: Object.fromEntries(wanted) };
}

/** Where a folder lies that may not be there yet. */
function realPath(dir: string): string {
  return existsSync(dir) ? realpathSync(dir) : join(realPath(dirname(dir)), basename(dir));
}

function nextSteps(dir: string, language: PluginLanguage, isOutside: boolean): string[] {
  const inCheckout = isOutside && findCheckout() !== null ? ", both in the checkout of Clew" : "";
  const shown = isOutside ? resolve(dir) : dir;
  const install =
    language === "node"
      ? [
          `First run \`npm install\` in ${isOutside ? `${shown}, which links the SDK of this checkout` : "the checkout"}.`,
        ]
      : [];
  return [
    ...install,
    `Check it with \`npx clew-plugin-test ${shown}\`, and try it with \`npx clew plugin run ${shown} --input data=<file.csv> --param column=<name>\`${inCheckout}.`,
    `A runner hosts it where its CLEW_PLUGIN_DIRS names ${isOutside ? shown : "this folder or the one above it"}.`,
  ];
}
