import { join } from "node:path";
import type { Logger } from "pino";
import { openFilesystemArtifacts } from "../adapters/filesystem/index.ts";
import { openMemoryGraph } from "../adapters/memory/index.ts";
import { openPostgres, openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { openNeo4jGraph } from "../adapters/neo4j/index.ts";
import type { Config } from "../config/config.ts";
import type { LineageGraph } from "../ports/lineage-graph.ts";
import { withPersonalHistory, withPersonalValues } from "../graphql/personal-node-reader.ts";
import { keepSnapshots } from "./keep-snapshots.ts";
import { privateFolder } from "./private-folder.ts";
import { ALL_NODES } from "./server-schema.ts";
import type { Stops } from "./stops.ts";
import type { Stores } from "./stores.ts";

/** Opens the stores that the configuration names, and registers how each is closed. */
export async function openStores(config: Config, stops: Stops, log: Logger): Promise<Stores> {
  const database = await openDatabase(config, stops);
  const graph = await openGraph(config, stops, log);
  const artifacts = await openFilesystemArtifacts({ dir: join(config.dataDir, ARTIFACTS_FOLDER) });
  return { database, graph, artifacts };
}

/** What the embedded parts are called in the data folder. */
export const ARTIFACTS_FOLDER = "artifacts";
export const CHECKPOINTS_FOLDER = "ledger";
export const SNAPSHOT_FILE = "graph.snapshot";

export async function openDatabase(config: Config, stops: Stops): Promise<SqlDatabase> {
  privateFolder(config.dataDir);
  const database = config.postgresUrl
    ? await openPostgres(config.postgresUrl, undefined, undefined, ALL_NODES)
    : await openSqlite(join(config.dataDir, "clew.db"), ALL_NODES);
  stops.add("database", async () => {
    await database.ledger.close();
    await database.close();
  });
  const { nodes, history } = database;
  return {
    ...database,
    nodes: withPersonalValues(nodes, ALL_NODES),
    history: withPersonalHistory(history, nodes, ALL_NODES),
  };
}

async function openGraph(config: Config, stops: Stops, log: Logger): Promise<LineageGraph> {
  if (config.neo4jUrl) {
    const { neo4jUrl: url, neo4jUser: user, neo4jPassword: password } = config;
    const graph = await openNeo4jGraph({ url, user, password });
    stops.add("graph", () => graph.close());
    return graph;
  }
  const snapshotFile = join(config.dataDir, SNAPSHOT_FILE);
  const graph = openMemoryGraph({ snapshotFile, log: (message) => log.warn(message) });
  stops.add("graph", () => graph.close());
  stops.add("graph snapshots", keepSnapshots(graph, log));
  return graph;
}
