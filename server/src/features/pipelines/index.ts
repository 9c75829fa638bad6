import { childrenResolver } from "../../graphql/connection.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { keyResolver } from "../catalog/index.ts";
import { pipelineMutations } from "./graphql/pipeline-mutations.ts";
import { PipelineQueries, PipelineStepResolver, RunStepsResolver } from "./graphql/pipelines.resolver.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import { pipelineFacts } from "./pipeline.facts.ts";
import { Pipeline, PipelineVersion } from "./pipeline.node.ts";

export { PipelineMoves } from "./make-moves.ts";
export { PipelineStarter } from "./pipeline-starter.ts";
export { PipelineWork } from "./pipeline-work.ts";
export { whyPipelineWaits } from "./why-pipeline-waits.ts";
export { pipelineFacts };

export const pipelineNodes = [Pipeline, PipelineVersion, PipelineStep];

export function pipelineResolvers(reader: NodeReader, mutations: Mutations): object[] {
  return [
    new PipelineQueries(reader),
    new RunStepsResolver(reader),
    new PipelineStepResolver(),
    ...[Pipeline, PipelineVersion].map(keyResolver),
    childrenResolver(reader, Pipeline, PipelineVersion, "versions"),
    mutationResolver("PipelineMutations", mutations, pipelineMutations(reader)),
  ];
}
