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
import { collect, parseCondition, parseInteger, parseMetricOrder, parsePair } from "../arguments.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import { filterOf, type Listing, type ListOptions, named } from "./list-pages.ts";
import { pages } from "../pages.ts";
import { listAlerts, listDecisions, listDeployments, listEndpoints } from "./ls-serving.ts";
import { CliError } from "../errors.ts";
import { aboutWords, paintedVerdict } from "../show/show-report.ts";
import { paintedState } from "../show/show-run.ts";
import { aliasWords, tagWords } from "../show/tags.ts";
import { table } from "../terminal/columns.ts";
import { count, metric as metricWord, time } from "../terminal/format.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";

interface ListFlags extends ListOptions {
  readonly json?: true;
}

const LISTS: Readonly<Record<string, (context: CliContext, options: ListOptions) => Promise<Listing>>> = {
  datasets: (context, options) => listAssets(context, options, "datasets"),
  models: (context, options) => listAssets(context, options, "models"),
  runs: listRuns,
  reports: listReports,
  endpoints: listEndpoints,
  deployments: listDeployments,
  decisions: listDecisions,
  alerts: listAlerts,
  runners: listRunners,
  plugins: listPlugins,
  tokens: listTokens,
  "dead-letters": listDeadLetters,
};

export function lsCommand(io: Io): Command {
  return new Command("ls")
    .description("list what the server knows, newest first")
    .addArgument(new Argument("[what]", "what to list").choices(Object.keys(LISTS)).default("models"))
    .option("--namespace <namespace>", "only this namespace")
    .option(
      "--tag <name=value>",
      "only datasets, models, runs and reports with this tag; may be repeated",
      collect(parsePair),
    )
    .option(
      "--parameter <name=value>",
      "only runs with this parameter: lr=0.01, optimizer.momentum>0.5; may be repeated",
      collect(parseCondition),
    )
    .option(
      "--metric <name=value>",
      "only runs and reports with this metric: 'roc_auc>0.64'; may be repeated",
      collect(parseCondition),
    )
    .option(
      "--order-by-metric <name>",
      "reports by this metric, the largest first; loss:asc the smallest",
      parseMetricOrder,
    )
    .option("--first <n>", "at most so many", parseInteger(1, 100_000), 50)
    .option("--json", "as JSON")
    .action((what: string, options: ListFlags, command: Command) => list(io, what, options, command));
}

export async function list(io: Io, what: string, options: ListFlags, command: Command): Promise<void> {
  const context = contextOf(io, command);
  requireFilters(what, options);
  const listing = await LISTS[what]!(context, options);
  if (options.json) printJson(io, listing.items);
  else printLines(io, listingLines(what, listing, context));
}

const TAGGED = new Set(["datasets", "models", "runs", "reports"]);
const WITHOUT_NAMESPACE = new Set(["runners", "plugins", "tokens", "dead-letters"]);

/** A filter that the list does not know would seem to have found everything. */
function requireFilters(what: string, { tag, namespace, parameter, metric, orderByMetric }: ListOptions): void {
  const usage = (message: string) => new CliError(message, { code: "INVALID_INPUT" });
  if (tag && !TAGGED.has(what)) throw usage(`${what} have no tags: leave out --tag`);
  if (parameter && what !== "runs") throw usage(`${what} have no parameters: leave out --parameter`);
  if (metric && what !== "runs" && what !== "reports") throw usage(`${what} have no metrics: leave out --metric`);
  if (orderByMetric && what !== "reports")
    throw usage("only reports are ordered by a metric: leave out --order-by-metric");
  if (namespace !== undefined && WITHOUT_NAMESPACE.has(what))
    throw usage(`${what} are in no namespace: leave out --namespace`);
}

function listingLines(what: string, { columns, rows, hasMore }: Listing, { paint }: CliContext): string[] {
  if (rows.length === 0) return [paint("dim", `no ${what}`)];
  const more = hasMore ? [paint("dim", `there are more: --first ${rows.length * 2}`)] : [];
  return [...table(columns, rows, paint), ...more];
}

async function listAssets(
  { client }: CliContext,
  { first, ...options }: ListOptions,
  what: "datasets" | "models",
): Promise<Listing> {
  const filter = filterOf(options);
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

async function listRuns({ client, paint }: CliContext, { first, ...options }: ListOptions): Promise<Listing> {
  const { parameter: parameters, metric: metrics } = options;
  const filter = { ...filterOf(options), ...(parameters && { parameters: [...parameters] }), ...metricsOf(metrics) };
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

function metricsOf(metrics: ListOptions["metric"]) {
  return metrics
    ? {
        metrics: metrics.map(({ equals, ...rest }) => ({
          ...rest,
          ...(equals !== undefined && { equals: equals as number }),
        })),
      }
    : {};
}

async function listReports({ client, paint }: CliContext, { first, ...options }: ListOptions): Promise<Listing> {
  const { metric: metrics, orderByMetric } = options;
  const order = orderByMetric && { orderByMetric, withMetrics: true };
  const filter = { ...filterOf(options), ...metricsOf(metrics), ...order };
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(ReportsDocument, { ...page, ...filter })).reports;
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

async function listRunners({ client, paint }: CliContext, { first }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => (await client.request(RunnersDocument, page)).runners);
  const rows = items.map(({ name, presence, id, pools, namespaces }) => [
    clean(name),
    presence === null ? paint("red", "absent") : paint("green", presence.state),
    presence === null ? "" : count(presence.freeSlots),
    clean(pools.join(", ")),
    clean(namespaces.join(", ")),
    clean(presence?.plugins.join(", ") ?? ""),
    id,
  ]);
  return { items, hasMore, rows, columns: named("name", "state", "free slots", "pools", "namespaces", "hosts", "id") };
}

async function listPlugins({ client }: CliContext, { first }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => (await client.request(PluginsDocument, page)).plugins);
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
