import {
  AlertsDocument,
  DecisionsDocument,
  type DecisionsQuery,
  DeploymentsDocument,
  EndpointsDocument,
} from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { count, time } from "../terminal/format.ts";
import type { Paint, Style } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { pages } from "../pages.ts";
import { type Listing, type ListOptions, named } from "./list-pages.ts";

const STATES: Readonly<Record<string, Style>> = {
  ACTIVE: "green",
  PENDING: "yellow",
  FAILED: "red",
  SUSPENDED: "red",
  OPEN: "red",
  ACKNOWLEDGED: "yellow",
  CRITICAL: "red",
  WARNING: "yellow",
};

const painted = (word: string, paint: Paint) => paint(STATES[word] ?? "dim", word);

export async function listEndpoints({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(EndpointsDocument, { ...page, ...filter })).endpoints;
  });
  const rows = items.map(
    ({ key, latestVersion, activeDeployment: active, wantedDeployment: wanted, requiresApproval }) => [
      clean(key),
      count(latestVersion),
      active === null ? "" : `${clean(active.key)} ${painted(active.state, paint)}`,
      wanted === null || wanted.id === active?.id ? "" : `${clean(wanted.key)} ${painted(wanted.state, paint)}`,
      requiresApproval ? "approved only" : "any",
    ],
  );
  return { items, hasMore, rows, columns: named("key", "revisions", "serves", "is to serve", "models") };
}

export async function listDeployments({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(DeploymentsDocument, { ...page, ...filter })).deployments;
  });
  const rows = items.map(({ key, state, serves, createdAt, activatedAt, failure }) => [
    clean(key),
    painted(state, paint),
    clean(serves.map(servedWords).join(", ")),
    time(createdAt),
    time(activatedAt),
    clean(failure?.message ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("key", "state", "serves", "wanted since", "served since", "") };
}

function servedWords({
  weight,
  mode,
  node,
}: {
  weight: number | null;
  mode: string | null;
  node: { id: string };
}): string {
  const share = mode === "SHADOW" ? `shadow ${weight} %` : `${weight} %`;
  return `${"key" in node ? String(node.key) : node.id} (${share})`;
}

export async function listDecisions({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(DecisionsDocument, { ...page, ...filter })).decisions;
  });
  const rows = items.map(({ decisionType, about, decidedAt, policy, attributedTo, reason }) => [
    time(decidedAt),
    decisionType,
    clean(subjectOf(about)),
    clean(policy ?? attributedTo?.id ?? ""),
    clean(reason),
  ]);
  return { items, hasMore, rows, columns: named("at", "decision", "about", "by", "why") };
}

export async function listAlerts({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(AlertsDocument, { ...page, ...filter })).alerts;
  });
  const rows = items.map(({ id, name, state, severity, about, occurrences, lastAt, message }) => [
    painted(state, paint),
    painted(severity, paint),
    clean(name),
    clean(subjectOf(about)),
    count(occurrences),
    time(lastAt),
    clean(message),
    id,
  ]);
  return { items, hasMore, rows, columns: named("state", "severity", "cause", "about", "times", "last", "what", "id") };
}

type Subject = DecisionsQuery["decisions"]["nodes"][number]["about"] | { readonly id: string };

function subjectOf(about: Subject): string {
  return "key" in about ? about.key : about.id;
}
