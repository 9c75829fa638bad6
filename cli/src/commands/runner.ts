import { EnrolRunnerDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { parseList } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { type Io, printJson } from "../terminal/io.ts";

interface EnrolFlags {
  readonly plugins?: string[];
  readonly namespaces?: string[];
  readonly pools?: string[];
  readonly json?: true;
}

export function runnerCommand(io: Io): Command {
  const command = new Command("runner").description("let runners take jobs (for administrators)");
  command
    .command("enrol")
    .description("enrol a runner, or change what an enrolled one may do; its token is shown once")
    .argument("<name>", "the runner's name")
    .option("--plugins <names>", "plugins that it may run, with commas (default: all)", parseList)
    .option("--namespaces <names>", "namespaces that it may run them in (default: all)", parseList)
    .option("--pools <names>", "pools that it takes jobs from (default: default)", parseList)
    .option("--json", "as JSON")
    .action(async (name: string, { json, ...scope }: EnrolFlags, self: Command) => {
      const { client, paint } = contextOf(io, self);
      const input = { name, ...scope };
      const { runner, secret } = accepted((await client.request(EnrolRunnerDocument, { input })).enrolRunner);
      if (json) return printJson(io, { id: runner!.id, token: secret });
      io.out(`CLEW_RUNNER_ID=${runner!.id}`);
      io.out(`CLEW_RUNNER_TOKEN=${secret}`);
      io.err(paint("dim", "set these where the runner starts; the token is not shown again"));
    });
  return command;
}
