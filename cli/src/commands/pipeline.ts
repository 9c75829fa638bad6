import { AssetKeyText, parseKey } from "@clew/schema";
import { PublishPipelineVersionDocument, RerunPipelineDocument, StartPipelineDocument } from "@clew/schema/graphql";
import { Command, InvalidArgumentError } from "commander";
import { collect, type Pair, parameterOption, parseInteger, parsePair, readParameters } from "../arguments.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { readDefinition } from "../definition-file.ts";
import { followPipeline } from "../follow-pipeline.ts";
import { showRun } from "../show/show-run.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";
import { requireSuccess } from "./logs.ts";

interface FollowFlags {
  readonly key?: string;
  readonly wait?: true;
  readonly json?: true;
}

interface RunFlags extends FollowFlags {
  readonly input?: Pair[];
  readonly param?: Pair[];
  readonly params?: string;
  readonly seed?: number;
  readonly code?: string;
}

/** Orders of steps that are kept by version: publish them, run them, run a part of them again. */
export function pipelineCommand(io: Io): Command {
  const command = new Command("pipeline").description("publish pipelines, and run them in whole or in part");
  command
    .command("publish")
    .description("publish a definition as a version of a pipeline; the same again is the same version")
    .argument("<namespace/name>", "the pipeline; its first version makes it", parseAsset)
    .argument("<file>", "the definition, as YAML or JSON")
    .option("--json", "as JSON")
    .action((key: string, file: string, flags: FollowFlags, self: Command) =>
      publish(contextOf(io, self), key, file, flags),
    );
  const run = command
    .command("run")
    .description("start a run of a pipeline")
    .argument("<key|id>", "namespace/name@3, @latest or an id; the newest version where only the name is given")
    .option(
      "--input <role=key>",
      "a version to read: namespace/name@3, @latest or an id; may be repeated",
      collect(parsePair),
    )
    .addOption(parameterOption())
    .option("--params <file>", "a JSON file of parameters")
    .option("--seed <n>", "the seed of steps that state none (default: chosen at random)", parseInteger(0, 0xffff_ffff))
    .option("--code <id>", "the code version that its runs stand for")
    .action((key: string, flags: RunFlags, self: Command) => start(contextOf(io, self), key, flags));
  const rerun = command
    .command("rerun")
    .description("run a pipeline as before, and do only some steps again, and those after them")
    .argument("<run>", "the pipeline run whose other results are taken over")
    .requiredOption("--from <step>", "a step to be done again; may be repeated", collect(String))
    .action((id: string, flags: FollowFlags & { from: string[] }, self: Command) =>
      again(contextOf(io, self), id, flags),
    );
  for (const one of [run, rerun])
    one
      .option("--key <key>", "the same key and input again is the same run")
      .option("--wait", "show how its steps go until it ends; status 1 where it did not succeed")
      .option("--json", "as JSON");
  return command;
}

function parseAsset(text: string): string {
  if (!AssetKeyText.safeParse(text).success) throw new InvalidArgumentError("It must look like namespace/name.");
  return text;
}

async function publish(context: CliContext, key: string, file: string, { json }: FollowFlags): Promise<void> {
  const { namespace, name } = parseKey(key)!;
  const input = { namespace, name, definition: readDefinition(file) as never };
  const payload = (await context.client.request(PublishPipelineVersionDocument, { input })).publishPipelineVersion;
  const version = accepted(payload).pipelineVersion!;
  if (json) printJson(context, version);
  else context.out(version.key);
}

async function start(context: CliContext, key: string, flags: RunFlags): Promise<void> {
  const { seed, code } = flags;
  const input = {
    pipeline: parseKey(key)?.version === null ? `${key}@latest` : key,
    inputs: (flags.input ?? []).map(({ name: role, value: node }) => ({ role, node })),
    parameters: readParameters(flags.params, flags.param ?? []) as never,
    ...(seed === undefined ? {} : { seed }),
    ...(code === undefined ? {} : { code }),
  };
  const { startPipeline } = await context.client.request(StartPipelineDocument, { input, ...keyOf(flags) });
  await told(context, accepted(startPipeline).run!.id, key, flags);
}

async function again(context: CliContext, id: string, flags: FollowFlags & { from: string[] }): Promise<void> {
  const run = id.startsWith("Run:") ? id : `Run:${id}`;
  const input = { run, steps: flags.from };
  const { rerunPipeline } = await context.client.request(RerunPipelineDocument, { input, ...keyOf(flags) });
  await told(context, accepted(rerunPipeline).run!.id, `again ${flags.from.join(", ")}`, flags);
}

function keyOf({ key }: FollowFlags): { idempotencyKey?: string } {
  return key === undefined ? {} : { idempotencyKey: key };
}

async function told(context: CliContext, id: string, title: string, { wait, json }: FollowFlags): Promise<void> {
  const { paint } = context;
  if (!wait) {
    if (json) return printJson(context, { id });
    context.out(id);
    return printLines(context, [paint("dim", `\`clew show ${id}\` shows its steps`)]);
  }
  // With --json standard output is the program's: progress goes the other way.
  const log = stepLog(json ? { ...context, out: context.err } : context);
  const ended = await followPipeline(context, id, title, log);
  const { lines, value } = await showRun(context, id);
  if (json) printJson(context, value);
  else printLines(context, lines);
  requireSuccess(ended);
}
