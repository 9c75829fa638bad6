import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
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
  readonly creds?: string;
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
    .option("--creds <file>", "write the runner's NATS credentials here, for CLEW_NATS_CREDS")
    .option("--json", "as JSON")
    .action(async (name: string, { json, creds, ...scope }: EnrolFlags, self: Command) => {
      const { client, paint } = contextOf(io, self);
      const input = { name, ...scope };
      const { runner, secret, natsCredentials } = accepted(
        (await client.request(EnrolRunnerDocument, { input })).enrolRunner,
      );
      if (creds !== undefined && natsCredentials != null) writeFileSync(creds, natsCredentials, { mode: 0o600 });
      if (json) return printJson(io, { id: runner!.id, token: secret, natsCredentials });
      io.out(`CLEW_RUNNER_ID=${runner!.id}`);
      io.out(`CLEW_RUNNER_TOKEN=${secret}`);
      if (natsCredentials != null) io.out(creds === undefined ? natsCredentials : `CLEW_NATS_CREDS=${resolve(creds)}`);
      io.err(paint("dim", "set these where the runner starts; the token is not shown again"));
    });
  return command;
}
