import { Command } from "commander";
import { parseInteger, parseTime } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { resolveNode } from "../resolve-node.ts";
import { showHistory } from "../show/show-history.ts";
import { showNode } from "../show/show-node.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";

interface ShowFlags {
  readonly asOf?: string;
  readonly knownAt?: number;
  readonly history?: true;
  readonly first: number;
  readonly json?: true;
}

export function showCommand(io: Io): Command {
  return new Command("show")
    .description(
      "show one thing: a dataset, a version, a model, a run, a report, an endpoint, a deployment, a decision, an alert, a plugin, a runner",
    )
    .argument("<key|id>", "namespace/name, namespace/name@3 or @alias, a plugin's or runner's name, or an id")
    .option("--as-of <time>", "what an alias named then: 2026-01-31 or 2026-01-31T12:00:00Z", parseTime)
    .option("--known-at <entry>", "what an alias named, as it was known after this ledger entry", parseInteger(0))
    .option("--history", "who changed what of it, and when, newest first")
    .option("--first <n>", "of its history at most so many changes", parseInteger(1, 100_000), 50)
    .option("--json", "as JSON")
    .action(async (what: string, { asOf, knownAt, history, first, json }: ShowFlags, command: Command) => {
      const context = contextOf(io, command);
      const id = await resolveNode(context.client, what, {
        ...(asOf === undefined ? {} : { asOf }),
        ...(knownAt === undefined ? {} : { knownAt }),
      });
      const { lines, value } = history ? await showHistory(context, id, first) : await showNode(context, id);
      if (json) printJson(io, value);
      else printLines(io, lines);
    });
}
