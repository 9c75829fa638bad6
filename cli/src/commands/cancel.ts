import { CancelRunDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { resolveNode } from "../resolve-node.ts";
import type { Io } from "../terminal/io.ts";

export function cancelCommand(io: Io): Command {
  return new Command("cancel")
    .description("end a run that waits or works: a job, a service, or a pipeline with all its steps")
    .argument("<run>", "its id")
    .option("--reason <text>", "why; it is recorded")
    .action(async (what: string, flags: { readonly reason?: string }, self: Command) => {
      const { client } = contextOf(io, self);
      const input = { ...flags, run: await resolveNode(client, what) };
      const { run } = accepted((await client.request(CancelRunDocument, { input })).cancelRun);
      io.out(`${run!.id} is ${run!.state}`);
    });
}
