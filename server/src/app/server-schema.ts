import type { GraphQLSchema } from "graphql";
import type { IssueCredentials } from "../adapters/nats/index.ts";
import {
  accessFacts,
  accessNodes,
  accessResolvers,
  type AttemptClaim,
  hashToken,
  newToken,
} from "../features/access/index.ts";
import { alertFacts, alertNodes, alertResolvers } from "../features/alerts/index.ts";
import { catalogFacts, catalogNodes, catalogResolvers } from "../features/catalog/index.ts";
import { deadLetterFacts, deadLetterResolvers, type DeadLetters } from "../features/dead-letters/index.ts";
import {
  LedgerEntryResolver,
  ledgerFeed,
  type LedgerParts,
  LedgerResolver,
  VerificationResolver,
  Verifier,
} from "../features/ledger/index.ts";
import { decisionFacts, decisionNodes, decisionResolvers } from "../features/decisions/index.ts";
import { deploymentFacts, deploymentNodes, deploymentResolvers } from "../features/deployments/index.ts";
import { historyResolvers } from "../features/history/index.ts";
import { ColumnUsesResolver, type GraphProgress, LineageResolver } from "../features/lineage/index.ts";
import { pipelineFacts, pipelineNodes, pipelineResolvers, whyPipelineWaits } from "../features/pipelines/index.ts";
import { personalDataFacts, personalDataResolvers, type Scrubbing } from "../features/personal-data/index.ts";
import { type EndpointStreams, observationResolvers } from "../features/observations/index.ts";
import { type Presence, runnerFacts, runnerNodes, runnerResolvers } from "../features/runners/index.ts";
import { type RunEventFeed, runFacts, runNodes, runResolvers } from "../features/runs/index.ts";
import { tagFacts, tagResolvers } from "../features/tags/index.ts";
import { triggerFacts, triggerNodes, triggerResolvers } from "../features/triggers/index.ts";
import { useCaseFacts, useCaseNodes, useCaseResolvers } from "../features/use-cases/index.ts";
import { webhookFacts, webhookResolvers } from "../features/webhooks/index.ts";
import type { Mutations } from "../graphql/mutations.ts";
import { assembleSchema } from "./assemble-schema.ts";
import type { Stores } from "./stores.ts";
import type { Secrets } from "./secrets.ts";

/** The node types that `search` looks through. */
const SEARCHED = [
  "Dataset",
  "Model",
  "CodeRepository",
  "Endpoint",
  "UseCase",
  "Pipeline",
  "Trigger",
  "Run",
  "Plugin",
  "Runner",
  "Agent",
];

export const ALL_NODES = [
  ...catalogNodes,
  ...runNodes,
  ...runnerNodes,
  ...accessNodes,
  ...decisionNodes,
  ...deploymentNodes,
  ...alertNodes,
  ...useCaseNodes,
  ...triggerNodes,
  ...pipelineNodes,
];
export const ALL_FACTS = [
  ...catalogFacts,
  ...runFacts,
  ...runnerFacts,
  ...accessFacts,
  ...tagFacts,
  ...webhookFacts,
  ...deadLetterFacts,
  ...personalDataFacts,
  ...decisionFacts,
  ...deploymentFacts,
  ...alertFacts,
  ...useCaseFacts,
  ...triggerFacts,
  ...pipelineFacts,
] as const;

interface SchemaParts extends Stores {
  readonly mutations: Mutations;
  readonly presence: Presence;
  readonly runEvents: RunEventFeed;
  readonly deadLetters: DeadLetters;
  readonly endpointStreams: EndpointStreams;
  readonly secrets: Pick<Secrets, "attemptTokens" | "webhooks">;
  readonly progress: GraphProgress;
  readonly ledger: Omit<LedgerParts, "knownTypes">;
  readonly leaseMs: number;
  readonly protectedAliases: readonly string[];
  readonly allowPrivateWebhooks: boolean;
  readonly sendsMail: boolean;
  readonly issueCredentials: IssueCredentials | null;
  readonly scrubbing: Pick<Scrubbing, "request">;
}

/** Every feature's part of the API, over these stores. */
export function serverSchema({
  database,
  artifacts,
  graph,
  mutations,
  presence,
  runEvents: events,
  deadLetters,
  endpointStreams: streams,
  secrets,
  progress,
  ledger,
  leaseMs,
  protectedAliases,
  allowPrivateWebhooks: allowPrivate,
  sendsMail,
  issueCredentials,
  scrubbing,
}: SchemaParts): Promise<GraphQLSchema> {
  const {
    nodes: reader,
    history,
    ranks,
    operations,
    observed: positions,
    logs,
    ledger: store,
    webhooks,
    personalData,
  } = database;
  const knownTypes = ALL_FACTS.map(({ type }) => type);
  const attemptToken = (claim: AttemptClaim) => secrets.attemptTokens.make(claim);
  return assembleSchema(ALL_NODES, [
    ...catalogResolvers({ reader, history, artifacts, mutations, searched: SEARCHED }),
    ...runResolvers({
      reader,
      history,
      ranks,
      artifacts,
      operations,
      logs,
      store,
      events,
      attemptToken,
      hashToken,
      leaseMs,
      presence,
      mutations,
      findUntaken: (run) => deadLetters.ofRun(run),
      whyPipelineWaits: (run, whyRun) => whyPipelineWaits(reader, run, whyRun),
    }),
    ...runnerResolvers(reader, presence, mutations, {
      make: newToken,
      hash: hashToken,
      natsCredentials: issueCredentials,
    }),
    ...decisionResolvers(reader, mutations),
    ...deploymentResolvers(reader, presence, mutations),
    ...observationResolvers(mutations, { reader, streams, positions }),
    ...alertResolvers(reader, mutations, ALL_NODES),
    ...useCaseResolvers(reader, mutations),
    ...pipelineResolvers(reader, mutations),
    ...triggerResolvers({ reader, webhooks, secrets: secrets.webhooks, mutations }),
    ...tagResolvers(reader, mutations, ALL_NODES, protectedAliases),
    ...accessResolvers(mutations, reader, operations, ALL_NODES),
    ...webhookResolvers({
      store,
      reader,
      webhooks,
      secrets: secrets.webhooks,
      knownTypes,
      allowPrivate,
      sendsMail,
      mutations,
    }),
    ...deadLetterResolvers(deadLetters, mutations),
    ...personalDataResolvers(mutations, { reader, store }, personalData, scrubbing),
    ...historyResolvers(reader, history, ALL_NODES),
    new LineageResolver(
      graph,
      reader,
      progress,
      ALL_NODES.map(({ name }) => name),
    ),
    new ColumnUsesResolver(graph, reader, progress),
    new LedgerResolver({ ...ledger, knownTypes }),
    new LedgerEntryResolver(),
    new VerificationResolver(new Verifier(ledger)),
    ledgerFeed(store),
  ]);
}

/** The schema with nothing behind it: for printing it. Its resolvers cannot be called. */
export function emptySchema(): Promise<GraphQLSchema> {
  const nothing = {
    database: {
      nodes: null,
      history: null,
      ranks: null,
      operations: null,
      observed: null,
      logs: null,
      ledger: null,
      webhooks: null,
      personalData: null,
    },
    artifacts: null,
    graph: null,
    mutations: null,
    presence: null,
    runEvents: null,
    deadLetters: null,
    endpointStreams: null,
  };
  return serverSchema({
    ...nothing,
    secrets: { webhooks: null },
    progress: null,
    ledger: null,
    leaseMs: 0,
    protectedAliases: [],
    issueCredentials: null,
    scrubbing: null,
  } as never);
}
