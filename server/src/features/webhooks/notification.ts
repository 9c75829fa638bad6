import { formatKey, typeOfId } from "@clew/schema";
import { openEntry } from "../../core/define-fact.ts";
import { nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { WebhookRow } from "../../ports/webhooks.ts";
import { Alert, isAbout, isAsSevere } from "../alerts/index.ts";
import { Decision } from "../decisions/index.ts";
import { Deployment } from "../deployments/index.ts";
import { Run } from "../runs/index.ts";
import { NOTICE, type noticeGiven } from "./notice.fact.ts";
import type { z } from "zod";

type NoticePayload = z.infer<typeof noticeGiven.payload>;

/** What a person is told of an entry. */
export interface Notification {
  readonly level: "INFO" | "WARNING" | "CRITICAL";
  /** What happened, to what. */
  readonly title: string;
  /** The rest in a sentence or two; empty where there is none. */
  readonly text: string;
  /** The command that shows more. */
  readonly command: string;
}

/** Entry types that people are told of when they have not said which. */
const NOTABLE: ReadonlySet<string> = new Set([
  "alert.raised",
  "alert.resolved",
  "decision.made",
  "deployment.created",
  "deployment.activated",
  "deployment.failed",
  "deployment.suspended",
  "deployment.resumed",
  "run.finished",
]);

/** Whether a person is told of an entry: of runs, only that they failed. */
export function isNotable(entry: ProjectedEntry, types: ReadonlySet<string> | null): boolean {
  if (!(types ?? NOTABLE).has(entry.type)) return false;
  return entry.type !== "run.finished" || (payloadOf(entry) as { state?: string }).state === "FAILED";
}

/** An entry in words for people, by what its nodes are now. */
export async function notificationOf(reader: NodeReader, entry: ProjectedEntry): Promise<Notification> {
  if (entry.type === NOTICE) return ofNotice(entry);
  const nodes = await reader.byIds(nodeIdsOf(entry));
  const of = (type: string) => nodes.find((node) => node.type === type);
  const [alert, decision, deployment, run] = [Alert, Decision, Deployment, Run].map(({ name }) => of(name));
  if (entry.type.startsWith("alert.") && alert) return ofAlert(reader, entry, alert);
  if (entry.type.startsWith("decision.") && decision) return ofDecision(reader, decision);
  if (entry.type.startsWith("deployment.") && deployment) return ofDeployment(reader, entry, deployment);
  if (entry.type === "run.finished" && run) return ofRun(run);
  return ofAnything(entry, nodes);
}

/** Whether an entry is none of an alert, or one that a webhook wants. */
export async function isWantedAlert(
  reader: NodeReader,
  entry: ProjectedEntry,
  { severity, about }: Pick<WebhookRow, "severity" | "about">,
): Promise<boolean> {
  if (!entry.type.startsWith("alert.")) return true;
  const [state] = (await reader.byIds(nodeIdsOf(entry))).filter(({ type }) => type === Alert.name);
  if (state === undefined) return true;
  const alert = nodeOf(Alert, state);
  if (severity !== null && !isAsSevere(alert.severity, severity)) return false;
  return about === null || isAbout(reader, alert.about, about);
}

async function ofAlert(reader: NodeReader, { type }: ProjectedEntry, state: NodeState): Promise<Notification> {
  const { id, name, message, severity, about, resolution, occurrences } = nodeOf(Alert, state);
  const [subject] = await reader.byIds([about]);
  const on = `Alert ${name} on ${subject ? nameOf(subject) : about}`;
  const [what, text] = {
    "alert.raised": [on, message],
    "alert.recurred": [`${on}, ${occurrences} times by now`, message],
    "alert.acknowledged": [`${on}: somebody looks at it`, message],
    "alert.resolved": [`${on} is resolved`, resolution ?? ""],
  }[type] ?? [on, message];
  const level = type === "alert.resolved" ? "INFO" : severity;
  return { level, title: what!, text: text!, command: `clew show ${id}` };
}

async function ofDecision(reader: NodeReader, state: NodeState): Promise<Notification> {
  const { id, decisionType, about, reason, policy } = nodeOf(Decision, state);
  const [subject] = await reader.byIds([about]);
  const by = policy === null ? "" : ` by the rule ${policy}`;
  const title = `${sentenceCase(decisionType)} of ${subject ? nameOf(subject) : about}${by}`;
  return { level: "INFO", title, text: reason, command: `clew show ${id}` };
}

const DEPLOYMENT_WORDS: Readonly<Record<string, string>> = {
  "deployment.created": "is to be served",
  "deployment.activated": "is served",
  "deployment.failed": "could not be served",
  "deployment.suspended": "is suspended: it answers nobody",
  "deployment.resumed": "answers again",
};

async function ofDeployment(reader: NodeReader, { type }: ProjectedEntry, state: NodeState): Promise<Notification> {
  const { serves, failure } = nodeOf(Deployment, state);
  const models = new Map((await reader.byIds(serves.map(({ id }) => id))).map((one) => [one.id, nameOf(one)]));
  const served = serves.map(({ id, weight, mode }) => {
    const share = mode === "SHADOW" ? `shadow ${weight} %` : `${weight} %`;
    return `${models.get(id) ?? id} (${share})`;
  });
  const isBad = type === "deployment.failed" || type === "deployment.suspended";
  return {
    level: isBad ? "WARNING" : "INFO",
    title: `Deployment ${nameOf(state)} ${DEPLOYMENT_WORDS[type] ?? type}`,
    text: type === "deployment.failed" && failure ? failure.message : `It serves ${served.join(", ")}.`,
    command: `clew show ${nameOf(state)}`,
  };
}

function ofRun(state: NodeState): Notification {
  const { id, namespace, failure } = nodeOf(Run, state);
  const title = `${nameOf(state)} in ${namespace} failed`;
  return { level: "WARNING", title, text: failure?.message ?? "", command: `clew show ${id}` };
}

function ofNotice(entry: ProjectedEntry): Notification {
  const { severity, from, message, about } = payloadOf(entry) as NoticePayload;
  return { level: severity, title: `${from} says`, text: message, command: `clew show ${about}` };
}

/** Whether an entry is meant for this webhook by name. */
export function isNoticeFor(entry: ProjectedEntry, webhook: string): boolean {
  return entry.type === NOTICE && (payloadOf(entry) as NoticePayload).webhooks.includes(webhook);
}

function ofAnything({ type, seq }: ProjectedEntry, nodes: readonly NodeState[]): Notification {
  const [first] = nodes;
  const command = first ? `clew show ${first.id}` : `clew verify --seq ${seq}`;
  return { level: "INFO", title: `${type}: ${nodes.map(nameOf).join(", ") || `entry ${seq}`}`, text: "", command };
}

/** What people call a node: its key, a run's type and name, else its id. */
function nameOf({ id, type, attributes }: NodeState): string {
  const { namespace, name, version, runType } = attributes;
  if (typeof name !== "string") return id;
  if (type === Run.name && typeof runType === "string") return `${runType} run ${name}`;
  if (typeof namespace !== "string" || typeOfId(id) === Alert.name) return id;
  return formatKey({ namespace, name }, typeof version === "number" ? version : null);
}

function sentenceCase(word: string): string {
  return word[0] + word.slice(1).toLowerCase();
}

export function nodeIdsOf({ changes }: ProjectedEntry): string[] {
  return [...new Set(changes.flatMap((change) => (change.op === "node" ? [change.id] : [])))];
}

function payloadOf(entry: ProjectedEntry): object {
  return openEntry(entry).payload as object;
}
