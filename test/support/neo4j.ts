import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNeo4j } from "@clew/cli/services";
import neo4j from "neo4j-driver";
import { type Neo4jGraph, openNeo4jGraph } from "../../server/src/adapters/neo4j/index.ts";

export interface TestNeo4j {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Stops what was started here; leaves alone what the global set-up started. */
  stop(): Promise<void>;
}

/** The releases that are tested, and how the variables begin that say where the global set-up has started them. */
export const TESTED_NEO4J = [
  { version: "5.26.30", variables: "CLEW_TEST_NEO4J_526" },
  { version: "2026.08.1", variables: "CLEW_TEST_NEO4J_2026" },
] as const;
export type TestedNeo4j = (typeof TESTED_NEO4J)[number];

/** The shared server of `<variables>_URL`, `_USER` and `_PASSWORD`; else one of its own. */
export async function neo4jForTests(release: TestedNeo4j): Promise<TestNeo4j> {
  const { variables } = release;
  const { [`${variables}_URL`]: url, [`${variables}_USER`]: user, [`${variables}_PASSWORD`]: password } = process.env;
  if (url === undefined) return ownNeo4j(release);
  return { url, user: user ?? "neo4j", password: password ?? "", stop: () => Promise.resolve() };
}

/** A server with a new, empty database. */
export async function ownNeo4j({ version }: TestedNeo4j): Promise<TestNeo4j> {
  const dir = await mkdtemp(join(tmpdir(), "clew-neo4j-"));
  const { url, user, password, ...service } = await startNeo4j({ dir, version, own: true, heapMiB: 512 });
  const stop = async () => {
    await service.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url, user, password, stop };
}

/** A graph that shares the database with others: its nodes have a label of their own. `drop` leaves nothing behind. */
export async function namedGraph(
  server: Pick<TestNeo4j, "url" | "user" | "password">,
): Promise<{ graph: Neo4jGraph; name: string; drop: () => Promise<void> }> {
  const { url, user, password } = server;
  const name = `t${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const graph = await openNeo4jGraph({ url, user, password, graph: name });
  const drop = async () => {
    await graph.reset();
    await graph.close();
    await cypher(server, `DROP CONSTRAINT clew_node_${name}_id`);
    await cypher(server, "MATCH (p:Position {name: $name}) DELETE p", { name });
  };
  return { graph, name, drop };
}

/** Runs one statement, beside the adapter. */
export async function cypher(
  { url, user, password }: Pick<TestNeo4j, "url" | "user" | "password">,
  text: string,
  parameters: Record<string, unknown> = {},
) {
  const driver = neo4j.driver(url, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  try {
    return await driver.executeQuery(text, parameters);
  } finally {
    await driver.close();
  }
}
