import { DeleteTagDocument, SetTagDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { type Pair, parsePair, parseTime } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { resolveNode } from "../resolve-node.ts";
import type { Io } from "../terminal/io.ts";

interface Flags {
  readonly validFrom?: string;
}

export function tagCommand(io: Io): Command {
  const command = new Command("tag").description("say a word about a dataset, a model, a version, a run or a report");
  const set = command
    .command("set")
    .description("set a tag")
    .argument("<key|id>", "what to tag: namespace/name, namespace/name@3, or an id")
    .argument("<tag>", "as name=value", parsePair)
    .action(async (what: string, { name, value }: Pair, flags: Flags, self: Command) => {
      const { client } = contextOf(io, self);
      const input = { ...flags, node: await resolveNode(client, what), key: name, value };
      accepted((await client.request(SetTagDocument, { input })).setTag);
      io.out(`${what} has the tag ${name}=${value}`);
    });
  const remove = command
    .command("rm")
    .description("take a tag away")
    .argument("<key|id>", "what was tagged")
    .argument("<name>", "the tag's name")
    .action(async (what: string, key: string, flags: Flags, self: Command) => {
      const { client } = contextOf(io, self);
      const input = { ...flags, node: await resolveNode(client, what), key };
      accepted((await client.request(DeleteTagDocument, { input })).deleteTag);
      io.out(`${what} has no tag ${key}`);
    });
  for (const one of [set, remove])
    one.option("--valid-from <time>", "since when: 2026-01-31 or 2026-01-31T12:00:00Z (default: now)", parseTime);
  return command;
}
