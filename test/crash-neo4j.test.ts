import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Neo4jService, startNeo4j } from "@clew/cli/services";
import { LineageDocument } from "@clew/schema/graphql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAgreement, followerReaches, ledgerSize } from "./support/agreement.ts";
import { startLoad } from "./support/load.ts";
import { cypher, TESTED_NEO4J } from "./support/neo4j.ts";
import {
  expectAcceptedOnceRebuilt,
  expectForkIsNamed,
  expectGraphFork,
  publishVersions,
  restoredFromOlder,
} from "./support/older-database.ts";
import type { ReachableServer } from "./support/answer.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";

const CLIENTS = 8;
/** What a mutation waits for the graph, and what two busy cores may add. */
const PROJECTION_WAIT_MS = 2_000;
const SLACK_MS = 1_500;

let neo4jDir: string;
let neo4j: Neo4jService;
let dir: string;
let server: ServerProcess | undefined;

beforeAll(async () => {
  neo4jDir = await mkdtemp(join(tmpdir(), "clew-neo4j-"));
  await startGraph();
});
afterAll(async () => {
  await neo4j?.stop();
  await rm(neo4jDir, { recursive: true, force: true });
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clew-crash-"));
  await cypher(neo4j, "MATCH (n) DETACH DELETE n");
});
afterEach(async () => {
  await server?.kill();
  await rm(dir, { recursive: true, force: true });
});

async function startGraph(port = 0): Promise<void> {
  const { version } = TESTED_NEO4J[0];
  neo4j = await startNeo4j({ dir: neo4jDir, port, version, own: true, heapMiB: 512, shortLived: true });
}

async function started(): Promise<ServerProcess> {
  server = await startServerProcess(join(dir, "data"), {
    CLEW_NEO4J_URL: neo4j.url,
    CLEW_NEO4J_USER: neo4j.user,
    CLEW_NEO4J_PASSWORD: neo4j.password,
  });
  return server;
}

/** How many nodes and arrows of each type there are. */
async function graphCounts(): Promise<Record<string, number>> {
  const count = async (text: string) =>
    (await cypher(neo4j, text)).records.map((record) => [String(record.get("type")), Number(record.get("count"))]);
  return Object.fromEntries([
    ...(await count("MATCH (n:Node) UNWIND labels(n) AS type RETURN type, count(*) AS count")),
    ...(await count("MATCH (:Node)-[r]->(:Node) RETURN type(r) AS type, count(*) AS count")),
  ]) as Record<string, number>;
}

async function expectListsButNoWalks(to: ReachableServer, node: string): Promise<void> {
  const walk = await to.gql(LineageDocument, { node });
  expect(walk.errors.map(({ extensions }) => extensions)).toMatchObject([
    { code: "GRAPH_UNAVAILABLE", retryable: true },
  ]);
  const lists = await to.gql<{ datasets: { nodes: unknown[] } }>("{ datasets(first: 50) { nodes { id } } }");
  expect(lists.data.datasets.nodes).toHaveLength(CLIENTS);
}

describe("a Neo4j that is killed in the middle of a load", () => {
  it("stops no mutation and no list, and is what the ledger says once it is back", async () => {
    const to = await started();
    const load = startLoad(to, { name: "n", clients: CLIENTS, pauseMs: 50, isPatient: true });
    await expect.poll(() => load.acknowledged(), { timeout: 30_000 }).toBeGreaterThan(60);
    await neo4j.kill();
    const answered = load.heard.length;
    const heardWithout = () => load.heard.slice(answered).filter(({ projected }) => !projected);
    await expect.poll(() => heardWithout().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(CLIENTS);
    await expectListsButNoWalks(to, load.sent[0]!.answer!.id);

    await startGraph(neo4j.port);
    const isProjected = () => load.heard.at(-1)?.projected;
    await expect.poll(isProjected, { timeout: 40_000 }).toBe(true);
    await load.stop();
    expect(load.heard.flatMap(({ codes }) => codes)).toEqual([]);
    expect(load.acknowledged()).toBe(load.sent.length);
    expect(load.heard.length).toBe(load.sent.length);
    // Not the longest: a JVM started meanwhile, on the same cores.
    const took = heardWithout().map(({ tookMs }) => tookMs);
    expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(PROJECTION_WAIT_MS + SLACK_MS);

    await expectAgreement(to, load.sent, graphCounts);
    expect(await graphCounts()).toMatchObject({
      DatasetVersion: load.sent.length,
      VERSION_OF: load.sent.length,
      DERIVED_FROM: load.sent.length - CLIENTS,
    });
    await to.stop();
  });
});

describe("a Neo4j beside a database that was brought back from an older copy", () => {
  it("is ahead of it: the graph halts, nothing is written, reads of the database still work", async () => {
    const fork = await restoredFromOlder(dir, started);
    await expectForkIsNamed(await started(), fork);
    await expectAcceptedOnceRebuilt(dir, started, fork);
  });

  it("is told from it by its entry's hash, when the database has gone on since", async () => {
    const { newer } = await restoredFromOlder(dir, started);
    await rm(join(dir, "data", "ledger"), { recursive: true });
    const to = await startServerProcess(join(dir, "data"));
    server = to;
    await publishVersions(to, 11, 14);
    await to.stop();
    const forked = await started();
    await expectGraphFork(forked, `entry ${newer} has another hash`);
    await forked.stop();
  });

  it("is behind it: the graph catches up by itself", async () => {
    const first = await started();
    await publishVersions(first, 1, 3);
    await followerReaches(first, await ledgerSize(first));
    await first.stop();
    const without = await startServerProcess(join(dir, "data"));
    server = without;
    await publishVersions(without, 4, 6);
    await without.stop();
    const again = await started();
    await followerReaches(again, await ledgerSize(again));
    expect(await graphCounts()).toMatchObject({ DatasetVersion: 6, VERSION_OF: 6 });
    await again.stop();
  });
});
