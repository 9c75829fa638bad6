/** How long a server takes until it is ready, and what it then has resident: with an empty ledger, and with a million entries. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LineageDocument } from "@clew/schema/graphql";
import { openSqlite } from "../server/src/adapters/mikro-orm/index.ts";
import { type BenchOptions, type Figure, type Measured, median } from "./support/figures.ts";
import { writeLineage } from "./support/lineage-ledger.ts";
import { round } from "./support/load.ts";
import { startBenchServer, withServer } from "./support/server.ts";
import { inFolder } from "./support/services.ts";

const REPEATS = 5;
const QUERIES = 200;

interface Start {
  readonly readyMs: number;
  /** MiB when ready, and after some hundred walks. */
  readonly residentMiB: number;
  readonly residentUsedMiB: number;
}

export async function benchServerStart({ quick }: BenchOptions): Promise<Measured> {
  const node = await repeated(startNode);
  const empty = await inFolder("start", (dir) => starts(dir, []));
  const large = await inFolder("start", (dir) => onLargeLedger(dir, quick ? 1_300 : 500_000));
  const limit = { what: "a Node process that does nothing", value: median(node) };
  return {
    figures: [
      ...figuresOf("an empty ledger", empty, limit),
      ...figuresOf(`${large.entries} entries`, large.starts, limit),
      { work: `the first start on ${large.entries} entries, without a graph yet`, value: large.firstMs, unit: "ms" },
    ],
    detail: { node, empty, large },
  };
}

async function onLargeLedger(dir: string, runs: number) {
  const database = await openSqlite(join(dir, "clew.db"));
  const { entries, starts: from } = await writeLineage(database.ledger, runs);
  await database.close();
  // The first start builds graph and checkpoints; its end keeps them.
  const first = await withServer(dir, {}, async (server) => {
    await server.untilProjected();
    return { firstMs: server.readyMs, firstPeakMiB: server.peakMiB() };
  });
  const restarted = await starts(dir, from);
  await rm(join(dir, "graph.snapshot"));
  const lost = await withServer(dir, {}, async (server) => ({ readyMs: server.readyMs }));
  return { entries, ...first, starts: restarted, withoutSnapshot: lost };
}

async function starts(dir: string, from: readonly string[]): Promise<Start[]> {
  return repeated(async () => {
    const server = await startBenchServer(dir);
    try {
      const residentMiB = server.residentMiB();
      for (let n = 0; n < QUERIES; n++) {
        const node = from[n % from.length];
        await server.client.data(node ? String(LineageDocument) : "{ __typename }", {
          ...(node && { node, first: 100 }),
        });
      }
      return { readyMs: server.readyMs, residentMiB, residentUsedMiB: server.residentMiB() };
    } finally {
      await server.stop();
    }
  });
}

async function repeated<T>(work: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let n = 0; n < REPEATS; n++) all.push(await work());
  return all;
}

async function startNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ["-e", ""], { stdio: "ignore" }), "exit");
  return round(performance.now() - startedAt);
}

function figuresOf(ledger: string, all: readonly Start[], limit: NonNullable<Figure["limit"]>): Figure[] {
  const middle = (field: keyof Start) => median(all.map((start) => start[field]));
  return [
    { work: `server ready with ${ledger}`, value: middle("readyMs"), unit: "ms", limit, mark: { atMost: 3_000 } },
    { work: `resident when ready with ${ledger}`, value: middle("residentMiB"), unit: "MiB", mark: { atMost: 400 } },
    { work: `resident after ${QUERIES} queries`, value: middle("residentUsedMiB"), unit: "MiB", mark: { atMost: 400 } },
  ];
}
