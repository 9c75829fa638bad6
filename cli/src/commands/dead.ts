import { DeadLettersDocument, type DeadLettersQuery, ResendDeadLetterDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { parseInteger } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted, type ClewClient } from "../client.ts";
import type { Io } from "../terminal/io.ts";
import { list } from "./ls.ts";

const PAGE = 500;
/** It was taken, cancelled or sent again by somebody else meanwhile. */
const NEEDED_NO_MORE = new Set(["UNKNOWN_NODE", "RUN_NOT_QUEUED"]);

export function deadCommand(io: Io): Command {
  const command = new Command("dead").description(
    "list and resend what no runner took or nobody could read (for administrators)",
  );
  command
    .command("ls")
    .description("list dead letters, oldest first")
    .option("--first <n>", "at most so many", parseInteger(1, 100_000), 50)
    .option("--json", "as JSON")
    .action((flags: { first: number; json?: true }, self: Command) => list(io, "dead-letters", flags, self));
  command
    .command("resend")
    .description("offer a run to runners again, or have a runner's request tried again")
    .argument("[id]", "the dead letter's id, from `clew dead ls`")
    .option("--all", "every dead letter that there is now")
    .action((id: string | undefined, { all }: { all?: true }, self: Command) => resend(io, id, all === true, self));
  return command;
}

async function resend(io: Io, id: string | undefined, isAll: boolean, command: Command): Promise<void> {
  if (isAll === (id !== undefined)) command.error("error: name one dead letter, or say --all");
  const { client } = contextOf(io, command);
  for (const one of id === undefined ? await allIds(client) : [id]) {
    const { resendDeadLetter } = await client.request(ResendDeadLetterDocument, { input: { id: one } });
    if (isAll && NEEDED_NO_MORE.has(resendDeadLetter.userErrors[0]?.code ?? "")) continue;
    accepted(resendDeadLetter);
    io.out(`resent ${one}`);
  }
}

/** All of them first: what is sent again and comes back would be met again. */
async function allIds(client: ClewClient): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: DeadLettersQuery["deadLetters"] = (await client.request(DeadLettersDocument, { first: PAGE, after }))
      .deadLetters;
    ids.push(...page.nodes.map(({ id }) => id));
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || after === null) return ids;
  }
}
