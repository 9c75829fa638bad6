import { RiskTier, UseCaseState } from "@clew/schema";
import { InventoryDocument, type InventoryQuery, UnassignedDeploymentsDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { parseInteger, parseList } from "../arguments.ts";
import { type CliContext, contextOf } from "../cli-context.ts";
import type { ClewClient } from "../client.ts";
import { UsageError } from "../errors.ts";
import { pages } from "../pages.ts";
import { agentName } from "../show/agent-name.ts";
import { kpiWords } from "../show/kpi-words.ts";
import { paintedWord, servedWords } from "../show/serving-words.ts";
import { table } from "../terminal/columns.ts";
import { csv } from "../terminal/csv.ts";
import { metric, time } from "../terminal/format.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { upperWords } from "./list-filters.ts";

const PAGE_MAX = 100;
/** Deployments without a use case that are counted beside the inventory. */
const UNASSIGNED_COUNTED = 100;

type Row = InventoryQuery["inventory"]["rows"][number];

interface Flags {
  readonly namespace?: readonly string[];
  readonly risk?: readonly string[];
  readonly state?: readonly string[];
  readonly owner?: string;
  readonly overdue?: true;
  readonly unassigned?: true;
  readonly first: number;
  readonly csv?: true;
  readonly json?: true;
}

/** Every use case with its models, what is served, how it does, and what is open. */
export function inventoryCommand(io: Io): Command {
  return new Command("inventory")
    .description("what models are used for: risk, owner, what is served, KPIs and open alerts")
    .option("--namespace <namespaces>", "only these namespaces, with commas between them", parseList)
    .option("--risk <tiers>", "only these risk tiers: HIGH,LIMITED", parseList)
    .option("--state <states>", "only these states: ACTIVE", parseList)
    .option("--owner <agent>", "only what this person or team answers for, by id or name")
    .option("--overdue", "only those whose review is overdue")
    .option("--unassigned", "instead what is served for no use case, of --namespace where that is given")
    .option("--first <n>", "at most so many", parseInteger(1, 100_000), 1_000)
    .option("--csv", "as CSV, for a spreadsheet")
    .option("--json", "as JSON")
    .action(async (flags: Flags, self: Command) => {
      const context = contextOf(io, self);
      if (flags.unassigned) await printUnassigned(context, flags);
      else await printRows(context, flags);
    });
}

async function printRows(context: CliContext, flags: Flags): Promise<void> {
  const { client, paint } = context;
  const { items, hasMore, isComplete } = await rowsOf(client, flags);
  const lines = items.length === 0 ? [paint("dim", "no use cases")] : shownLines(items, paint);
  print(context, flags, { items, rows: [TITLES, ...items.map(csvRow)], lines });
  if (hasMore) context.err(`there are more: --first ${flags.first * 2}`);
  if (!isComplete) context.err("more is served or open than was looked at: ask for one namespace at a time");
  const unassigned = await unassignedOf(client, { ...flags, first: UNASSIGNED_COUNTED });
  const orMore = unassigned.hasMore ? " or more" : "";
  if (unassigned.items.length > 0)
    context.err(`${unassigned.items.length}${orMore} served for no use case: add --unassigned to see what`);
}

async function printUnassigned(context: CliContext, flags: Flags): Promise<void> {
  if (flags.risk ?? flags.state ?? flags.owner ?? flags.overdue)
    throw new UsageError("what is served for no use case has no risk, state, owner or review: leave those out");
  const { client, paint } = context;
  const { items, hasMore } = await unassignedOf(client, flags);
  const rows = items.map((one) => [one.key, servedWords(one), one.activatedAt ?? ""]);
  const shown = items.map((one) => [clean(one.key), servedWords(one), time(one.activatedAt)]);
  const titles = ["deployment", "serves", "served since"].map((title) => ({ title }));
  const none = [paint("dim", "everything that is served is for a use case")];
  const lines = items.length === 0 ? none : table(titles, shown, paint);
  print(context, flags, { items, rows: [["deployment", "serves", "served_since"], ...rows], lines });
  if (hasMore) context.err(`there may be more: --first ${flags.first * 2}`);
}

interface Listing {
  readonly items: readonly object[];
  /** As CSV, the titles first. */
  readonly rows: Parameters<typeof csv>[0];
  readonly lines: readonly string[];
}

function print(io: Io, flags: Flags, { items, rows, lines }: Listing): void {
  if (flags.json) printJson(io, items);
  // Its last line end is the one that the terminal makes.
  else if (flags.csv) io.out(csv(rows).replace(/\n$/, ""));
  else printLines(io, lines);
}

function unassignedOf(client: ClewClient, { namespace, first: wanted }: Pick<Flags, "namespace" | "first">) {
  return pages(wanted, async ({ first, after }) => {
    const page = { first: Math.min(first, PAGE_MAX), after, ...(namespace ? { namespaces: [...namespace] } : {}) };
    return (await client.request(UnassignedDeploymentsDocument, page)).unassignedDeployments;
  });
}

async function rowsOf(client: ClewClient, flags: Flags) {
  let isComplete = true;
  const filter = {
    ...(flags.namespace ? { namespaces: [...flags.namespace] } : {}),
    ...(flags.risk ? { riskTiers: upperWords("risk", flags.risk, RiskTier.options) } : {}),
    ...(flags.state ? { states: upperWords("state", flags.state, UseCaseState.options) } : {}),
    ...(flags.owner === undefined ? {} : { owner: flags.owner }),
    ...(flags.overdue ? { reviewOverdue: true } : {}),
  };
  const found = await pages(flags.first, async ({ first, after }) => {
    const { inventory } = await client.request(InventoryDocument, {
      first: Math.min(first, PAGE_MAX),
      after,
      ...filter,
    });
    isComplete &&= inventory.isComplete;
    return { nodes: inventory.rows, pageInfo: inventory.pageInfo };
  });
  return { ...found, isComplete };
}

function shownLines(rows: readonly Row[], paint: Paint): string[] {
  const titles = ["use case", "state", "risk", "owner", "next review", "in service", "KPIs", "alerts"];
  const cells = rows.map((row) => [
    clean(row.useCase.key),
    paintedWord(row.useCase.state, paint),
    paintedWord(row.useCase.riskTier, paint),
    agentName(row.useCase.owner) ?? "",
    row.isReviewOverdue ? paint("red", `${time(row.useCase.nextReviewAt)} overdue`) : time(row.useCase.nextReviewAt),
    clean(keys(row.versionsInService)),
    row.kpis.map((kpi) => (kpi.last?.isMet === false ? paint("red", standing(kpi)) : standing(kpi))).join("; "),
    row.openAlertCount === 0 ? "" : paint("red", String(row.openAlertCount)),
  ]);
  return table(
    titles.map((title) => ({ title })),
    cells,
    paint,
  );
}

const TITLES = [
  "use_case",
  "state",
  "risk_tier",
  "owner",
  "purpose",
  "replaces",
  "next_review",
  "review_overdue",
  "models",
  "versions_in_service",
  "endpoints",
  "active_deployments",
  "kpis",
  "kpis_missed",
  "open_alerts",
];

function csvRow({ useCase, ...row }: Row): (string | number)[] {
  return [
    useCase.key,
    useCase.state,
    useCase.riskTier,
    "name" in useCase.owner ? useCase.owner.name : useCase.owner.id,
    useCase.purpose,
    useCase.replaces ?? "",
    useCase.nextReviewAt ?? "",
    row.isReviewOverdue ? "yes" : "no",
    keys(row.models),
    keys(row.versionsInService),
    keys(row.endpoints),
    keys(row.deployments),
    row.kpis.map(standing).join("; "),
    row.kpis.filter(({ last }) => last?.isMet === false).length,
    row.openAlertCount,
  ];
}

/** "accepted 0.82 until 2026-10-31 (at least 0.9)". */
function standing({ kpi, last }: Row["kpis"][number]): string {
  const value = last === null ? "not told" : `${metric(last.value)} until ${last.to.slice(0, 10)}`;
  return `${clean(kpi.name)} ${value} (${kpiWords(kpi)})`;
}

function keys(things: readonly { readonly key: string }[]): string {
  return things.map(({ key }) => key).join("; ");
}
