import { Command } from "commander";
import { parseTime } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { resolveNode } from "../resolve-node.ts";
import { showNode } from "../show/show-node.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";

export function showCommand(io: Io): Command {
  return new Command("show")
    .description("show one thing: a dataset, a version, a model, a run, a report, a plugin, a runner")
    .argument("<key|id>", "namespace/name, namespace/name@3 or @alias, a plugin's or runner's name, or an id")
    .option("--as-of <time>", "what an alias named then: 2026-01-31 or 2026-01-31T12:00:00Z", parseTime)
    .option("--json", "as JSON")
    .action(async (what: string, options: { asOf?: string; json?: true }, command: Command) => {
      const context = contextOf(io, command);
      const time = options.asOf === undefined ? {} : { asOf: options.asOf };
      const { lines, value } = await showNode(context, await resolveNode(context.client, what, time));
      if (options.json) printJson(io, value);
      else printLines(io, lines);
    });
}
