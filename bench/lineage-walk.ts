/**
 * How long a page of a lineage walk takes for a GraphQL client: the CLI's `lineage` query, 100 nodes a page, from versions whose
 * lineage has about 1,000 nodes; one client, so that nothing but the answer is waited for.
 */
import { join } from "node:path";
import { LineageCountsDocument, LineageDocument } from "@clew/schema/graphql";
import { Neo4jConnection } from "../server/src/adapters/neo4j/connection.ts";
import { openPostgres, openSqlite } from "../server/src/adapters/mikro-orm/index.ts";
import type { Bench, Figure, Measured } from "./support/figures.ts";
import { type LineageLedger, writeLineage } from "./support/lineage-ledger.ts";
import { closedLoop, type Latencies, round } from "./support/load.ts";
import { type BenchServer, withServer } from "./support/server.ts";
import { inFolder, type Services, withServices } from "./support/services.ts";

const PAGE = 100;
/** Of 77 groups none is deeper than 24, of 769 some are. */
const MAX_DEPTH = 32;
/** The same page, only what the graph itself knows. */
const BARE_LINEAGE = `query ($node: ID!, $first: Int, $maxDepth: Int) {
  lineage(node: $node, first: $first, maxDepth: $maxDepth) { edges { depth node { id } } pageInfo { endCursor } }
}`;

interface Walked {
  readonly lineage: { readonly edges: readonly unknown[]; readonly isPartial: boolean };
}
interface Counted {
  readonly lineageCounts: { readonly total: number };
}

/** Latencies in ms. */
interface Walks {
  readonly nodes: number;
  readonly arrows: number;
  /** Nodes that a walk reaches, the mean. */
  readonly reached: number;
  readonly page: Latencies;
  readonly barePage: Latencies;
  readonly oneNode: Latencies;
  readonly constant: Latencies;
  /** One node by its id from the graph store itself, without the server; Neo4j only. */
  readonly storeNode?: Latencies;
}

interface Size {
  readonly runs: number;
  readonly walks: number;
}

const USUAL: Size = { runs: 50_000, walks: 500 };
/** Ten times the nodes; what is reached stays the same. */
const LARGE: Size = { runs: 500_000, walks: 500 };
const QUICK: Size = { runs: 1_300, walks: 20 };

export const benchWalkMemory: Bench = ({ quick }) => measured("memory", onMemory(quick ? QUICK : USUAL));
export const benchWalkMemoryLarge: Bench = ({ quick }) => measured("memory", onMemory(quick ? QUICK : LARGE));
export const benchWalkNeo4j: Bench = ({ quick }) => measured("Neo4j", onNeo4j(quick ? QUICK : USUAL));
export const benchWalkNeo4jLarge: Bench = ({ quick }) => measured("Neo4j", onNeo4j(quick ? QUICK : LARGE));

async function measured(store: string, walking: Promise<Walks>): Promise<Measured> {
  const detail = await walking;
  return { figures: figuresOf(store, detail), detail };
}

async function onMemory({ runs, walks }: Size): Promise<Walks> {
  return inFolder("walk", async (dir) => {
    const database = await openSqlite(join(dir, "clew.db"));
    const ledger = await writeLineage(database.ledger, runs);
    await database.close();
    return withServer(dir, {}, (server) => walk(server, ledger, walks));
  });
}

function onNeo4j(size: Size): Promise<Walks> {
  return withServices((services) => inFolder("walk", (dir) => onServices(services, dir, size)));
}

async function onServices(services: Services, dir: string, { runs, walks }: Size): Promise<Walks> {
  const environment = await services.freshStores();
  const database = await openPostgres(environment["CLEW_POSTGRES_URL"] ?? "");
  const ledger = await writeLineage(database.ledger, runs);
  await database.ledger.close();
  await database.close();
  return withServer(dir, environment, async (server) => {
    const walked = await walk(server, ledger, walks);
    return { ...walked, storeNode: await storeNode(services, ledger.starts, walks) };
  });
}

async function walk(server: BenchServer, { nodes, arrows, starts }: LineageLedger, count: number): Promise<Walks> {
  await server.untilProjected();
  const { client } = server;
  const variables = (n: number) => ({ node: starts[n % starts.length], first: PAGE, maxDepth: MAX_DEPTH });
  const once = (query: string, given: (n: number) => object = () => ({})) =>
    closedLoop({ clients: 1, count, warmUp: count }, async (n) => void (await client.data(query, given(n))));
  const page = await closedLoop({ clients: 1, count, warmUp: count }, async (n) => {
    const { lineage } = await client.data<Walked>(String(LineageDocument), variables(n));
    if (lineage.edges.length !== PAGE || lineage.isPartial) throw new Error("the walk was cut short");
  });
  return {
    nodes,
    arrows,
    reached: await meanReach(server, starts.slice(0, 20)),
    page,
    barePage: await once(BARE_LINEAGE, variables),
    oneNode: await once("query ($node: ID!) { node(id: $node) { id } }", (n) => ({ node: variables(n).node })),
    constant: await once("{ __typename }"),
  };
}

async function meanReach({ client }: BenchServer, starts: readonly string[]): Promise<number> {
  let total = 0;
  for (const node of starts) {
    const found = await client.data<Counted>(String(LineageCountsDocument), { node, maxDepth: MAX_DEPTH });
    total += found.lineageCounts.total;
  }
  return Math.round(total / starts.length);
}

async function storeNode({ neo4j }: Services, starts: readonly string[], count: number): Promise<Latencies> {
  const connection = new Neo4jConnection(neo4j);
  try {
    return await closedLoop({ clients: 1, count, warmUp: count }, async (n) => {
      const id = starts[n % starts.length];
      const { rows } = await connection.run("MATCH (n:Node {id: $id}) RETURN n.type", { id }, { timeoutMs: 10_000 });
      if (rows.length !== 1) throw new Error("the graph lacks a node");
    });
  } finally {
    await connection.close();
  }
}

function figuresOf(
  store: string,
  { nodes, reached, page, barePage, oneNode, constant, storeNode: bare }: Walks,
): Figure[] {
  const what = `${store}, ${Math.round(nodes / 1000)}k nodes, page of ${PAGE} of ${reached}`;
  const limit = { what: "GraphQL answering a constant, p50", value: constant.p50 };
  const node = bare && { what: "one node from this Neo4j, p50", value: bare.p50 };
  return [
    node
      ? { work: `walk, ${what}, p50`, value: page.p50, unit: "ms", limit: node, mark: { atMost: 4, times: true } }
      : { work: `walk, ${what}, p50`, value: page.p50, unit: "ms", limit },
    { work: `walk, ${what}, p95`, value: page.p95, unit: "ms", limit, ...(node ? {} : { mark: { atMost: 3 } }) },
    { work: `walk, ${what}, ids only, p50`, value: barePage.p50, unit: "ms", limit },
    { work: `node by id, ${store}, p50`, value: round(oneNode.p50), unit: "ms", limit },
  ];
}
