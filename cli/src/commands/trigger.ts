import { AssetKeyText, parseKey } from "@clew/schema";
import {
  ChangeTriggerDocument,
  CreateTriggerDocument,
  FireTriggerDocument,
  SetTriggerStateDocument,
  type TriggerState,
} from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { readDefinition } from "../definition-file.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { list } from "./ls.ts";

/** What is done when something happens. */
export function triggerCommand(io: Io): Command {
  const command = new Command("trigger").description("say what is done when something happens");
  command
    .command("create")
    .description("make a trigger, which is enabled at once")
    .requiredOption("-f, --file <file>", "its name, on and do, as YAML or JSON")
    .action(async ({ file }: { file: string }, self: Command) => {
      const { key, ...input } = readTrigger(file);
      const { client, settings } = contextOf(io, self);
      const { trigger, secret } = accepted((await client.request(CreateTriggerDocument, { input })).createTrigger);
      io.out(`${key} is there and enabled`);
      if (!secret) return;
      io.out(`payload URL: ${new URL(`/hooks/git/${trigger!.id}`, settings.url).href}, content type application/json`);
      io.out(`secret, shown this once: ${secret}`);
    });
  command
    .command("change")
    .description("give a trigger another definition")
    .requiredOption("-f, --file <file>", "its name, on and do, as YAML or JSON")
    .action(async ({ file }: { file: string }, self: Command) => {
      const { key, definition } = readTrigger(file);
      const input = { trigger: key, definition };
      accepted((await contextOf(io, self).client.request(ChangeTriggerDocument, { input })).changeTrigger);
      io.out(`${key} is changed`);
    });
  command
    .command("ls")
    .description("list triggers: clew ls triggers, which takes filters")
    .action((_: object, self: Command) => list(io, "triggers", { first: 50 }, self));
  for (const [verb, state] of [
    ["enable", "ENABLED"],
    ["disable", "DISABLED"],
  ] as const satisfies readonly (readonly [string, TriggerState])[])
    command
      .command(verb)
      .description(verb === "enable" ? "let it hear of what happens from now on" : "let it hear of nothing")
      .argument("<key|id>", "the trigger")
      .action(async (trigger: string, _: object, self: Command) => {
        const input = { trigger, state };
        accepted((await contextOf(io, self).client.request(SetTriggerStateDocument, { input })).setTriggerState);
        io.out(`${trigger} is ${state.toLowerCase()}`);
      });
  command
    .command("fire")
    .description("fire it by hand, also where it is disabled")
    .argument("<key|id>", "the trigger")
    .option("--message <text>", "why, for whoever reads it later")
    .action(async (trigger: string, { message = null }: { message?: string | null }, self: Command) => {
      const input = { trigger, message };
      const { firing } = accepted(
        (await contextOf(io, self).client.request(FireTriggerDocument, { input })).fireTrigger,
      );
      io.out(`${trigger}: ${firing!.state}, ${firing!.id}`);
    });
  return command;
}

/** @throws {UsageError} where the file has no name */
function readTrigger(file: string) {
  const read = readDefinition(file);
  const { name: key, ...definition } = (read ?? {}) as { readonly name?: unknown };
  if (!AssetKeyText.safeParse(key).success) throw new UsageError(`${file}: say its name, as name: namespace/name`);
  const { namespace, name } = parseKey(key as string)!;
  return { key: key as string, namespace, name, definition: definition as never };
}
