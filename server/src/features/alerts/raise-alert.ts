import { AlertSeverity, contentId, NodeId } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import { nodeOf, type NodeOf } from "../../core/define-node.ts";
import type { Decision, Heads, UserError } from "../../ledger/command.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { alertRaised, alertRecurred } from "./alert.facts.ts";
import { Alert } from "./alert.node.ts";
import { leaseErrors, Run } from "../runs/index.ts";

/** Reports that an alert keeps; what comes later is in the ledger and the graph. */
const EVIDENCE_MAX = 200;

export const RaiseAlert = z
  .strictObject({
    about: z
      .string()
      .min(1)
      .max(400)
      .describe("A deployment, model version, dataset version, run or use case: its id or key."),
    cause: Alert.fields.name.describe(
      "What it is grouped by, as drift:temp: the same again adds to the alert that is open.",
    ),
    severity: AlertSeverity.default("WARNING"),
    message: Alert.fields.message,
    evidence: z.array(NodeId).max(50).default([]).describe("The reports that show it."),
  })
  .meta({ id: "RaiseAlert" });
type RaiseAlert = z.infer<typeof RaiseAlert>;

/** What an alert is about, and the last one of the same cause on it. */
export interface RaiseLookups {
  readonly subject: { readonly id: string; readonly namespace: string };
  readonly last: { readonly id: string; readonly episode: number } | null;
}

/** The attempt of the run that raises it; null for who else may. */
type Raiser = { readonly runId: string; readonly attempt: number } | null;

/** Raises an alert, or adds to the one that is open. */
export function raiseAlert(input: RaiseAlert, found: RaiseLookups, by: Raiser) {
  const { heads: own, tell } = alertOn(found, input.cause);
  return {
    heads: [...own, ...input.evidence, ...(by ? [by.runId] : [])],
    decide: (heads: Heads, context: FactContext): Decision<{ alert: string }> => {
      const lost = by && leaseErrors(heads.get(Run, by.runId), by.attempt);
      if (lost) return lost;
      const errors = evidenceErrors(heads, input.evidence);
      if (errors.length > 0) return { errors };
      // What rests on the same reports has been said: an attempt says again what the one before it may not have said.
      const told = found.last && heads.get(Alert, found.last.id);
      if (by && told && isKnown(told, input.evidence)) return { facts: [], answer: { alert: told.id } };
      const { fact, alert } = tell(heads, context, input);
      return { facts: [fact], answer: { alert } };
    },
  };
}

type Told = Pick<RaiseAlert, "severity" | "message" | "evidence">;

/** What a use case needs to raise an alert beside what it records: the heads, and what makes the fact of them. */
export function alertOn({ subject, last }: RaiseLookups, cause: string) {
  const episode = (last?.episode ?? 0) + 1;
  const next = contentId("Alert", subject.id, cause, String(episode));
  return {
    heads: [subject.id, next, ...(last ? [last.id] : [])],
    tell: (heads: Heads, context: FactContext, told: Told): { fact: Fact; alert: string } => {
      // `next` is there when another has raised it since the look-up.
      const open = [next, last?.id].map((id) => (id ? heads.get(Alert, id) : undefined)).find(isOpen);
      if (open) return { fact: recurred(open, told, context), alert: open.id };
      return { fact: raised(next, episode, subject, { ...told, cause }, context), alert: next };
    },
  };
}

/** The last alert of this cause on a thing. */
export async function lastAlert(reader: NodeReader, subject: string, cause: string): Promise<RaiseLookups["last"]> {
  const filter = { types: [Alert.name], namespaces: null, parent: subject, name: cause };
  const [last] = await reader.list(filter, "NEWEST", null, 1);
  return last ? { id: last.id, episode: nodeOf(Alert, last).episode } : null;
}

function isKnown(told: NodeOf<typeof Alert>, evidence: readonly string[]): boolean {
  const known = new Set(told.evidence.map(({ id }) => id));
  return evidence.length > 0 && evidence.every((id) => known.has(id));
}

function isOpen(alert: NodeOf<typeof Alert> | undefined): alert is NodeOf<typeof Alert> {
  return alert !== undefined && alert.state !== "RESOLVED";
}

function raised(
  id: string,
  episode: number,
  subject: { id: string; namespace: string },
  { cause, severity, message, evidence }: Told & { cause: string },
  { at }: FactContext,
): Fact {
  return alertRaised.of({
    id,
    namespace: subject.namespace,
    name: cause,
    state: "OPEN",
    severity,
    message,
    episode,
    occurrences: 1,
    firstAt: at,
    lastAt: at,
    acknowledgedAt: null,
    resolvedAt: null,
    resolution: null,
    about: subject.id,
    evidence: [...new Set(evidence)].map((report) => ({ id: report })),
  });
}

function recurred(open: NodeOf<typeof Alert>, { severity, message, evidence }: Told, { at }: FactContext): Fact {
  const known = new Set(open.evidence.map(({ id }) => id));
  const added = [...new Set(evidence)].filter((id) => !known.has(id));
  return alertRecurred.of({
    alert: open.id,
    severity: open.severity === "CRITICAL" ? "CRITICAL" : severity,
    message,
    occurrences: open.occurrences + 1,
    lastAt: at,
    evidence: [...open.evidence, ...added.map((id) => ({ id }))].slice(0, EVIDENCE_MAX),
    added,
  });
}

function evidenceErrors(heads: Heads, evidence: readonly string[]): UserError[] {
  return evidence.flatMap((id, index) => {
    const path = ["evidence", String(index)];
    if (!heads.has(id)) return [{ code: "UNKNOWN_NODE", path, message: `there is no ${id}` }];
    return id.startsWith("Report:") ? [] : [{ code: "WRONG_TYPE", path, message: "evidence is a report" }];
  });
}
