import { AcknowledgeAlertDocument, ResolveAlertDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import type { Io } from "../terminal/io.ts";

export function alertCommand(io: Io): Command {
  const command = new Command("alert").description("say what became of an alert; `clew ls alerts` lists them");
  command
    .command("acknowledge")
    .description("say that somebody looks at it")
    .argument("<alert>", "its id")
    .action(async (alert: string, _flags: object, self: Command) => {
      const answer = await contextOf(io, self).client.request(AcknowledgeAlertDocument, { input: { alert } });
      tell(io, accepted(answer.acknowledgeAlert).alert!);
    });
  command
    .command("resolve")
    .description("close it")
    .argument("<alert>", "its id")
    .requiredOption("--resolution <text>", "what became of it; it is recorded")
    .action(async (alert: string, { resolution }: { readonly resolution: string }, self: Command) => {
      const answer = await contextOf(io, self).client.request(ResolveAlertDocument, { input: { alert, resolution } });
      tell(io, accepted(answer.resolveAlert).alert!);
    });
  return command;
}

function tell(io: Io, { id, state }: { readonly id: string; readonly state: string }): void {
  io.out(`${id} is ${state}`);
}
