import { DecideDocument, type DecisionType } from "@clew/schema/graphql";
import { Argument, Command } from "commander";
import { collect } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import type { Io } from "../terminal/io.ts";

const TYPES = {
  approve: "APPROVAL",
  reject: "REJECTION",
  suspend: "SUSPENSION",
  resume: "RESUMPTION",
  exempt: "EXEMPTION",
} as const satisfies Readonly<Record<string, DecisionType>>;
type Verb = keyof typeof TYPES;

interface Flags {
  readonly reason: string;
  readonly basis?: string[];
}

export function decideCommand(io: Io): Command {
  return new Command("decide")
    .description("approve, reject, suspend or resume a model version, or exempt a version from a rule")
    .addArgument(new Argument("<verb>", "what to do").choices(Object.keys(TYPES)))
    .argument("<version>", "the version: namespace/name@3, @alias or an id")
    .requiredOption("--reason <text>", "why; it is recorded")
    .option("--basis <id>", "a report or alert that it rests on; may be repeated", collect(String))
    .action(async (verb: Verb, about: string, { reason, basis = [] }: Flags, self: Command) => {
      const input = { about, decisionType: TYPES[verb], reason, basis };
      const { decision } = accepted((await contextOf(io, self).client.request(DecideDocument, { input })).decide);
      io.out(`${about}: ${TYPES[verb].toLowerCase()} recorded as ${decision!.id}`);
    });
}
