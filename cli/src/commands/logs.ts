import { Command } from "commander";
import { type MetricPoint, awaitRun, readMetrics, readRun, runProgress, type RunNode } from "../await-run.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { followRun, isUnavailable, type RunEvent } from "../follow-run.ts";
import { resolveNode } from "../resolve-node.ts";
import { paintedState } from "../show/show-run.ts";
import { metric } from "../terminal/format.ts";
import { type Io, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

export function logsCommand(io: Io): Command {
  return new Command("logs")
    .description("print what a run has measured; with -f all that it says, until it ends")
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
  requireSuccess(await followToEnd(context, id));
}

async function followToEnd(context: CliContext, id: string): Promise<RunNode> {
  try {
    await followRun(context.client, id, (event) => context.out(eventLine(event, context)));
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return poll(context, id);
  }
  return readRun(context.client, id);
}

/** Where the server cannot follow runs: the state and the points that are kept. */
function poll(context: CliContext, id: string): Promise<RunNode> {
  return awaitRun(context.client, id, {
    onMetrics: (points) =>
      printLines(
        context,
        points.map((point) => metricLine(point, context)),
      ),
    onChange: (now) => context.out(stateLine(now, context)),
  });
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

function eventLine({ at, attempt, event }: RunEvent, context: CliContext): string {
  const { paint } = context;
  if ("value" in event) return metricLine({ ...event, at, attempt: attempt ?? 1, n: 0 }, context);
  const time = paint("dim", at.slice(11, 23));
  if ("level" in event) return `${time}  ${event.level.padEnd(5)}  ${clean(event.message)}`;
  if ("fraction" in event) return `${time}  ${percent(event.fraction)}  ${clean(event.message)}`;
  const again = (attempt ?? 1) > 1 ? `, attempt ${attempt}` : "";
  const why = event.failure === null ? "" : `: ${clean(`${event.failure.type}: ${event.failure.message}`)}`;
  return `${time}  ${paintedState(event.state, paint)}${again}${why}`;
}

function percent(fraction: number | null): string {
  return fraction === null ? "  …  " : `${Math.round(fraction * 100)} %`.padEnd(5);
}
