/** How fast the graph is built again from the ledger, as `clew rebuild` has it done by a running server. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RebuildGraphDocument } from "@clew/schema/graphql";
import { openPostgres, openSqlite, type SqlDatabase } from "../server/src/adapters/mikro-orm/index.ts";
import { Neo4jConnection } from "../server/src/adapters/neo4j/connection.ts";
import { type BenchOptions, type Measured, median } from "./support/figures.ts";
import { writeLineage } from "./support/lineage-ledger.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, type Services, withServices } from "./support/services.ts";

const REPEATS = 3;
const READ_PAGE = 250;
/** Arrows a statement of the bare load: about as many as a batch of the follower has. */
const BARE_BATCH = 750;
const BARE_IDS = Array.from({ length: 1_000 }, (_, n) => `bare ${n}`);
const bareId = (n: number) => BARE_IDS[n % BARE_IDS.length];
const BARE_ARROWS = `UNWIND $rows AS row MATCH (a:BenchBare {id: row.from}) MATCH (b:BenchBare {id: row.to}) CREATE (a)-[:USED]->(b)`;

interface Rebuilt {
  readonly entries: number;
  readonly arrows: number;
  /** Entries a second from the first batch on, one for each repeat. */
  readonly filled: readonly number[];
  /** Seconds until the graph was empty and the first batch in it. */
  readonly emptiedS: readonly number[];
}

export async function benchRebuild({ quick }: BenchOptions): Promise<Measured> {
  const memory = await onMemory(quick ? 1_300 : 100_000);
  const neo4j = await withServices((services) => onNeo4j(services, quick ? 1_300 : 25_000));
  const arrowsPerSecond = Math.round((median(neo4j.filled) * neo4j.arrows) / neo4j.entries);
  return {
    figures: [
      {
        work: "rebuild of the graph, memory, entries",
        value: median(memory.filled),
        unit: "/s",
        limit: { what: "reading and parsing them", value: memory.readAndParsed },
        mark: { atLeast: 20_000 },
      },
      {
        work: "rebuild of the graph, Neo4j, arrows",
        value: arrowsPerSecond,
        unit: "/s",
        limit: { what: "bare arrows between nodes that are there", value: neo4j.bareArrows },
        mark: { atLeast: 20_000 },
      },
    ],
    detail: { memory, neo4j },
  };
}

async function onMemory(runs: number): Promise<Rebuilt & { readonly readAndParsed: number }> {
  return inFolder("rebuild", async (dir) => {
    const database = await openSqlite(join(dir, "clew.db"));
    const { entries, arrows } = await writeLineage(database.ledger, runs);
    const readAndParsed = await readAndParse(database, entries);
    await database.close();
    return { entries, arrows, readAndParsed, ...(await rebuild(dir, {})) };
  });
}

async function onNeo4j(services: Services, runs: number): Promise<Rebuilt & { readonly bareArrows: number }> {
  return inFolder("rebuild", async (dir) => {
    const environment = await services.freshStores();
    const database = await openPostgres(environment["CLEW_POSTGRES_URL"] ?? "");
    const { entries, arrows } = await writeLineage(database.ledger, runs);
    await database.ledger.close();
    await database.close();
    const rebuilt = await rebuild(dir, environment);
    return { entries, arrows, ...rebuilt, bareArrows: await bareArrows(services, arrows) };
  });
}

/** The first fill warms up; then it is emptied and filled again. */
async function rebuild(
  dir: string,
  environment: Record<string, string>,
): Promise<Pick<Rebuilt, "filled" | "emptiedS">> {
  return withServer(dir, environment, async (server) => {
    await server.untilProjected();
    const filled: number[] = [];
    const emptiedS: number[] = [];
    for (let n = 0; n < REPEATS; n++) {
      const askedAt = performance.now();
      await server.client.data(String(RebuildGraphDocument));
      const first = await untilBegun(server);
      const begunAt = performance.now();
      await server.untilProjected();
      filled.push(Math.round(((first.ledgerSeq - first.graphSeq) / (performance.now() - begunAt)) * 1000));
      emptiedS.push((begunAt - askedAt) / 1000);
    }
    return { filled, emptiedS };
  });
}

async function untilBegun(server: BenchServer): ReturnType<BenchServer["progress"]> {
  for (;;) {
    const found = await server.progress();
    if (found.graphSeq > 0) return found;
    await sleep(5);
  }
}

async function readAndParse({ ledger }: SqlDatabase, count: number): Promise<number> {
  const startedAt = performance.now();
  for (let seq = 0; seq < count; ) {
    const entries = await ledger.entries(seq, READ_PAGE);
    for (const { bytes } of entries) JSON.parse(Buffer.from(bytes).toString("utf8"));
    seq += entries.length;
  }
  return Math.round((count / (performance.now() - startedAt)) * 1000);
}

/** Arrows a second without properties, matched by a unique id, written one statement after another. */
async function bareArrows({ neo4j }: Services, count: number): Promise<number> {
  const connection = new Neo4jConnection(neo4j);
  const run = (text: string, parameters = {}) => connection.run(text, parameters, { timeoutMs: 60_000 });
  try {
    await run("CREATE CONSTRAINT bench_bare IF NOT EXISTS FOR (n:BenchBare) REQUIRE n.id IS UNIQUE");
    await run("UNWIND $ids AS id CREATE (:BenchBare {id: id})", { ids: BARE_IDS });
    const rows = Array.from({ length: BARE_BATCH }, (_, n) => ({ from: bareId(n), to: bareId(7 * n + 1) }));
    const batches = Math.ceil(count / BARE_BATCH);
    const startedAt = performance.now();
    for (let n = 0; n < batches; n++) await run(BARE_ARROWS, { rows });
    return Math.round(((batches * BARE_BATCH) / (performance.now() - startedAt)) * 1000);
  } finally {
    await connection.close();
  }
}
