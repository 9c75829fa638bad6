import type { Logger } from "pino";
import type { Prometheus } from "../adapters/prometheus/index.ts";
import type { Config } from "../config/config.ts";
import { Authenticator } from "../features/access/index.ts";
import { DeadLetters } from "../features/dead-letters/index.ts";
import { PipelineMoves, PipelineWork } from "../features/pipelines/index.ts";
import { Scrubbing } from "../features/personal-data/index.ts";
import { EndpointStreams } from "../features/observations/index.ts";
import { Presence } from "../features/runners/index.ts";
import { LogRetention, RunEventFeed } from "../features/runs/index.ts";
import type { Context } from "../graphql/context.ts";
import { Mutations } from "../graphql/mutations.ts";
import type { Principal } from "../graphql/principal.ts";
import { firstStart } from "./first-start.ts";
import { type Engine, makeContext, makeEngine } from "./graphql-engine.ts";
import { Subscriptions } from "./graphql-subscriptions.ts";
import { makeLedgerEngine, type LedgerEngine } from "./ledger-engine.ts";
import { makeMetrics } from "./metrics.ts";
import { natsCredentials } from "./nats-credentials.ts";
import type { Stores } from "./stores.ts";
import { readSecrets, type Secrets } from "./secrets.ts";
import { startFollower } from "./start-follower.ts";
import { ALL_FACTS, serverSchema } from "./server-schema.ts";
import { signingIn } from "./signing.ts";
import { startDeliveries } from "./start-deliveries.ts";
import { startTriggers } from "./start-triggers.ts";
import type { Stops } from "./stops.ts";

/** How long a mutation waits for the graph before it answers `projected: false`. */
const PROJECTION_WAIT_MS = 2_000;

/** The server's parts that a transport, a command or a test may want. */
export interface Server {
  readonly engine: Engine;
  readonly subscriptions: Subscriptions;
  readonly ledger: LedgerEngine;
  readonly presence: Presence;
  readonly runEvents: RunEventFeed;
  readonly deadLetters: DeadLetters;
  readonly endpointStreams: EndpointStreams;
  readonly authenticator: Authenticator;
  readonly stores: Stores;
  readonly secrets: Secrets;
  readonly metrics: Prometheus;
  readonly newContext: (principal: Principal, correlationId: string, signal?: AbortSignal) => Context;
}

/** Wires everything that needs no socket. */
export async function composeServer(config: Config, stores: Stores, stops: Stops, log: Logger): Promise<Server> {
  const { database, graph } = stores;
  const secrets = readSecrets(config.dataDir);
  const signing = signingIn(config.dataDir, secrets);
  const ledger = makeLedgerEngine(database.ledger, graph, ALL_FACTS, signing, log);
  await ledger.checkpointer.open();
  const presence = new Presence();
  const runEvents = new RunEventFeed();
  const projected = (seq: number) => ledger.graph.waitFor(seq, PROJECTION_WAIT_MS);
  const metrics = makeMetrics({ database, ledger, presence }, log);
  const mutations = new Mutations(
    (command) => ledger.recorder.record(command),
    projected,
    (...heard) => metrics.countMutation(...heard),
  );
  const { nodes: reader, operations } = database;
  const deadLetters = new DeadLetters(reader);
  const endpointStreams = new EndpointStreams();
  const scrubbing = new Scrubbing(database.personalData, log);
  const schema = await serverSchema({
    ...stores,
    mutations,
    presence,
    runEvents,
    deadLetters,
    endpointStreams,
    secrets,
    progress: ledger.graph,
    ledger: {
      ...ledger,
      store: database.ledger,
      personal: database.personalData,
      records: database.records,
      documents: { reader, facts: ledger.facts },
      verifierKey: secrets.verifierKey,
    },
    leaseMs: config.leaseSeconds * 1000,
    protectedAliases: config.protectedAliases,
    allowPrivateWebhooks: config.webhookAllowPrivate,
    sendsMail: config.smtpUrl !== undefined,
    issueCredentials: await natsCredentials(config),
    scrubbing,
  });
  const engine = makeEngine(schema, log);
  await engine.start();
  stops.add("graphql", () => engine.stop());
  ledger.checkpointer.start();
  stops.add("checkpointer", () => ledger.checkpointer.stop());
  ledger.graph.start();
  stops.add("graph follower", () => ledger.graph.stop());
  scrubbing.request();
  stops.add("scrubbing", () => scrubbing.stop());
  const retention = new LogRetention(database.logs, config.logRetentionDays, log);
  retention.start();
  stops.add("log retention", () => retention.stop());
  startDeliveries(config, database, ledger, secrets, stops, log);
  const pipelines = new PipelineMoves({
    reader,
    artifacts: stores.artifacts,
    record: (command) => ledger.recorder.record(command),
  });
  startFollower(new PipelineWork(database.ledger, reader, pipelines, log), ledger, database.ledger, stops, log);
  startTriggers(database, ledger, stops, log);
  const authenticator = new Authenticator(operations, reader, secrets.attemptTokens);
  if (ledger.checkpointer.fork === null) await firstStart(ledger.recorder, operations, config.dataDir);
  const newContext = (principal: Principal, correlationId: string, signal?: AbortSignal) =>
    makeContext(principal, database, correlationId, signal);
  const subscriptions = new Subscriptions(schema, log);
  return {
    engine,
    subscriptions,
    ledger,
    presence,
    runEvents,
    deadLetters,
    endpointStreams,
    authenticator,
    stores,
    secrets,
    metrics,
    newContext,
  };
}
