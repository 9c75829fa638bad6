import type { SubmitRunInput } from "@clew/schema/graphql";
import { Command } from "commander";
import {
  collect,
  type Pair,
  parameterOption,
  parseInteger,
  parseOutput,
  parsePair,
  readParameters,
} from "../arguments.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { recordCode } from "../code-version.ts";
import { runLines } from "../show/show-run.ts";
import { awaitInStep, submitRun } from "../submit-run.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";
import { requireSuccess } from "./logs.ts";

interface RunFlags {
  readonly namespace: string;
  readonly pluginVersion?: string;
  readonly name?: string;
  readonly input?: Pair[];
  readonly param?: Pair[];
  readonly params?: string;
  readonly output?: Pair[];
  readonly seed?: number;
  readonly pool?: string;
  readonly endpoint?: string;
  readonly code?: string;
  readonly recordCode?: string;
  readonly requires?: string[];
  readonly key?: string;
  readonly wait?: true;
  readonly json?: true;
}

export function runCommand(io: Io): Command {
  return new Command("run")
    .description("queue a run of a plugin")
    .argument("<plugin>", "the plugin's name")
    .requiredOption("--namespace <namespace>", "where the run belongs")
    .option(
      "--input <role=key>",
      "a version to read: namespace/name@3, @latest or an id; may be repeated",
      collect(parsePair),
    )
    .option(
      "--output <role=namespace/name>",
      "what an output becomes a version of; may be repeated",
      collect(parseOutput),
    )
    .addOption(parameterOption())
    .option("--params <file>", "a JSON file of parameters")
    .option("--plugin-version <version>", "this version of the plugin (default: the newest that a runner offered)")
    .option("--name <name>", "the run's name (default: the plugin's)")
    .option(
      "--seed <n>",
      "the seed of its random numbers (default: chosen at random, and recorded)",
      parseInteger(0, 0xffff_ffff),
    )
    .option("--pool <pool>", "the runners' pool")
    .option("--endpoint <key>", "of a service: the endpoint that it serves or watches")
    .option("--code <id>", "the code version that the run stands for")
    .option(
      "--record-code <namespace/name>",
      "record the state of the current folder's code, and let the run stand for it",
    )
    .option("--requires <report>", "a report on an input that must have passed; may be repeated", collect(String))
    .option("--key <key>", "the same key and input again is the same run")
    .option("--wait", "wait until it ends; status 1 where it did not succeed")
    .option("--json", "as JSON")
    .action((plugin: string, flags: RunFlags, command: Command) => run(contextOf(io, command), plugin, flags));
}

async function run(context: CliContext, plugin: string, flags: RunFlags): Promise<void> {
  const { client, paint } = context;
  const id = await submitRun(client, { ...inputOf(plugin, flags), ...(await codeOf(context, flags)) }, flags.key);
  if (!flags.wait) {
    if (flags.json) return printJson(context, { id });
    context.out(id);
    return printLines(context, [paint("dim", `\`clew logs -f ${id}\` follows it`)]);
  }
  // With --json standard output is the program's: progress goes the other way.
  const log = stepLog(flags.json ? { ...context, out: context.err } : context);
  const ended = await awaitInStep(client, id, log.step(`${plugin} ${id}`));
  if (flags.json) printJson(context, ended);
  else printLines(context, runLines(ended, paint));
  requireSuccess(ended);
}

function inputOf(plugin: string, flags: RunFlags): SubmitRunInput {
  const { namespace, pluginVersion, name, seed, pool, endpoint, requires } = flags;
  return {
    plugin,
    namespace,
    parameters: readParameters(flags.params, flags.param ?? []),
    inputs: (flags.input ?? []).map(({ name: role, value: node }) => ({ role, node })),
    outputs: (flags.output ?? []).map(({ name: role, value: key }) => ({ role, key })),
    ...(pluginVersion === undefined ? {} : { pluginVersion }),
    ...(name === undefined ? {} : { name }),
    ...(seed === undefined ? {} : { seed }),
    ...(pool === undefined ? {} : { pool }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(requires === undefined ? {} : { requires }),
  };
}

async function codeOf({ client }: CliContext, { code, recordCode: key }: RunFlags): Promise<{ code?: string }> {
  if (code !== undefined) return { code };
  if (key === undefined) return {};
  const [namespace = "", ...rest] = key.split("/");
  return { code: (await recordCode(client, process.cwd(), { namespace, name: rest.join("/") })).id };
}
