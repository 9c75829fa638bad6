import { Command } from "commander";
import { type MetricPoint, awaitRun, readMetrics, readRun, runProgress, type RunNode } from "../await-run.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { resolveNode } from "../resolve-node.ts";
import { paintedState } from "../show/show-run.ts";
import { metric } from "../terminal/format.ts";
import { type Io, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

export function logsCommand(io: Io): Command {
  return new Command("logs")
    .description("print what a run has measured; with -f until it ends")
    .argument("<runId>", "the run's id")
    .option("-f, --follow", "go on until the run ends; status 1 where it did not succeed")
    .action(async (what: string, options: { follow?: true }, command: Command) => {
      const context = contextOf(io, command);
      const id = await resolveNode(context.client, what);
      if (options.follow) return follow(context, id);
      const run = await readRun(context.client, id);
      printLines(
        io,
        (await readMetrics(context.client, id)).map((point) => metricLine(point, context)),
      );
      io.out(stateLine(run, context));
    });
}

async function follow(context: CliContext, id: string): Promise<void> {
  const run = await awaitRun(context.client, id, {
    onMetrics: (points) =>
      printLines(
        context,
        points.map((point) => metricLine(point, context)),
      ),
    onChange: (now) => context.out(stateLine(now, context)),
  });
  requireSuccess(run);
}

/** @throws {CliError} unless the run succeeded. */
export function requireSuccess({ id, state, failure }: RunNode): void {
  if (state === "SUCCEEDED") return;
  const why = failure === null ? "" : `: ${clean(`${failure.type}: ${failure.message}`)}`;
  throw new CliError(`the run ${state.toLowerCase()}${why}`, { advice: `\`clew show ${id}\` tells more` });
}

function metricLine({ at, name, step, value, attempt }: MetricPoint, { paint }: CliContext): string {
  const again = attempt > 1 ? ` attempt ${attempt}` : "";
  return `${paint("dim", at.slice(11, 23))}${again}  ${clean(name)}[${step}]  ${metric(value)}`;
}

function stateLine(run: RunNode, { paint }: CliContext): string {
  const { failure } = run;
  const why = failure === null ? runProgress(run).slice(run.state.length) : `: ${failure.type}: ${failure.message}`;
  return `${paintedState(run.state, paint)}${clean(why)}`;
}
