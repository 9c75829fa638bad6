import { parseKey, type PipelineDefinition } from "@clew/schema";
import { clientError } from "../../../graphql/errors.ts";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { inNamespace } from "../../../graphql/mutations.ts";
import type { UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { assetId } from "../../catalog/index.ts";
import { Run } from "../../runs/index.ts";
import { definitionErrors } from "../check-definition.ts";
import { lookUpStart, manifestsOf } from "../look-up-start.ts";
import { PipelineVersion } from "../pipeline.node.ts";
import { actsAsApprover, PublishPipelineVersion, publishPipelineVersion } from "../publish-pipeline-version.ts";
import { lookUpRerun, RerunPipeline } from "../rerun-pipeline.ts";
import { StartPipeline, startPipeline } from "../start-pipeline.ts";
import { can } from "../../../graphql/principal.ts";

export function pipelineMutations(reader: NodeReader): MutationDefinition[] {
  return [
    mutation({
      name: "publishPipelineVersion",
      description:
        "Publishes a pipeline's definition; the same definition again is the same version. One that decides or deploys only for approvers.",
      input: PublishPipelineVersion,
      things: { pipelineVersion: PipelineVersion },
      allow: inNamespace("CONTRIBUTOR"),
      prepare: async (input, principal) => {
        const { namespace, definition } = input;
        if (actsAsApprover(definition) && !can(principal, "APPROVER", namespace))
          throw clientError(
            "FORBIDDEN",
            `only an APPROVER of ${namespace} publishes a pipeline that decides or deploys`,
          );
        const manifests = await manifestsOf(reader, definition);
        const errors = [
          ...definitionErrors(definition, { namespace, manifests }),
          ...(await missingEndpoints(reader, definition)),
        ];
        return errors.length > 0 ? { errors } : publishPipelineVersion(input);
      },
    }),
    mutation({
      name: "startPipeline",
      description: "Starts a run of a pipeline: its steps are runs of their own, which begin as soon as they can.",
      input: StartPipeline,
      things: { run: Run },
      // In which namespace the caller must be a contributor is known once the version is.
      allow: () => true,
      prepare: async (input, principal) => {
        const start = await lookUpStart(reader, principal, input);
        return "errors" in start ? start : startPipeline(start);
      },
    }),
    mutation({
      name: "rerunPipeline",
      description:
        "A new run of the same pipeline version with the same inputs and parameters, in which only these steps and those after them are done again.",
      input: RerunPipeline,
      things: { run: Run },
      allow: () => true,
      prepare: async (input, principal) => {
        const start = await lookUpRerun(reader, principal, input);
        return "errors" in start ? start : startPipeline(start);
      },
    }),
  ];
}

async function missingEndpoints(reader: NodeReader, { steps }: PipelineDefinition): Promise<UserError[]> {
  const named = Object.entries(steps).flatMap(([name, step]) =>
    step.type === "deploy" ? [{ name, endpoint: step.endpoint }] : [],
  );
  const ids = named.map(({ endpoint }) => assetId("Endpoint", parseKey(endpoint)!));
  const found = new Set((await reader.places(ids)).map(({ id }) => id));
  return named.flatMap(({ name, endpoint }, index) => {
    if (found.has(ids[index]!)) return [];
    const path = ["definition", "steps", name, "endpoint"];
    return [{ code: "UNKNOWN_NODE", path, message: `there is no endpoint ${endpoint}: create it first` }];
  });
}
