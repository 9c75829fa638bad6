import { Failure, Namespace, NodeId, PipelineStepState, PipelineStepType, Sha256, StepName } from "@clew/schema";
import { z } from "zod";
import { defineNode, one } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";

export const PipelineStep = defineNode("PipelineStep", {
  description: "A step of a pipeline's run: what it waits for, and what came of it.",
  fields: {
    namespace: Namespace,
    name: StepName,
    position: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .describe("Its place, from 0, in an order in which each step comes behind those that it needs."),
    stepType: PipelineStepType,
    state: PipelineStepState,
    needs: z.array(StepName).max(100).describe("The steps that must have ended well before it begins."),
    /** False where a rerun asks for it to be done again. */
    mayReuse: z.boolean(),
    run: NodeId.nullable(),
    decision: NodeId.nullable(),
    deployment: NodeId.nullable(),
    report: NodeId.nullable(),
    /** The step of an earlier pipeline run whose result stands for it. */
    reusedFrom: NodeId.nullable(),
    /** The run, model version or deployment whose change, or a report about which, ends the step: by it the step is found again. */
    waitsFor: NodeId.nullable(),
    /** The digest of all that decides what the step's run makes. */
    cacheKey: Sha256.nullable(),
    failure: Failure.nullable(),
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
  },
  edges: { pipelineRun: one("PART_OF", "Run") },
  parent: "pipelineRun",
  hidden: ["mayReuse", "run", "decision", "deployment", "report", "reusedFrom", "waitsFor", "cacheKey"],
  indexed: ["waitsFor", "cacheKey"],
});
