import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { FollowersDocument, RebuildGraphDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import type { ClewClient } from "../client.ts";
import { CliError, UsageError } from "../errors.ts";
import { run } from "../services/commands.ts";
import type { Io } from "../terminal/io.ts";
import { openFolder } from "../up/open-folder.ts";
import { serverProgram } from "../up/server-process.ts";
import type { StackOptions } from "../up/stack.ts";
import { Stops } from "../up/stops.ts";
import { sqlOption } from "./up.ts";

const POLL_MS = 500;
/** A ledger of tens of millions of entries. */
const RECORDS_MAX_MS = 6 * 3_600_000;

interface RebuildFlags {
  readonly wait: boolean;
  readonly records?: true;
  readonly sql: StackOptions["sql"];
}

export function rebuildCommand(io: Io): Command {
  return new Command("rebuild")
    .description("make again from the ledger what follows from it: the lineage graph (for administrators)")
    .option("--no-wait", "do not wait until the graph is complete")
    .option(
      "--records",
      "instead of the graph the tables of nodes, their history and tags, in the data folder with no server running on it",
    )
    .addOption(sqlOption())
    .action((flags: RebuildFlags, command: Command) =>
      flags.records ? rebuildRecords(io, flags, command) : rebuildGraph(io, flags, command),
    );
}

async function rebuildGraph(io: Io, { wait }: RebuildFlags, command: Command): Promise<void> {
  const { client, paint } = contextOf(io, command);
  const { ledgerSeq } = (await client.request(RebuildGraphDocument, {})).rebuildGraph;
  const end = ledgerSeq ?? 0;
  if (!wait) return io.out(`begun; complete at entry ${end}`);
  await complete(client, end);
  io.out(`${paint("green", "✓")} the graph holds all ${end} entries again`);
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

/** In a process of the server's own code, which ends when it is done. */
async function rebuildRecords(io: Io, { sql }: RebuildFlags, command: Command): Promise<void> {
  const { settings, paint } = contextOf(io, command);
  const { dataDir } = settings;
  if (!existsSync(dataDir)) throw new UsageError(`there is no data folder ${dataDir}`);
  const stops = new Stops();
  try {
    const { file, args, env } = serverProgram();
    const where = { CLEW_DATA_DIR: dataDir, ...(await openFolder(dataDir, sql, stops)) };
    const options = { env: { ...env, ...where }, timeoutMs: RECORDS_MAX_MS };
    io.out(`${paint("green", "✓")} ${(await run(file, [...args, "rebuild-records"], options)).trim()}`);
  } finally {
    await stops.stopAll((line) => io.err(`! ${line}`));
  }
}
