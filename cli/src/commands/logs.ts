import { Command } from "commander";
import { awaitRun, readRun, runProgress, type RunNode } from "../await-run.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { followRun, isUnavailable } from "../follow-run.ts";
import { KeptEvents, type Said, Told } from "../kept-events.ts";
import { resolveNode } from "../resolve-node.ts";
import { paintedState } from "../show/painted-state.ts";
import { metric } from "../terminal/format.ts";
import type { Io } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

export function logsCommand(io: Io): Command {
  return new Command("logs")
    .description("print what a run has said and measured; with -f all that it says from then on, until it ends")
    .argument("<runId>", "the run's id")
    .option("-f, --follow", "go on until the run ends; status 1 where it did not succeed")
    .option("--json", "as JSON, a line for each thing that was said")
    .action(async (what: string, options: { follow?: true; json?: true }, command: Command) => {
      const context = contextOf(io, command);
      const id = await resolveNode(context.client, what);
      const teller = options.json ? jsonTeller(io) : textTeller(context);
      if (options.follow) return requireSuccess(await followToEnd(context, id, teller));
      const run = await readRun(context.client, id);
      for await (const said of new KeptEvents(context.client, id).more()) teller.said(said);
      teller.state(run);
    });
}

interface Teller {
  readonly said: (said: Said) => void;
  readonly state: (run: RunNode) => void;
}

function textTeller(context: CliContext): Teller {
  return {
    said: (said) => context.out(eventLine(said, context)),
    state: (run) => context.out(stateLine(run, context)),
  };
}

function jsonTeller({ out }: Io): Teller {
  const said = (one: Said) => out(JSON.stringify(one));
  const state = ({ state: now, failure, attempts }: RunNode) => {
    const attempt = attempts.at(-1)?.attempt ?? null;
    said({ at: new Date().toISOString(), attempt, n: null, event: { state: now, failure } });
  };
  return { said, state };
}

/** What is kept first, as NATS forgets sooner; then what follows, and what was on its way to where it is kept. */
async function followToEnd({ client }: CliContext, id: string, teller: Teller): Promise<RunNode> {
  const kept = new KeptEvents(client, id);
  const told = new Told();
  const tellKept = async () => {
    for await (const said of kept.more()) {
      told.add(said);
      teller.said(said);
    }
  };
  await tellKept();
  try {
    await followRun(client, id, (event) => {
      const { cursor: _, ...said } = event;
      if (!told.has(said)) teller.said(said);
    });
    return await readRun(client, id);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    // Where the server cannot follow runs: the state, and what is kept.
    return awaitRun(client, id, { onLook: tellKept, onChange: teller.state });
  }
}

/** @throws {CliError} unless the run succeeded. */
export function requireSuccess({ id, state, failure }: RunNode): void {
  if (state === "SUCCEEDED") return;
  const why = failure === null ? "" : `: ${clean(`${failure.type}: ${failure.message}`)}`;
  throw new CliError(`the run ${state.toLowerCase()}${why}`, { advice: `\`clew show ${id}\` tells more` });
}

function stateLine(run: RunNode, { paint }: CliContext): string {
  const { failure } = run;
  const why = failure === null ? runProgress(run).slice(run.state.length) : `: ${failure.type}: ${failure.message}`;
  return `${paintedState(run.state, paint)}${clean(why)}`;
}

function eventLine({ at, attempt, event }: Said, { paint }: CliContext): string {
  const again = (attempt ?? 1) > 1 ? ` attempt ${attempt}` : "";
  const time = `${paint("dim", at.slice(11, 23))}${again}`;
  if ("value" in event) return `${time}  ${clean(event.name)}[${event.step}]  ${metric(event.value)}`;
  if ("level" in event) return `${time}  ${event.level.padEnd(5)}  ${clean(event.message)}`;
  if ("fraction" in event) return `${time}  ${percent(event.fraction)}  ${clean(event.message)}`;
  const why = event.failure === null ? "" : `: ${clean(`${event.failure.type}: ${event.failure.message}`)}`;
  return `${time}  ${paintedState(event.state, paint)}${why}`;
}

function percent(fraction: number | null): string {
  return fraction === null ? "  …  " : `${Math.round(fraction * 100)} %`.padEnd(5);
}
