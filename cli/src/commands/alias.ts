import { DeleteAliasDocument, SetAliasDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { parseInteger, parseTime } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import type { Io } from "../terminal/io.ts";

interface Flags {
  readonly validFrom?: string;
  readonly expect?: number;
}

const VERSION_MAX = 2_000_000_000;

export function aliasCommand(io: Io): Command {
  const command = new Command("alias").description("name versions: flights/delays@production is then one of them");
  const set = named(command.command("set").description("let an alias name a version, or another one than before"))
    .argument("<version>", "the version's number", parseInteger(1, VERSION_MAX))
    .action(async (asset: string, alias: string, version: number, flags: Flags, self: Command) => {
      const input = { asset, alias, version, ...changes(flags) };
      accepted((await contextOf(io, self).client.request(SetAliasDocument, { input })).setAlias);
      io.out(`${asset}@${alias} is version ${version}`);
    });
  const remove = named(command.command("rm").description("take an alias away")).action(
    async (asset: string, alias: string, flags: Flags, self: Command) => {
      const input = { asset, alias, ...changes(flags) };
      accepted((await contextOf(io, self).client.request(DeleteAliasDocument, { input })).deleteAlias);
      io.out(`${asset}@${alias} names nothing`);
    },
  );
  for (const one of [set, remove])
    one
      .option("--valid-from <time>", "since when: 2026-01-31 or 2026-01-31T12:00:00Z (default: now)", parseTime)
      .option("--expect <version>", "only if it names this version now; 0: none", parseInteger(0, VERSION_MAX));
  return command;
}

function named(command: Command): Command {
  return command
    .argument("<key|id>", "the dataset or model, as namespace/name")
    .argument("<alias>", "the name, in lower case");
}

function changes({ validFrom, expect }: Flags) {
  return {
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(expect === undefined ? {} : { expectedVersion: expect }),
  };
}
