import {
  AlertByIdDocument,
  DecisionByIdDocument,
  DecisionsOnDocument,
  DeploymentByIdDocument,
  EndpointByIdDocument,
} from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { facts, table } from "../terminal/columns.ts";
import { time } from "../terminal/format.ts";
import { clean } from "../terminal/text.ts";
import { section } from "./section.ts";
import { DECISION_TITLES, decisionCells, deciderOf, paintedWord, servedWords, subjectOf } from "./serving-words.ts";
import type { Shown } from "./show-asset.ts";

/** How many revisions, or decisions, a thing is shown with. */
const SHOWN = 20;

/** What an endpoint serves and where, and its newest revisions. */
export async function showEndpoint({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(EndpointByIdDocument, { id, first: SHOWN });
  if (node?.__typename !== "Endpoint") throw notThere(id);
  const { activeDeployment: active, wantedDeployment: wanted } = node;
  const head = facts(
    [
      ["endpoint", paint("red", clean(node.key))],
      ["id", id],
      ["answers at", node.listensAt.map(clean).join(", ") || null],
      ["serves", active && `${clean(active.key)} ${paintedWord(active.state, paint)}`],
      [
        "is to serve",
        wanted && wanted.id !== active?.id ? `${clean(wanted.key)} ${paintedWord(wanted.state, paint)}` : null,
      ],
      ["models", node.requiresApproval ? "approved only" : "any"],
      ["created", time(node.createdAt)],
    ],
    paint,
  );
  const rows = node.versions.nodes.map((one) => [
    clean(one.key),
    paintedWord(one.state, paint),
    servedWords(one),
    time(one.activatedAt),
  ]);
  const titles = ["revision", "state", "serves", "served since"].map((title) => ({ title }));
  return {
    lines: [...head, ...section("Revisions", rows.length === 0 ? [] : table(titles, rows, paint))],
    value: node,
  };
}

/** A revision of an endpoint, and what was decided on it. */
export async function showDeployment(context: CliContext, id: string): Promise<Shown> {
  const { client, paint } = context;
  const { node } = await client.request(DeploymentByIdDocument, { id });
  if (node?.__typename !== "Deployment") throw notThere(id);
  const head = facts(
    [
      ["deployment", paint("red", clean(node.key))],
      ["id", id],
      ["state", paintedWord(node.state, paint)],
      ["failure", node.failure && clean(node.failure.message)],
      ["serves", servedWords(node)],
      ["goes back to", node.restores === null ? null : `revision ${node.restores}`],
      ["wanted since", time(node.createdAt)],
      ["served since", time(node.activatedAt) || null],
      ["ended", time(node.endedAt) || null],
    ],
    paint,
  );
  return { lines: [...head, ...(await decisionLines(context, id))], value: node };
}

export async function showDecision({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(DecisionByIdDocument, { id });
  if (node?.__typename !== "Decision") throw notThere(id);
  const lines = facts(
    [
      ["decision", node.decisionType],
      ["id", id],
      ["about", subjectOf(node.about)],
      ["by", deciderOf(node)],
      ["why", clean(node.reason)],
      ["because of", node.basis.map((one) => one.node.id).join(", ") || null],
      ["decided", time(node.decidedAt)],
      ["until", time(node.expiresAt) || null],
    ],
    paint,
  );
  return { lines, value: node };
}

/** What is wrong, what shows it, and what has become of it. */
export async function showAlert({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(AlertByIdDocument, { id });
  if (node?.__typename !== "Alert") throw notThere(id);
  const lines = facts(
    [
      ["alert", clean(node.name)],
      ["id", id],
      ["state", paintedWord(node.state, paint)],
      ["severity", paintedWord(node.severity, paint)],
      ["about", subjectOf(node.about)],
      ["because", clean(node.message)],
      ["shown by", node.evidence.map((one) => one.node.id).join(", ") || null],
      [
        "found",
        node.occurrences === 1
          ? time(node.firstAt)
          : `${time(node.firstAt)} to ${time(node.lastAt)}, ${node.occurrences} times`,
      ],
      ["acknowledged", time(node.acknowledgedAt) || null],
      ["resolved", time(node.resolvedAt) || null],
      ["what became of it", node.resolution && clean(node.resolution)],
    ],
    paint,
  );
  return { lines, value: node };
}

/** What was decided on a version or a deployment, newest first; nothing where nothing was. */
export async function decisionLines({ client, paint }: CliContext, id: string): Promise<string[]> {
  const { node } = await client.request(DecisionsOnDocument, { id, first: SHOWN });
  const decisions = node !== null && "decisions" in node ? node.decisions.nodes : [];
  const titles = DECISION_TITLES.map((title) => ({ title }));
  return section("Decisions", decisions.length === 0 ? [] : table(titles, decisions.map(decisionCells), paint));
}

function notThere(id: string): CliError {
  return new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
}
