import { contentId, digestOf, Name, Namespace, PipelineDefinition } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { assetId } from "../catalog/index.ts";
import { pipelineVersionPublished } from "./pipeline.facts.ts";
import { Pipeline, PipelineVersion } from "./pipeline.node.ts";

export const PublishPipelineVersion = z
  .strictObject({
    namespace: Namespace,
    name: Name,
    definition: z
      .unknown()
      .pipe(PipelineDefinition)
      .describe("As pipeline-definition.1.schema.json has it: the same as in a YAML file."),
  })
  .meta({ id: "PublishPipelineVersion" });
export type PublishPipelineVersion = z.infer<typeof PublishPipelineVersion>;

/** A definition that was checked becomes a version; the same definition again is the same version. */
export function publishPipelineVersion({ namespace, name, definition }: PublishPipelineVersion) {
  const digest = digestOf(definition);
  const pipeline = assetId("Pipeline", { namespace, name });
  const id = contentId("PipelineVersion", pipeline, digest);
  return {
    heads: [pipeline, id],
    decide: (heads: Heads, { at }: FactContext): Decision<{ pipelineVersion: string }> => {
      const answer = { pipelineVersion: id };
      if (heads.get(PipelineVersion, id)) return { facts: [], answer };
      const before = heads.get(Pipeline, pipeline);
      const version = (before?.latestVersion ?? 0) + 1;
      const published = pipelineVersionPublished.of({
        pipeline: { id: pipeline, namespace, name, latestVersion: version, createdAt: before?.createdAt ?? at },
        version: { id, namespace, name, version, digest, definition: definition as never, createdAt: at, pipeline },
      });
      return { facts: [published], answer };
    },
  };
}

/** Whether a definition acts as an approver would. */
export function actsAsApprover({ steps }: PipelineDefinition): boolean {
  return Object.values(steps).some(({ type }) => type === "decide" || type === "deploy");
}
