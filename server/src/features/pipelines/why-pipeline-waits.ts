import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import { attributeIs, eachNode, type NodeReader } from "../../ports/node-reader.ts";
import type { Deployment } from "../deployments/index.ts";
import { Run } from "../runs/index.ts";
import { viewOf } from "./make-moves.ts";
import type { StepNode, Waited } from "./step-outcome.ts";

type RunNode = NodeOf<typeof Run>;
export type WhyRunWaits = (run: RunNode) => Promise<string | null>;

/** What the running steps of a pipeline run wait for: people, endpoints, and runs that wait themselves; null when all of them are at work. */
export async function whyPipelineWaits(reader: NodeReader, run: RunNode, whyRun: WhyRunWaits): Promise<string | null> {
  if (run.state !== "RUNNING") return null;
  const view = await viewOf(reader, run.id);
  const running = view?.steps.flatMap((step) => {
    const node = step.waitsFor === null || step.state !== "RUNNING" ? undefined : view.waitedFor.get(step.waitsFor);
    return node ? [{ step, node }] : [];
  });
  const reasons = await Promise.all((running ?? []).map(({ step, node }) => whyStep(reader, step, node, whyRun)));
  const told = reasons.filter((reason) => reason !== null);
  return told.length === 0 ? null : told.join("; ");
}

async function whyStep(
  reader: NodeReader,
  { name, stepType }: StepNode,
  node: Waited,
  whyRun: WhyRunWaits,
): Promise<string | null> {
  if (node.type === "Run") {
    const why = await whyRun(node);
    return why && `the step ${name}: ${why}`;
  }
  const key = `${node.namespace}/${node.name}@${node.version}`;
  if (stepType === "WATCH" && node.type === "Deployment")
    return `the step ${name} waits for a report about ${key} that decides (${await whoWatches(reader, node)})`;
  if (node.type === "Deployment")
    return `the step ${name} waits until ${key} is served (a service of that endpoint says so)`;
  return `the step ${name} waits for an APPROVER of ${node.namespace} to decide on ${key} (clew decide approve ${key}, or reject)`;
}

const PAGE = 100;

async function whoWatches(
  reader: NodeReader,
  { namespace, name, endpoint }: NodeOf<typeof Deployment>,
): Promise<string> {
  const filter = {
    types: [Run.name],
    namespaces: [namespace],
    states: ["QUEUED", "LEASED", "RUNNING"],
    attributes: [attributeIs(Run, "runType", ["MONITORING"])],
  };
  for await (const state of eachNode(reader, filter, "NEWEST", PAGE)) {
    const run = nodeOf(Run, state);
    if (run.endpoint === endpoint) return `${run.id} watches that endpoint and is ${run.state}`;
  }
  return `no monitor watches ${namespace}/${name}: clew run monitor`;
}
