import { typeOfId } from "@clew/schema";
import { Command } from "commander";
import { readRun, type RunNode } from "../await-run.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { compareRuns } from "../diff/compare-runs.ts";
import { comparisonLines } from "../diff/comparison-lines.ts";
import { UsageError } from "../errors.ts";
import { resolveNode } from "../resolve-node.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";

export function diffCommand(io: Io): Command {
  return new Command("diff")
    .description("show two runs side by side: what they were made of, with what, and what came out")
    .argument("<run>", "a run's id")
    .argument("<run>", "another one's")
    .option("--json", "as JSON")
    .action(async (one: string, other: string, options: { json?: true }, command: Command) => {
      const context = contextOf(io, command);
      const [first, second] = await Promise.all([one, other].map((text) => readNamed(context, text)));
      const compared = compareRuns(first!, second!);
      if (options.json) printJson(io, compared);
      else printLines(io, comparisonLines(compared, context.paint));
    });
}

async function readNamed({ client }: CliContext, text: string): Promise<RunNode> {
  const id = await resolveNode(client, text);
  if (typeOfId(id) !== "Run") throw new UsageError(`${text} is no run`);
  return readRun(client, id);
}
