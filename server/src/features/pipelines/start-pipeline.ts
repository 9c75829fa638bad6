import {
  contentId,
  digestOf,
  type Json,
  NodeId,
  type PipelineDefinition,
  type PipelineStepType,
  timeId,
  typeOfId,
} from "@clew/schema";
import { randomInt } from "node:crypto";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { EdgeEnd, NodeOf } from "../../core/define-node.ts";
import { JsonObject } from "../../core/json-object.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import { hyperparameterSetFact, hyperparameterSetId } from "../catalog/index.ts";
import { HYPERPARAMETERS, Run, RunInput, runSubmitted } from "../runs/index.ts";
import { pipelineStepPlanned } from "./pipeline.facts.ts";
import { PipelineStep } from "./pipeline-step.node.ts";
import type { PipelineVersion } from "./pipeline.node.ts";
import { inOrder, needsOf } from "./step-graph.ts";

/** The roles in which a pipeline's run uses its definition and its code. */
export const PIPELINE_ROLE = "pipeline";
export const CODE_ROLE = "code";

export const StartPipeline = z
  .strictObject({
    pipeline: z.string().min(1).max(400).describe("A version's id or key: namespace/name@3, @latest or @alias."),
    inputs: z.array(RunInput).max(200).default([]).describe("One for each input that has no default, or another."),
    parameters: JsonObject.default({}),
    triggeredBy: z
      .array(NodeId)
      .max(50)
      .default([])
      .describe("The alerts, decisions, reports or versions that led to it."),
    code: NodeId.nullable().default(null).describe("The CodeVersion that its runs stand for."),
    seed: Run.fields.seed.nullable().default(null).describe("Chosen at random, and recorded, when left out."),
  })
  .meta({ id: "StartPipeline" });
export type StartPipeline = z.infer<typeof StartPipeline>;

type StepNode = Omit<NodeOf<typeof PipelineStep>, "type">;

/** A pipeline run as it shall begin, everything looked up and checked. */
export interface PipelineStart {
  readonly version: NodeOf<typeof PipelineVersion>;
  readonly definition: PipelineDefinition;
  /** The resolved inputs by role. */
  readonly inputs: readonly EdgeEnd[];
  /** With the schema's defaults. */
  readonly parameters: Record<string, Json>;
  readonly triggeredBy: readonly string[];
  readonly code: string | null;
  readonly seed: number | null;
  /** Of a rerun: what becomes of a step before anything is done; all wait otherwise. */
  readonly before?: (step: StepNode) => Partial<StepNode>;
}

/** A run of a pipeline version, with all of its steps; the follower of pipelines does the rest. */
export function startPipeline(start: PipelineStart) {
  const id = timeId("Run");
  const { version, parameters, code } = start;
  const settings = hyperparameterSetId(digestOf(parameters));
  const seed = start.seed ?? randomInt(0xffff_ffff);
  return {
    heads: [settings, ...start.triggeredBy],
    decide: (heads: Heads, context: FactContext): Decision<{ run: string }> => {
      const errors = causeErrors(heads, start.triggeredBy);
      if (errors.length > 0) return { errors };
      const facts = heads.has(settings) ? [] : [hyperparameterSetFact(parameters, context)];
      const inputs: EdgeEnd[] = [
        { id: version.id, role: PIPELINE_ROLE },
        ...start.inputs,
        { id: settings, role: HYPERPARAMETERS },
        ...(code === null ? [] : [{ id: code, role: CODE_ROLE }]),
      ];
      const run = newRun({ id, start, inputs, seed }, context);
      const steps = newSteps(id, start).map((step) => pipelineStepPlanned.of(step));
      return { facts: [...facts, runSubmitted.of(run), ...steps], answer: { run: id } };
    },
  };
}

function causeErrors(heads: Heads, triggeredBy: readonly string[]): UserError[] {
  return triggeredBy.flatMap((id, index) => {
    const path = ["triggeredBy", String(index)];
    if (!heads.has(id)) return refuse("UNKNOWN_NODE", path, `there is no ${id}`).errors;
    const isCause = Run.edges.triggeredBy.targets.includes(typeOfId(id));
    return isCause ? [] : refuse("WRONG_TYPE", path, `a node of the type ${typeOfId(id)} leads to no run`).errors;
  });
}

interface NewRun {
  readonly id: string;
  readonly start: PipelineStart;
  readonly inputs: readonly EdgeEnd[];
  readonly seed: number;
}

function newRun({ id, start, inputs, seed }: NewRun, { at }: FactContext) {
  const { namespace, name } = start.version;
  return {
    id,
    namespace,
    name,
    runType: "PIPELINE" as const,
    kind: "TASK" as const,
    state: "RUNNING" as const,
    plugin: null,
    endpoint: null,
    pool: "default",
    seed,
    maxAttempts: 1,
    attempts: [],
    targets: [],
    outputs: [],
    failure: null,
    queuedAt: at,
    notBefore: at,
    startedAt: at,
    endedAt: null,
    declaresInputs: true,
    measurementsComplete: null,
    triggeredBy: [...new Set(start.triggeredBy)].map((cause) => ({ id: cause })),
    partOf: null,
    inputs: [...inputs],
  };
}

export const stepId = (run: string, name: string) => contentId("PipelineStep", run, name);

const TYPES: Readonly<Record<string, PipelineStepType>> = {
  run: "RUN",
  decide: "DECIDE",
  ask: "ASK",
  deploy: "DEPLOY",
  watch: "WATCH",
  withdraw: "WITHDRAW",
};

function newSteps(run: string, { version, definition, before = () => ({}) }: PipelineStart): StepNode[] {
  return inOrder(definition).map((name, position) => {
    const step = definition.steps[name]!;
    const waiting: StepNode = {
      id: stepId(run, name),
      namespace: version.namespace,
      name,
      position,
      stepType: TYPES[step.type]!,
      state: "WAITING",
      needs: needsOf(step),
      mayReuse: true,
      run: null,
      decision: null,
      deployment: null,
      report: null,
      reusedFrom: null,
      waitsFor: null,
      cacheKey: null,
      failure: null,
      startedAt: null,
      endedAt: null,
      pipelineRun: run,
    };
    return { ...waiting, ...before(waiting) };
  });
}
