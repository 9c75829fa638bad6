import type { NodeOf } from "../../core/define-node.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { Run } from "../runs/index.ts";
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
  const reasons = await Promise.all((running ?? []).map(({ step, node }) => whyStep(step, node, whyRun)));
  const told = reasons.filter((reason) => reason !== null);
  return told.length === 0 ? null : told.join("; ");
}

async function whyStep({ name, stepType }: StepNode, node: Waited, whyRun: WhyRunWaits): Promise<string | null> {
  if (node.type === "Run") {
    const why = await whyRun(node);
    return why && `the step ${name}: ${why}`;
  }
  const key = `${node.namespace}/${node.name}@${node.version}`;
  if (stepType === "DEPLOY")
    return `the step ${name} waits until ${key} is served (a service of that endpoint says so)`;
  return `the step ${name} waits for an APPROVER of ${node.namespace} to decide on ${key} (clew decide approve ${key}, or reject)`;
}
