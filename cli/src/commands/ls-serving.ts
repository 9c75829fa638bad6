import {
  AlertsDocument,
  DecisionsDocument,
  DeploymentsDocument,
  EndpointsDocument,
  TriggersDocument,
  UseCasesDocument,
} from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { count, time } from "../terminal/format.ts";
import { clean, shorten } from "../terminal/text.ts";
import { triggerWords } from "../show/show-trigger.ts";
import { agentName } from "../show/agent-name.ts";
import { DECISION_TITLES, decisionCells, paintedWord, servedWords, subjectOf } from "../show/serving-words.ts";
import { pages } from "../pages.ts";
import { type Listing, type ListOptions, named } from "./list-pages.ts";

const PURPOSE_LENGTH = 60;

export async function listEndpoints({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(EndpointsDocument, { ...page, ...filter })).endpoints;
  });
  const rows = items.map(
    ({ key, latestVersion, activeDeployment: active, wantedDeployment: wanted, requiresApproval }) => [
      clean(key),
      count(latestVersion),
      active === null ? "" : `${clean(active.key)} ${paintedWord(active.state, paint)}`,
      wanted === null || wanted.id === active?.id ? "" : `${clean(wanted.key)} ${paintedWord(wanted.state, paint)}`,
      requiresApproval ? "approved only" : "any",
    ],
  );
  return { items, hasMore, rows, columns: named("key", "revisions", "serves", "is to serve", "models") };
}

export async function listDeployments({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(DeploymentsDocument, { ...page, ...filter })).deployments;
  });
  const rows = items.map((deployment) => [
    clean(deployment.key),
    paintedWord(deployment.state, paint),
    servedWords(deployment),
    time(deployment.createdAt),
    time(deployment.activatedAt),
    clean(deployment.failure?.message ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("key", "state", "serves", "wanted since", "served since", "") };
}

export async function listDecisions({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(DecisionsDocument, { ...page, ...filter })).decisions;
  });
  return { items, hasMore, rows: items.map(decisionCells), columns: named(...DECISION_TITLES) };
}

export async function listAlerts({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(AlertsDocument, { ...page, ...filter })).alerts;
  });
  const rows = items.map(({ id, name, state, severity, about, occurrences, lastAt, message }) => [
    paintedWord(state, paint),
    paintedWord(severity, paint),
    clean(name),
    subjectOf(about),
    count(occurrences),
    time(lastAt),
    id,
    clean(message),
  ]);
  return { items, hasMore, rows, columns: named("state", "severity", "cause", "about", "times", "last", "id", "what") };
}

export async function listUseCases({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(UseCasesDocument, { ...page, ...filter })).useCases;
  });
  const rows = items.map(({ key, state, riskTier, owner, nextReviewAt, purpose }) => [
    clean(key),
    paintedWord(state, paint),
    paintedWord(riskTier, paint),
    agentName(owner) ?? "",
    time(nextReviewAt),
    clean(shorten(purpose, PURPOSE_LENGTH)),
  ]);
  return { items, hasMore, rows, columns: named("key", "state", "risk", "owner", "next review", "what for") };
}

export async function listTriggers({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(TriggersDocument, { ...page, ...filter })).triggers;
  });
  const rows = items.map(({ key, state, definition, author }) => {
    const words = triggerWords(definition);
    return [clean(key), paintedWord(state, paint), words.on, words.reactions, agentName(author) ?? ""];
  });
  return { items, hasMore, rows, columns: named("key", "state", "on", "does", "for") };
}
