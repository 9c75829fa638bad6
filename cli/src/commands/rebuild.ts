import { setTimeout as sleep } from "node:timers/promises";
import { FollowersDocument, RebuildGraphDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import type { ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";

const POLL_MS = 500;

export function rebuildCommand(io: Io): Command {
  return new Command("rebuild")
    .description("empty the lineage graph and fill it again from the ledger (for administrators)")
    .option("--no-wait", "do not wait until it is complete")
    .action(async ({ wait }: { wait: boolean }, command: Command) => {
      const { client, paint } = contextOf(io, command);
      const { ledgerSeq } = (await client.request(RebuildGraphDocument, {})).rebuildGraph;
      const end = ledgerSeq ?? 0;
      if (!wait) return io.out(`begun; complete at entry ${end}`);
      await complete(client, end);
      io.out(`${paint("green", "✓")} the graph holds all ${end} entries again`);
    });
}

async function complete(client: ClewClient, end: number): Promise<void> {
  for (;;) {
    await sleep(POLL_MS);
    const { followers } = await client.request(FollowersDocument, {});
    const graph = followers.find(({ name }) => name === "graph");
    if (graph?.halted != null) throw new CliError(`the graph has halted: ${graph.halted}`);
    if (graph !== undefined && graph.seq >= end) return;
  }
}
