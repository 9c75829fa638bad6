import { typeOfId } from "@clew/schema";
import { headlines } from "../show/evaluation-table.ts";
import { bytes, plural, shortDigest, time } from "../terminal/format.ts";
import type { Paint, Style } from "../terminal/paint.ts";
import { clean, shorten } from "../terminal/text.ts";
import type { TraceNode } from "./trace.ts";

/** What a person recognises a node by. */
export interface NodeLabel {
  readonly name: string;
  /** Empty where there is no more to say. */
  readonly detail: string;
}

const VALUES_LENGTH = 72;

const STYLES: Readonly<Record<string, Style>> = {
  Dataset: "blue",
  DatasetVersion: "blue",
  Model: "magenta",
  ModelVersion: "magenta",
  Run: "yellow",
  Pipeline: "yellow",
  PipelineVersion: "yellow",
  PipelineStep: "yellow",
  Report: "green",
  Endpoint: "red",
  Deployment: "red",
  Alert: "red",
  Decision: "green",
  MaskedNode: "gray",
  ErasedNode: "gray",
};

export function styleOf(type: string): Style {
  return STYLES[type] ?? "cyan";
}

export function paintedName(node: TraceNode, paint: Paint): string {
  return paint(styleOf(node.__typename), labelOf(node).name);
}

/** A node in one line. */
export function labelOf(node: TraceNode): NodeLabel {
  const { name, detail } = rawLabel(node);
  return { name: clean(name), detail: clean(detail) };
}

function rawLabel(node: TraceNode): NodeLabel {
  switch (node.__typename) {
    case "Dataset":
    case "Model":
    case "Endpoint":
    case "Pipeline":
      return { name: node.key, detail: "" };
    case "UseCase":
      return { name: `use case ${node.key}`, detail: `risk ${node.riskTier}` };
    case "KpiValue":
      return {
        name: `KPI ${node.kpi}`,
        detail: `${node.value}, ${node.isMet ? "met" : "missed"}, until ${time(node.to)}`,
      };
    case "Trigger":
      return { name: `trigger ${node.key}`, detail: node.triggerState };
    case "TriggerFiring":
      return { name: `firing of ${node.triggerName}`, detail: `${node.firingState}, ${time(node.firedAt)}` };
    case "PipelineVersion":
      return { name: node.key, detail: `pipeline, ${shortDigest(node.digest)}` };
    case "PipelineStep":
      return { name: `step ${node.name}`, detail: `${node.stepType}, ${node.stepState}` };
    case "Deployment":
      return { name: `deployment ${node.key}`, detail: deploymentDetail(node) };
    case "Decision":
      return { name: node.decisionType, detail: decisionDetail(node) };
    case "Alert":
      return {
        name: `alert ${node.cause}`,
        detail: `${node.severity}, ${node.alertState}: ${shorten(node.message, VALUES_LENGTH)}`,
      };
    case "DatasetVersion":
      return { name: node.key, detail: datasetDetail(node) };
    case "ModelVersion":
      return { name: node.key, detail: `${node.format}, ${shortDigest(node.digest)}` };
    case "Run":
      return { name: `${node.runType} ${node.name}`, detail: runDetail(node) };
    case "Report":
      return { name: `${node.reportType} report`, detail: reportDetail(node) };
    case "CodeRepository":
      return { name: `${node.namespace}/${node.name}`, detail: "" };
    case "CodeVersion":
      return {
        name: `${node.namespace}/${node.name} ${node.commit.slice(0, 12)}`,
        detail: changesOf(node.dirtyDigest),
      };
    case "HyperparameterSet":
      return { name: `parameters ${shortDigest(node.digest)}`, detail: valuesOf(node.parameters) };
    case "Environment":
      return { name: `environment ${shortDigest(node.digest)}`, detail: valuesOf(node.values) };
    case "Agent":
      return { name: node.name, detail: node.kind.toLowerCase() };
    case "Plugin":
      return { name: `${node.name}@${node.pluginVersion}`, detail: "" };
    case "Runner":
      return { name: node.name, detail: "" };
    case "ErasedNode":
      return { name: `${typeOfId(node.id)} (erased)`, detail: "" };
    default:
      return { name: `${typeOfId(node.id)} (your token may not read it)`, detail: "" };
  }
}

function datasetDetail(node: Extract<TraceNode, { __typename: "DatasetVersion" }>): string {
  if (node.source !== null) return `${node.source.uri} at ${node.source.snapshot}, not content-addressed`;
  const rows = node.rows === null ? [] : [plural(node.rows, "row")];
  return [...rows, plural(node.fileCount, "file"), bytes(node.sizeBytes)].join(", ");
}

function deploymentDetail({ deploymentState, activatedAt }: Extract<TraceNode, { __typename: "Deployment" }>): string {
  return activatedAt === null ? deploymentState : `${deploymentState}, served since ${time(activatedAt)}`;
}

function decisionDetail({ reason, policy, decidedAt }: Extract<TraceNode, { __typename: "Decision" }>): string {
  const who = policy === null ? "" : `by the rule ${policy}`;
  return [time(decidedAt), who, shorten(reason, VALUES_LENGTH)].filter((part) => part !== "").join(", ");
}

function runDetail({ name, plugin, state, endedAt }: Extract<TraceNode, { __typename: "Run" }>): string {
  const version =
    plugin === null ? "" : plugin.name === name ? `@${plugin.version}` : `${plugin.name}@${plugin.version}`;
  return [version, state, time(endedAt)].filter((part) => part !== "").join(", ");
}

function reportDetail({ verdict, metrics }: Extract<TraceNode, { __typename: "Report" }>): string {
  return [...(verdict === null ? [] : [verdict]), ...headlines(metrics)].join(", ");
}

export function changesOf(dirtyDigest: string | null): string {
  return dirtyDigest === null ? "" : `with uncommitted changes ${shortDigest(dirtyDigest)}`;
}

/** The beginning of an object's members: epochs=30, hidden=[32,16], … */
export function valuesOf(value: unknown, length = VALUES_LENGTH): string {
  if (typeof value !== "object" || value === null) return "";
  const members = Object.entries(value).map(
    ([key, one]) => `${key}=${typeof one === "string" ? one : JSON.stringify(one)}`,
  );
  return shorten(members.join(", "), length);
}
