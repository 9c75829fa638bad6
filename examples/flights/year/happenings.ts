import type { ClewClient } from "@clew/cli";
import {
  AlertsDocument,
  type AlertsQuery,
  DecisionsDocument,
  type DecisionsQuery,
  ReportsDocument,
  type ReportsQuery,
  type ReportsQueryVariables,
} from "@clew/schema/graphql";
import { NAMESPACE } from "../flights-client.ts";
import type { Measured } from "./quality.ts";

export type Alert = AlertsQuery["alerts"]["nodes"][number];
export type Decision = DecisionsQuery["decisions"]["nodes"][number];

/** A report, and what it measured. */
export interface Finding {
  readonly id: string;
  readonly verdict: string | null;
  /** Keys, or ids of what has none. */
  readonly about: readonly string[];
  readonly measured: Measured;
}

/** What Clew has recorded of a stretch of time. */
export interface Happenings {
  /** The monitor's windows, of models that answer. */
  readonly windows: readonly Finding[];
  /** And of challengers, which answer nobody. */
  readonly shadows: readonly Finding[];
  readonly validations: readonly Finding[];
  /** Those that were raised then. */
  readonly alerts: readonly Alert[];
  /** Those that had been raised before, and whose cause was found again. */
  readonly recurred: readonly Alert[];
  readonly decisions: readonly Decision[];
}

/**
 * What the monitor has judged since then.
 * @param monitor the run that judges
 */
export async function judgedBy(
  client: ClewClient,
  monitor: string,
  since: Date,
): Promise<Pick<Happenings, "windows" | "shadows">> {
  const judged = await reportsOf(client, { reportTypes: ["EVALUATION"], run: monitor, since: since.toISOString() });
  const { windows = [], shadows = [] } = Object.groupBy(judged, (one) => (isOfShadow(one) ? "shadows" : "windows"));
  return { windows, shadows };
}

/** All of it that has been recorded since then. */
export async function happeningsOf(client: ClewClient, monitor: string, from: Date): Promise<Happenings> {
  const span = { since: from.toISOString(), orderBy: "OLDEST" as const, first: 100, namespace: NAMESPACE };
  return {
    ...(await judgedBy(client, monitor, from)),
    validations: await reportsOf(client, { reportTypes: ["DATA_VALIDATION"], since: span.since }),
    alerts: (await client.request(AlertsDocument, span)).alerts.nodes,
    recurred: await recurredSince(client, span.since),
    decisions: (await client.request(DecisionsDocument, span)).decisions.nodes,
  };
}

async function recurredSince(client: ClewClient, since: string): Promise<Alert[]> {
  const { alerts } = await client.request(AlertsDocument, { namespace: NAMESPACE, until: since, first: 100 });
  return alerts.nodes.filter(({ lastAt }) => lastAt >= since);
}

async function reportsOf(client: ClewClient, filter: ReportsQueryVariables): Promise<Finding[]> {
  const variables = { ...filter, orderBy: "OLDEST" as const, first: 500, withMetrics: true };
  return (await client.request(ReportsDocument, variables)).reports.nodes.map(findingOf);
}

function findingOf({ id, verdict, about, metrics }: ReportsQuery["reports"]["nodes"][number]): Finding {
  return {
    id,
    verdict,
    about: about.map(({ node }) => ("key" in node ? node.key : node.id)),
    measured: new Map(metrics?.map(({ name, value }) => [name, Number(value)])),
  };
}

/** Only a challenger is compared with what answered. */
function isOfShadow({ measured }: Finding): boolean {
  return measured.has("gain_over_baseline_log_loss");
}
