import { NodeId, StepName } from "@clew/schema";
import { z } from "zod";
import { nodeOf } from "../../core/define-node.ts";
import { mayRead } from "../../graphql/loaders.ts";
import type { Principal } from "../../graphql/principal.ts";
import { requireContributor } from "../../graphql/require-contributor.ts";
import { refuse, type UserError } from "../../ledger/command.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { HYPERPARAMETERS, type Run } from "../runs/index.ts";
import { viewOf } from "./make-moves.ts";
import { Definitions } from "./look-up-start.ts";
import { PipelineVersion } from "./pipeline.node.ts";
import { idIn } from "./progress.ts";
import { CODE_ROLE, PIPELINE_ROLE, type PipelineStart } from "./start-pipeline.ts";
import { withDownstream } from "./step-graph.ts";
import { DONE, type StepNode } from "./step-outcome.ts";
import type { NodeOf } from "../../core/define-node.ts";

export const RerunPipeline = z
  .strictObject({
    run: NodeId.describe("The pipeline run of which the other steps' results are taken over."),
    steps: z.array(StepName).min(1).max(100).describe("They are done again, and all that come after them."),
  })
  .meta({ id: "RerunPipeline" });

type Refused = { readonly errors: readonly UserError[] };

/**
 * A start with everything as in an earlier run, whose steps stand for those that are not done again.
 * @throws FORBIDDEN where the caller may only read
 */
export async function lookUpRerun(
  reader: NodeReader,
  principal: Principal,
  input: z.infer<typeof RerunPipeline>,
): Promise<PipelineStart | Refused> {
  const view = await viewOf(reader, input.run);
  if (view === null || !mayRead(principal, view.run)) return refuse("UNKNOWN_NODE", ["run"], "no such pipeline run");
  requireContributor(principal, view.run.namespace, `to run ${input.run} again`);
  const { run, steps } = view;
  const unknown = input.steps.findIndex((name) => !steps.some((step) => step.name === name));
  if (unknown >= 0)
    return refuse("UNKNOWN_STEP", ["steps", String(unknown)], `the run has no step ${input.steps[unknown]}`);
  const found = await reader.byIds([idIn(run, PIPELINE_ROLE), idIn(run, HYPERPARAMETERS)]);
  const version = nodeOf(PipelineVersion, found.find(({ type }) => type === PipelineVersion.name)!);
  const parameters = found.find(({ type }) => type === "HyperparameterSet")!.attributes["parameters"] as never;
  const definition = await new Definitions(reader).of(version);
  const again = withDownstream(definition, input.steps);
  return {
    version,
    definition,
    parameters,
    inputs: ownInputs(run),
    triggeredBy: run.triggeredBy.map(({ id }) => id),
    code: run.inputs.find(({ role }) => role === CODE_ROLE)?.id ?? null,
    seed: run.seed,
    before: ({ name }) =>
      takenOver(
        steps.find((step) => step.name === name),
        again.has(name),
      ),
  };
}

function ownInputs({ inputs }: NodeOf<typeof Run>) {
  const others = new Set<string | undefined>([PIPELINE_ROLE, HYPERPARAMETERS, CODE_ROLE]);
  return inputs.filter(({ role }) => !others.has(role));
}

/** A step that is done again makes its results anew; one that had none is done, and may find them elsewhere. A withdrawal was of that run alone. */
function takenOver(earlier: StepNode | undefined, isDoneAgain: boolean): Partial<StepNode> {
  if (isDoneAgain) return { mayReuse: false };
  if (earlier === undefined || earlier.stepType === "WITHDRAW" || !DONE.has(earlier.state)) return {};
  const { id, run, decision, deployment, report, cacheKey, startedAt, endedAt } = earlier;
  return { state: "REUSED", reusedFrom: id, run, decision, deployment, report, cacheKey, startedAt, endedAt };
}
