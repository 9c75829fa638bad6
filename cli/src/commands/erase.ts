import { NodeId } from "@clew/schema";
import {
  ErasePersonalDataDocument,
  FindAgentsDocument,
  type FindAgentsQuery,
  PersonalDataDocument,
} from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { accepted, type ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";
import { table } from "../terminal/columns.ts";
import { plural } from "../terminal/format.ts";
import { type Io, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

interface EraseFlags {
  readonly reason: string;
  readonly yes?: true;
}

export function eraseCommand(io: Io): Command {
  return new Command("erase")
    .description("erase the personal data of an agent, for ever (for administrators)")
    .argument("<agent>", "the agent's id or exact name")
    .requiredOption("--reason <text>", "stays in the ledger for ever: a request's number, no words about the person")
    .option("--yes", "do it; without, only show what would be erased")
    .action((agent: string, flags: EraseFlags, command: Command) => erase(io, agent, flags, command));
}

async function erase(io: Io, text: string, { reason, yes }: EraseFlags, command: Command): Promise<void> {
  const { client, paint } = contextOf(io, command);
  const agent = NodeId.safeParse(text).success ? text : await agentNamed(client, text);
  const { personalData } = await client.request(PersonalDataDocument, { agent });
  const rows = personalData.map(({ seq, path, value }) => [String(seq), path, clean(value)]);
  const columns = [{ title: "entry" }, { title: "field" }, { title: "value" }];
  printLines(io, [`${agent}: ${plural(rows.length, "personal value")}`, ...table(columns, rows, paint)]);
  if (!yes) throw new CliError("nothing was erased", { advice: "say --yes to erase all of it, for ever" });
  const { erasePersonalData: done } = await client.request(ErasePersonalDataDocument, { input: { agent, reason } });
  accepted(done);
  io.out(`${paint("green", "✓")} erased; entry ${done.ledgerSeq} tells that it was`);
  for (const { message } of done.userErrors) io.err(`! ${message}`);
}

async function agentNamed(client: ClewClient, name: string): Promise<string> {
  const found = (await named(client, name)).map(({ id }) => id);
  const [first, second] = found;
  if (first === undefined) throw new CliError(`there is no agent ${name}`, { code: "NOT_FOUND" });
  if (second === undefined) return first;
  throw new CliError(`several agents have the name ${name}`, { advice: `give one of ${found.join(", ")}` });
}

type Found = FindAgentsQuery["search"]["nodes"][number];

async function named(client: ClewClient, name: string): Promise<Found[]> {
  const agents: Found[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: FindAgentsQuery["search"] = (await client.request(FindAgentsDocument, { name, after }))
      .search;
    agents.push(...nodes.filter((node) => node.__typename === "Agent" && node.name === name));
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage || after === null) return agents;
  }
}
