import type { Verdict, WatchStep } from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import { attributeIs, edgeLeadsTo, eachNode, type NodeFilter, type NodeReader } from "../../ports/node-reader.ts";
import { Deployment } from "../deployments/index.ts";
import { Report } from "../runs/index.ts";
import type { Progress } from "./progress.ts";
import { ruleIn } from "./report-rule.ts";
import { type Found, stepFailure, type StepNode } from "./step-outcome.ts";

const PAGE = 50;
const DECIDED: ReadonlySet<Verdict | null> = new Set(["PASS", "FAIL"]);
/** A deployment in one of these states is not served again: nothing more will be found out about it. */
const OVER: ReadonlySet<string> = new Set(["SUPERSEDED", "FAILED"]);

/** What these steps, which watch, have found so far, by name; those that watch on are left out. */
export async function watchedReports(
  reader: NodeReader,
  progress: Progress,
  steps: readonly StepNode[],
): Promise<Map<string, Found>> {
  const found = await Promise.all(
    steps.map(async (step) => [step.name, await foundBy(reader, progress, step)] as const),
  );
  return new Map(found.flatMap(([name, one]) => (one === null ? [] : [[name, one] as const])));
}

/** The first report that decides; whatever has become of the deployment since. */
async function foundBy(reader: NodeReader, progress: Progress, step: StepNode): Promise<Found | null> {
  const definition = progress.definition.steps[step.name] as WatchStep;
  const nodes = await reader.byIds([step.waitsFor!, progress.idOf(definition.about)!]);
  let undecided = 0;
  for await (const state of eachNode(reader, reportsAbout(step, definition, nodes), "OLDEST", PAGE)) {
    const report = nodeOf(Report, state);
    const outcome = await outcomeOf(reader, report, definition);
    if (DECIDED.has(outcome)) return { report: report.id, failure: null };
    undecided += 1;
    if (undecided === definition.maxReports) return { report: report.id, failure: notEnough(undecided, definition) };
  }
  const deployment = nodeOf(Deployment, nodes.find(({ type }) => type === Deployment.name)!);
  return OVER.has(deployment.state) ? { report: null, failure: noLonger(deployment) } : null;
}

/** Of the pipeline's own namespace, in which only its contributors make reports. */
function reportsAbout({ namespace }: StepNode, { reportType }: WatchStep, nodes: readonly NodeState[]): NodeFilter {
  return {
    types: [Report.name],
    namespaces: [namespace],
    attributes: [attributeIs(Report, "reportType", [reportType])],
    edges: nodes.map((node) => edgeLeadsTo(Report, "about", node)),
  };
}

async function outcomeOf(reader: NodeReader, report: NodeOf<typeof Report>, { rule }: WatchStep) {
  return rule === undefined ? report.verdict : ruleIn(reader, report, rule);
}

function notEnough(reports: number, { rule }: WatchStep) {
  const what = rule === undefined ? "" : ` on ${rule}`;
  return stepFailure("NOT_ENOUGH_DATA", `none of ${reports} reports has decided${what}`);
}

function noLonger({ namespace, name, version, state }: NodeOf<typeof Deployment>) {
  return stepFailure("DEPLOYMENT_CONFLICT", `${namespace}/${name}@${version} is ${state}, and no report has decided`);
}
