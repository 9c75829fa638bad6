import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import { CheckpointFiles, openFilesystemArtifacts } from "../adapters/filesystem/index.ts";
import { openMemoryGraph } from "../adapters/memory/index.ts";
import { openPostgres, openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import type { IssueCredentials } from "../adapters/nats/index.ts";
import { openNeo4jGraph } from "../adapters/neo4j/index.ts";
import type { Config } from "../config/config.ts";
import {
  accessFacts,
  accessNodes,
  accessResolvers,
  type AttemptClaim,
  Authenticator,
  hashToken,
  newToken,
} from "../features/access/index.ts";
import { catalogFacts, catalogNodes, catalogResolvers } from "../features/catalog/index.ts";
import { ledgerFeed, type LedgerParts, LedgerResolver } from "../features/ledger/index.ts";
import { type GraphProgress, LineageResolver } from "../features/lineage/index.ts";
import { Presence, runnerFacts, runnerNodes, runnerResolvers } from "../features/runners/index.ts";
import { RunEventFeed, runFacts, runNodes, runResolvers } from "../features/runs/index.ts";
import { tagFacts, tagResolvers } from "../features/tags/index.ts";
import { webhookFacts, webhookResolvers } from "../features/webhooks/index.ts";
import type { Context } from "../graphql/context.ts";
import { Mutations } from "../graphql/mutations.ts";
import type { Principal } from "../graphql/principal.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { LineageGraph } from "../ports/lineage-graph.ts";
import { artifactRoutes } from "../transports/http/artifacts.ts";
import { backupRoute } from "../transports/http/backup.ts";
import { httpServer } from "../transports/http/http-server.ts";
import { artifactAccess } from "./artifact-access.ts";
import { assembleSchema } from "./assemble-schema.ts";
import { firstStart } from "./first-start.ts";
import { openBackup } from "./open-backup.ts";
import { type Engine, makeContext, makeEngine } from "./graphql-engine.ts";
import { Subscriptions } from "./graphql-subscriptions.ts";
import { keepSnapshots } from "./keep-snapshots.ts";
import { makeLedgerEngine, type LedgerEngine } from "./ledger-engine.ts";
import { natsCredentials } from "./nats-credentials.ts";
import { readSecrets, type Secrets } from "./secrets.ts";
import { startDeliveries } from "./start-deliveries.ts";
import type { Stops } from "./stops.ts";
import { subscriptionServer } from "./subscription-server.ts";

/** How long a mutation waits for the graph before it answers `projected: false`. */
const PROJECTION_WAIT_MS = 2_000;

/** The node types that `search` looks through. */
const SEARCHED = ["Dataset", "Model", "CodeRepository", "Run", "Plugin", "Runner"];

export const ALL_NODES = [...catalogNodes, ...runNodes, ...runnerNodes, ...accessNodes];
export const ALL_FACTS = [
  ...catalogFacts,
  ...runFacts,
  ...runnerFacts,
  ...accessFacts,
  ...tagFacts,
  ...webhookFacts,
] as const;

/** What the stores are, once opened. */
export interface Stores {
  readonly database: SqlDatabase;
  readonly graph: LineageGraph;
  readonly artifacts: ArtifactStore;
}

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
  mkdirSync(config.dataDir, { recursive: true });
  const database = config.postgresUrl
    ? await openPostgres(config.postgresUrl)
    : await openSqlite(join(config.dataDir, "clew.db"));
  stops.add("database", async () => {
    await database.ledger.close();
    await database.close();
  });
  return database;
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

/** The server's parts that a transport, a command or a test may want. */
export interface Server {
  readonly engine: Engine;
  readonly subscriptions: Subscriptions;
  readonly ledger: LedgerEngine;
  readonly presence: Presence;
  readonly runEvents: RunEventFeed;
  readonly authenticator: Authenticator;
  readonly stores: Stores;
  readonly secrets: Secrets;
  readonly newContext: (principal: Principal, correlationId: string, signal?: AbortSignal) => Context;
}

interface SchemaParts extends Stores {
  readonly mutations: Mutations;
  readonly presence: Presence;
  readonly runEvents: RunEventFeed;
  readonly secrets: Pick<Secrets, "attemptTokens" | "webhooks">;
  readonly progress: GraphProgress;
  readonly ledger: LedgerParts;
  readonly leaseMs: number;
  readonly allowPrivateWebhooks: boolean;
  readonly issueCredentials: IssueCredentials | null;
}

function serverSchema({
  database,
  artifacts,
  graph,
  mutations,
  presence,
  runEvents: events,
  secrets,
  progress,
  ledger,
  leaseMs,
  allowPrivateWebhooks: allowPrivate,
  issueCredentials,
}: SchemaParts): Promise<GraphQLSchema> {
  const { nodes: reader, operations, ledger: store, webhooks } = database;
  const knownTypes = ALL_FACTS.map(({ type }) => type);
  const attemptToken = (claim: AttemptClaim) => secrets.attemptTokens.make(claim);
  return assembleSchema(ALL_NODES, [
    ...catalogResolvers({ reader, artifacts, mutations, searched: SEARCHED }),
    ...runResolvers({
      reader,
      artifacts,
      operations,
      store,
      events,
      attemptToken,
      hashToken,
      leaseMs,
      presence,
      mutations,
    }),
    ...runnerResolvers(reader, presence, mutations, {
      make: newToken,
      hash: hashToken,
      natsCredentials: issueCredentials,
    }),
    ...tagResolvers(reader, mutations, ALL_NODES),
    ...accessResolvers(mutations, operations, ALL_NODES),
    ...webhookResolvers({ store, webhooks, secrets: secrets.webhooks, knownTypes, allowPrivate, mutations }),
    new LineageResolver(graph, reader, progress),
    new LedgerResolver(ledger),
    ledgerFeed(store),
  ]);
}

/** The schema with nothing behind it: for printing it. Its resolvers cannot be called. */
export function emptySchema(): Promise<GraphQLSchema> {
  const nothing = {
    database: { nodes: null, operations: null, ledger: null, webhooks: null },
    artifacts: null,
    graph: null,
    mutations: null,
    presence: null,
    runEvents: null,
  };
  return serverSchema({
    ...nothing,
    secrets: { webhooks: null },
    progress: null,
    ledger: null,
    leaseMs: 0,
    issueCredentials: null,
  } as never);
}

/** Wires everything that needs no socket. */
export async function composeServer(config: Config, stores: Stores, stops: Stops, log: Logger): Promise<Server> {
  const { database, graph } = stores;
  const secrets = readSecrets(config.dataDir);
  const { signerKey, verifierKey } = secrets;
  const files = new CheckpointFiles(join(config.dataDir, CHECKPOINTS_FOLDER));
  const ledger = makeLedgerEngine(database.ledger, graph, ALL_FACTS, { files, signerKey }, log);
  await ledger.checkpointer.open();
  const presence = new Presence();
  const runEvents = new RunEventFeed();
  const projected = (seq: number) => ledger.graph.waitFor(seq, PROJECTION_WAIT_MS);
  const mutations = new Mutations((command) => ledger.recorder.record(command), projected);
  const { nodes: reader, operations } = database;
  const schema = await serverSchema({
    ...stores,
    mutations,
    presence,
    runEvents,
    secrets,
    progress: ledger.graph,
    ledger: { ...ledger, store: database.ledger, verifierKey },
    leaseMs: config.leaseSeconds * 1000,
    allowPrivateWebhooks: config.webhookAllowPrivate,
    issueCredentials: await natsCredentials(config),
  });
  const engine = makeEngine(schema, log);
  await engine.start();
  stops.add("graphql", () => engine.stop());
  ledger.checkpointer.start();
  stops.add("checkpointer", () => ledger.checkpointer.stop());
  ledger.graph.start();
  stops.add("graph follower", () => ledger.graph.stop());
  startDeliveries(config, database, ledger, secrets, stops, log);
  const authenticator = new Authenticator(operations, reader, secrets.attemptTokens);
  if (ledger.checkpointer.fork === null) await firstStart(ledger.recorder, operations, config.dataDir);
  const newContext = (principal: Principal, correlationId: string, signal?: AbortSignal) =>
    makeContext(principal, reader, correlationId, signal);
  const subscriptions = new Subscriptions(schema, log);
  return { engine, subscriptions, ledger, presence, runEvents, authenticator, stores, secrets, newContext };
}

/** Opens the HTTP listener. Answers its URL. */
export async function listenHttp(config: Config, server: Server, stops: Stops, log: Logger): Promise<string> {
  const { ledger, engine, authenticator, stores } = server;
  const mayAccess = artifactAccess(stores.database.nodes);
  const app = httpServer<Principal>({
    bodyMaxBytes: config.bodyMaxBytes,
    log,
    graphiql: config.graphiql,
    defaultQuery: DEFAULT_QUERY,
    authenticate: (token) => authenticator.authenticate(token),
    graphql: fastifyApolloHandler(engine, {
      context: async (request, reply) => {
        const gone = new AbortController();
        reply.raw.once("close", () => reply.raw.writableFinished || gone.abort());
        return server.newContext(request.who as Principal, request.id, gone.signal);
      },
    }),
    routes: [
      artifactRoutes({
        store: stores.artifacts,
        maxArtifactBytes: config.artifactMaxBytes,
        authorise: (request, access) =>
          mayAccess(request.who as Principal, access, (request.params as { digest?: string }).digest),
      }),
      backupRoute(async ({ who }) => openBackup(server, who as Principal)),
    ],
    ready: async () => {
      const head = await stores.database.ledger.head();
      const { halted, seq: graphSeq } = ledger.graph;
      const readOnly = ledger.checkpointer.fork;
      const faults = { ...(halted ? { halted } : {}), ...(readOnly ? { readOnly } : {}) };
      return { ok: halted === null, details: { ledgerSeq: head.seq, graphSeq, ...faults } };
    },
  });
  const live = subscriptionServer(config, server, log);
  live.attach(app.server);
  const url = await app.listen({ host: config.host, port: config.port });
  stops.add("http", () => app.close());
  // First: a WebSocket that is open would hold up the listener's end.
  stops.add("subscriptions", () => live.stop());
  return url;
}

const DEFAULT_QUERY = `# What was the newest model made of? Set your token under Headers, then press play.
query Lineage {
  models(first: 1) {
    nodes {
      key
      versions(first: 1) { nodes { id key digest } }
    }
  }
}
`;
