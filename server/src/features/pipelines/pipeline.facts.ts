import { type Json, NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { patch, place } from "../../core/define-node.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import { Pipeline, PipelineVersion } from "./pipeline.node.ts";

/** A pipeline has a new version. The pipeline comes along as it stands afterwards: the first version makes it. */
export const pipelineVersionPublished = defineFact({
  type: "pipeline-version.published",
  v: 1,
  payload: z.strictObject({ pipeline: Pipeline.schema, version: PipelineVersion.schema }),
  project: ({ pipeline, version }, context) => [
    ...place(Pipeline, pipeline),
    ...place(PipelineVersion, version, context),
  ],
});

/** Version 1 knew no steps that watch, and no reports of theirs. */
const withoutReport = (payload: Json): Json => ({ ...(payload as object), report: null });

/** A step of a pipeline's run, as it stands when that begins. The run's own facts are those of any run: run.submitted, in the entry before, and run.finished. */
export const pipelineStepPlanned = defineFact({
  type: "pipeline-step.planned",
  v: 2,
  payload: PipelineStep.schema,
  upcasts: { 1: withoutReport },
  project: (step) => place(PipelineStep, step),
});

const { state, run, decision, deployment, report, reusedFrom, waitsFor, cacheKey, failure, startedAt, endedAt } =
  PipelineStep.fields;

/** A step has begun or ended. What it started or decided has facts of its own, in the entries just before. */
export const pipelineStepChanged = defineFact({
  type: "pipeline-step.changed",
  v: 2,
  payload: z.strictObject({
    step: NodeId,
    state,
    run,
    decision,
    deployment,
    report,
    reusedFrom,
    waitsFor,
    cacheKey,
    failure,
    startedAt,
    endedAt,
  }),
  upcasts: { 1: withoutReport },
  project: ({ step, ...set }) => [patch(PipelineStep, step, set)],
});

export const pipelineFacts = [pipelineVersionPublished, pipelineStepPlanned, pipelineStepChanged];
