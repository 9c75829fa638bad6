import type { DecisionsQuery, DeploymentsQuery } from "@clew/schema/graphql";
import { time } from "../terminal/format.ts";
import type { Paint, Style } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { agentName } from "./agent-name.ts";

export type Deployment = DeploymentsQuery["deployments"]["nodes"][number];
export type Decision = DecisionsQuery["decisions"]["nodes"][number];

const STATES: Readonly<Record<string, Style>> = {
  ACTIVE: "green",
  APPROVED: "green",
  PENDING: "yellow",
  FAILED: "red",
  REJECTED: "red",
  SUSPENDED: "red",
  OPEN: "red",
  ACKNOWLEDGED: "yellow",
  CRITICAL: "red",
  WARNING: "yellow",
  PROPOSED: "yellow",
  ENABLED: "green",
  FIRED: "green",
  QUEUED: "yellow",
  EXHAUSTED: "red",
  HIGH: "yellow",
  UNACCEPTABLE: "red",
};

/** A state of what goes live, in its colour. */
export function paintedWord(word: string, paint: Paint): string {
  return paint(STATES[word] ?? "dim", word);
}

/** "flights/delay@1 (90 %), flights/delay@2 (shadow 50 %)". */
export function servedWords({ serves }: Pick<Deployment, "serves">): string {
  const words = serves.map(({ weight, mode, node }) => {
    const share = mode === "SHADOW" ? `shadow ${weight} %` : `${weight} %`;
    return `${"key" in node ? node.key : node.id} (${share})`;
  });
  return clean(words.join(", "));
}

export function subjectOf(about: Decision["about"] | { readonly id: string }): string {
  return clean("key" in about ? about.key : about.id);
}

/** The rule or the person that decided. */
export function deciderOf({ policy, attributedTo }: Pick<Decision, "policy" | "attributedTo">): string {
  return policy === null ? (agentName(attributedTo) ?? "") : clean(policy);
}

/** Cells of a table: when, what, about what, by whom, why. */
export function decisionCells(decision: Decision): string[] {
  const { decisionType, about, decidedAt, reason } = decision;
  return [time(decidedAt), decisionType, subjectOf(about), deciderOf(decision), clean(reason)];
}

export const DECISION_TITLES = ["at", "decision", "about", "by", "why"] as const;
