import { UseCaseByIdDocument, type UseCaseByIdQuery } from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { facts, table } from "../terminal/columns.ts";
import { metric, time } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { agentName } from "./agent-name.ts";
import { kpiWords } from "./kpi-words.ts";
import { section } from "./section.ts";
import { paintedWord } from "./serving-words.ts";
import type { Shown } from "./show-asset.ts";

/** How many models, endpoints, figures and alerts a use case is shown with. */
const SHOWN = 20;

type UseCase = Extract<UseCaseByIdQuery["node"], { __typename: "UseCase" }>;

/** What models are used for: who answers for it, what it is measured by, and how that stands. */
export async function showUseCase({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(UseCaseByIdDocument, { id, first: SHOWN });
  if (node?.__typename !== "UseCase")
    throw new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
  return { lines: [...head(node, paint), ...kpiSections(node, paint), ...alertLines(node, paint)], value: node };
}

function head(node: UseCase, paint: Paint): string[] {
  const keys = (some: readonly { readonly key: string }[]) => some.map(({ key }) => clean(key)).join(", ") || null;
  return facts(
    [
      ["use case", clean(node.key)],
      ["id", node.id],
      ["state", paintedWord(node.state, paint)],
      ["risk", paintedWord(node.riskTier, paint)],
      ["owner", agentName(node.owner)],
      ["what for", clean(node.purpose)],
      ["replaces", node.replaces && clean(node.replaces)],
      ["models", keys(node.models.nodes)],
      ["endpoints", keys(node.endpoints.nodes)],
      ["next review", time(node.nextReviewAt) || null],
      ["created", time(node.createdAt)],
    ],
    paint,
  );
}

function kpiSections({ kpis, kpiValues }: UseCase, paint: Paint): string[] {
  const defined = kpis.map((kpi) => [
    clean(kpi.name),
    kpiWords(kpi),
    kpi.baseline === null ? "" : metric(kpi.baseline),
  ]);
  const told = kpiValues.nodes.map((one) => [
    clean(one.name),
    one.from.slice(0, 10),
    one.to.slice(0, 10),
    metric(one.value),
    one.isMet ? paint("green", "met") : paint("red", "missed"),
    clean(one.source ?? ""),
  ]);
  const columns = (...titles: string[]) => titles.map((title) => ({ title }));
  return [
    ...section("KPIs", defined.length === 0 ? [] : table(columns("kpi", "target", "before"), defined, paint)),
    ...section(
      "Figures",
      told.length === 0 ? [] : table(columns("kpi", "from", "to", "value", "", "source"), told, paint),
    ),
  ];
}

function alertLines({ alerts }: UseCase, paint: Paint): string[] {
  const rows = alerts.nodes.map((alert) => [
    paintedWord(alert.state, paint),
    paintedWord(alert.severity, paint),
    clean(alert.name),
    time(alert.lastAt),
    clean(alert.message),
  ]);
  const titles = ["state", "severity", "cause", "last", "what"].map((title) => ({ title }));
  return section("Alerts", rows.length === 0 ? [] : table(titles, rows, paint));
}
