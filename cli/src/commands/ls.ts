import {
  DatasetsDocument,
  DeadLettersDocument,
  ModelsDocument,
  PluginsDocument,
  ReportsDocument,
  RunnersDocument,
  RunsDocument,
  TokensDocument,
} from "@clew/schema/graphql";
import { Argument, Command } from "commander";
import { type MetricOrder, parseInteger } from "../arguments.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { type ListFlags, variablesOf, withFilters } from "./list-filters.ts";
import { pages } from "../pages.ts";
import { type Listing, type ListOptions, named } from "./list-pages.ts";
import {
  listAgents,
  listCodeVersions,
  listDatasetVersions,
  listEnvironments,
  listHyperparameterSets,
  listModelVersions,
  listPipelines,
  listPipelineVersions,
  listRepositories,
} from "./ls-catalog.ts";
import { listAlerts, listDecisions, listDeployments, listEndpoints, listTriggers, listUseCases } from "./ls-serving.ts";
import { aboutWords, paintedVerdict } from "../show/show-report.ts";
import { paintedState } from "../show/painted-state.ts";
import { aliasWords, tagWords } from "../show/tags.ts";
import { table } from "../terminal/columns.ts";
import { count, metric as metricWord, time } from "../terminal/format.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

interface Flags extends ListFlags {
  readonly first: number;
  readonly json?: true;
}

const LISTS: Readonly<Record<string, (context: CliContext, options: ListOptions) => Promise<Listing>>> = {
  datasets: (context, options) => listAssets(context, options, "datasets"),
  "dataset-versions": listDatasetVersions,
  models: (context, options) => listAssets(context, options, "models"),
  "model-versions": listModelVersions,
  repositories: listRepositories,
  "code-versions": listCodeVersions,
  pipelines: listPipelines,
  "pipeline-versions": listPipelineVersions,
  "hyperparameter-sets": listHyperparameterSets,
  environments: listEnvironments,
  runs: listRuns,
  reports: listReports,
  endpoints: listEndpoints,
  deployments: listDeployments,
  decisions: listDecisions,
  alerts: listAlerts,
  "use-cases": listUseCases,
  triggers: listTriggers,
  agents: listAgents,
  runners: listRunners,
  plugins: listPlugins,
  tokens: listTokens,
  "dead-letters": listDeadLetters,
};

export function lsCommand(io: Io): Command {
  const command = new Command("ls")
    .description("list what the server knows, newest first")
    .addArgument(new Argument("[what]", "what to list").choices(Object.keys(LISTS)).default("models"));
  return withFilters(command)
    .option("--first <n>", "at most so many", parseInteger(1, 100_000), 50)
    .option("--json", "as JSON")
    .action((what: string, flags: Flags, self: Command) => list(io, what, flags, self));
}

export async function list(io: Io, what: string, flags: Flags, command: Command): Promise<void> {
  const context = contextOf(io, command);
  const listing = await LISTS[what]!(context, { first: flags.first, filter: variablesOf(what, flags) });
  if (flags.json) printJson(io, listing.items);
  else printLines(io, listingLines(what, listing, context));
}

function listingLines(what: string, { columns, rows, hasMore }: Listing, { paint }: CliContext): string[] {
  if (rows.length === 0) return [paint("dim", `no ${what}`)];
  const more = hasMore ? [paint("dim", `there are more: --first ${rows.length * 2}`)] : [];
  return [...table(columns, rows, paint), ...more];
}

async function listAssets(
  { client }: CliContext,
  { first, filter }: ListOptions,
  what: "datasets" | "models",
): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) =>
    what === "datasets"
      ? (await client.request(DatasetsDocument, { ...page, ...filter })).datasets
      : (await client.request(ModelsDocument, { ...page, ...filter })).models,
  );
  const rows = items.map(({ key, latestVersion, createdAt, aliases, tags: words }) => [
    clean(key),
    count(latestVersion),
    time(createdAt),
    aliasWords(aliases),
    tagWords(words),
  ]);
  return {
    items,
    hasMore,
    rows,
    columns: [{ title: "key" }, { title: "versions", align: "right" }, ...named("created", "aliases", "tags")],
  };
}

async function listRuns({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(RunsDocument, { ...page, ...filter })).runs;
  });
  const rows = items.map((run) => [
    run.id,
    run.namespace,
    run.runType,
    clean(run.name),
    paintedState(run.state, paint),
    time(run.queuedAt),
    time(run.endedAt),
    clean(run.whyWaiting ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("id", "namespace", "type", "name", "state", "queued", "ended", "") };
}

async function listReports({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const orderByMetric = filter["orderByMetric"] as MetricOrder | undefined;
  const shown = orderByMetric ? { withMetrics: true } : {};
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(ReportsDocument, { ...page, ...filter, ...shown })).reports;
  });
  const measured = (report: (typeof items)[number]) =>
    report.metrics?.filter(({ name }) => name === orderByMetric?.name).map(({ value }) => metricWord(value)) ?? [];
  const rows = items.map((report) => [
    report.id,
    report.namespace,
    report.reportType,
    paintedVerdict(report.verdict, paint) ?? "",
    aboutWords(report.about),
    time(report.createdAt),
    ...measured(report),
  ]);
  const columns = named("id", "namespace", "type", "verdict", "about", "created");
  const ranked = orderByMetric ? [{ title: clean(orderByMetric.name), align: "right" as const }] : [];
  return { items, hasMore, rows, columns: [...columns, ...ranked] };
}

async function listRunners({ client, paint }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(
    first,
    async (page) => (await client.request(RunnersDocument, { ...page, ...filter })).runners,
  );
  const rows = items.map(({ name, presence, id, pools, namespaces }) => [
    clean(name),
    presence === null ? paint("red", "absent") : paint("green", presence.state),
    presence === null ? "" : count(presence.freeSlots),
    clean(pools.join(", ")),
    clean(namespaces.join(", ")),
    id,
    clean(presence?.plugins.join(", ") ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("name", "state", "free slots", "pools", "namespaces", "id", "hosts") };
}

async function listPlugins({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(
    first,
    async (page) => (await client.request(PluginsDocument, { ...page, ...filter })).plugins,
  );
  const rows = items.map(({ name, pluginVersion, manifest, registeredAt }) => {
    const { runType, description } = manifest as Readonly<Record<string, unknown>>;
    return [name, pluginVersion, String(runType), time(registeredAt), clean(String(description))];
  });
  return { items, hasMore, rows, columns: named("name", "version", "run type", "registered", "") };
}

async function listTokens({ client, paint }: CliContext, { first }: ListOptions): Promise<Listing> {
  const { tokens } = await client.request(TokensDocument, {});
  const items = tokens.slice(0, first);
  const rows = items.map(({ id, name, agent, grants, expiresAt, revokedAt }) => {
    const state =
      revokedAt === null ? `until ${time(expiresAt) || "revoked"}` : paint("red", `revoked ${time(revokedAt)}`);
    return [id, clean(name), clean("name" in agent ? agent.name : agent.id), grantWords(grants), state];
  });
  return { items, rows, hasMore: tokens.length > first, columns: named("id", "for", "agent", "may", "works") };
}

/** "team: CONTRIBUTOR, *: VIEWER". */
function grantWords(grants: readonly { namespace: string; roles: readonly string[] }[]): string {
  return clean(grants.map(({ namespace, roles }) => `${namespace}: ${roles.join("+")}`).join(", "));
}

async function listDeadLetters({ client }: CliContext, { first }: ListOptions): Promise<Listing> {
  const ask = async (page: { first: number; after: string | null }) =>
    (await client.request(DeadLettersDocument, page)).deadLetters;
  const { items, hasMore } = await pages(first, ask);
  const rows = items.map(({ id, subject, deliveries, at, reason }) => [
    id,
    clean(subject),
    count(deliveries),
    time(at),
    clean(reason),
  ]);
  return { items, hasMore, rows, columns: named("id", "from", "deliveries", "given up", "why") };
}
