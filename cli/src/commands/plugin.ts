import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type JobOutcome, loadManifest } from "@clew/plugin-sdk/host";
import { type JobMessage, type JobOutput, fromMetricValue } from "@clew/schema";
import { Command } from "commander";
import { z } from "zod";
import { collect, type Pair, parameterOption, parseInteger, parsePair, readParameters } from "../arguments.ts";
import { CliError, UsageError } from "../errors.ts";
import { runLocalJob } from "../local-job.ts";
import { anomalyTable, outcomeTable } from "../show/report-parts.ts";
import { table } from "../terminal/columns.ts";
import { bytes, metric } from "../terminal/format.ts";
import { type Io, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

interface PluginRunFlags {
  readonly input?: Pair[];
  readonly params?: string;
  readonly param?: Pair[];
  readonly out: string;
  readonly seed: number;
}

export function pluginCommand(io: Io): Command {
  const command = new Command("plugin").description("work on a plugin");
  command
    .command("run")
    .description("run one job of a plugin on this machine, without a server")
    .argument("<dir>", "the plugin's folder")
    .option("--input <role=path>", "a file or folder in the place of a version; may be repeated", collect(parsePair))
    .option("--params <file>", "a JSON file of parameters")
    .addOption(parameterOption())
    .option("--out <dir>", "where its outputs go: a new or empty folder", "clew-output")
    .option("--seed <n>", "the seed of its random numbers", parseInteger(0, 0xffff_ffff), 1)
    .action((dir: string, flags: PluginRunFlags) => pluginRun(io, dir, flags));
  return command;
}

async function pluginRun(io: Io, dir: string, flags: PluginRunFlags): Promise<void> {
  const manifest = await loadManifest(dir).catch((error: unknown) => {
    throw new UsageError((error as Error).message, { cause: error });
  });
  const outputDir = resolve(flags.out);
  if (existsSync(outputDir) && readdirSync(outputDir).length > 0)
    throw new UsageError(`${flags.out} is not empty; name another folder with --out`);
  const stop = new AbortController();
  const cancel = () => stop.abort(new Error("stopped by the developer"));
  process.once("SIGINT", cancel);
  try {
    const outcome = await runLocalJob({
      pluginDir: resolve(dir),
      manifest,
      parameters: readParameters(flags.params, flags.param ?? []),
      inputs: flags.input ?? [],
      outputDir,
      seed: flags.seed,
      signal: stop.signal,
      onMessage: (message) => printLines(io, messageLines(message, io)),
    });
    report(outcome, flags.out, io);
  } finally {
    process.off("SIGINT", cancel);
  }
}

/** What a job says, as it says it. */
export function messageLines(message: JobMessage, { paint }: Pick<Io, "paint">): string[] {
  switch (message.type) {
    case "progress": {
      const share = message.fraction === null ? "" : `${Math.round(message.fraction * 100)} % `.padStart(6);
      return [paint("dim", `${share}${clean(message.message)}`)];
    }
    case "metric":
      return [`${clean(message.name)}[${message.step}]  ${metric(fromMetricValue(message.value))}`];
    case "log":
      return [`${paint(message.level === "error" ? "red" : "dim", message.level)}  ${clean(message.message)}`];
    default:
      return [];
  }
}

/** What a model version is written in; what a report says, its verdict first of all. */
function kindOf(output: JobOutput): string {
  if (output.nodeType === "ModelVersion") return `, ${output.format}`;
  if (output.nodeType === "Report") return `, ${[output.reportType, output.verdict ?? []].flat().join(" ")}`;
  return "";
}

function report(outcome: JobOutcome, out: string, io: Io): void {
  const { paint } = io;
  if (outcome.outcome === "failure") {
    const { type, message, details } = outcome.failure;
    const tail = z.array(z.string()).safeParse(details?.["stderr"]).data ?? [];
    const said =
      tail.length === 0 ? "" : `; its standard error ends\n${tail.map((line) => `  ${clean(line)}`).join("\n")}`;
    throw new CliError(`the job failed: ${type}: ${clean(message)}${said}`);
  }
  for (const { role, output, files } of outcome.outputs) {
    io.out("");
    io.out(`${paint("green", "✓")} ${role}: ${output.nodeType}${kindOf(output)}`);
    const metrics = "metrics" in output ? Object.entries(output.metrics) : [];
    const rows = metrics.map(([name, value]) => [clean(name), metric(fromMetricValue(value))]);
    if (rows.length > 0) printLines(io, table([{ title: "metric" }, { title: "value", align: "right" }], rows, paint));
    if (output.nodeType === "Report") {
      printLines(io, outcomeTable(output.rules, paint));
      printLines(io, anomalyTable(output.anomalies, paint));
    }
    const folder = output.dir ?? "";
    printLines(
      io,
      files.map(({ path, sizeBytes }) => `${join(out, folder, path)}  ${paint("dim", bytes(sizeBytes))}`),
    );
  }
  if (outcome.peakRssBytes > 0) io.out(paint("dim", `peak memory ${bytes(outcome.peakRssBytes)}`));
}
