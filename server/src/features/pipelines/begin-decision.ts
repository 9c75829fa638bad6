import type { AskStep, DecideStep } from "@clew/schema";
import type { Heads } from "../../ledger/command.ts";
import { ModelVersion } from "../catalog/index.ts";
import { Decide, decide } from "../decisions/index.ts";
import { type Beginning, type Begun, failing } from "./beginning.ts";
import type { Progress } from "./progress.ts";
import { stepFailure, type StepNode } from "./step-outcome.ts";

const noModel = (about: AskStep["about"]): Begun => ({
  failure: stepFailure("UNKNOWN_NODE", `the step ${about.step} made no ${about.output}`),
});

/** Waits for a person's word on a model version; one that was given before counts. */
export function beginAsk({ about, ...definition }: AskStep, progress: Progress): Beginning {
  const model = progress.idOf(about);
  const required = progress.required(definition);
  return {
    heads: [],
    begin: () => {
      if ("failure" in required) return required;
      return model === null ? noModel(about) : { facts: [], change: { waitsFor: model } };
    },
  };
}

/** A policy's decision: an approval where all reports have passed. */
export function beginDecide(step: StepNode, definition: DecideStep, progress: Progress): Beginning {
  const about = progress.idOf(definition.about);
  if (about === null) return { heads: [], begin: () => noModel(definition.about) };
  const required = progress.required(definition);
  const failure = "failure" in required ? required.failure : null;
  if (failure !== null && definition.otherwise === undefined) return failing(failure);
  const input = Decide.parse({
    decisionType: failure === null ? "APPROVAL" : definition.otherwise,
    about,
    reason: failure === null ? "every report that is required has passed" : failure.message,
    basis: progress.reportsOf(definition.requires),
  });
  const subject = { id: about, namespace: progress.run.namespace };
  const decided = decide(input, { subject, policy: progress.policyOf(step.name) });
  return {
    heads: decided.heads,
    begin: (heads, context) => {
      const stopped = stoppedBefore(heads, about);
      if (stopped) return stopped;
      const made = decided.decide(heads, context);
      if ("errors" in made) return made;
      const { decision } = made.answer;
      return failure === null
        ? { facts: made.facts, change: { state: "SUCCEEDED", decision } }
        : { facts: made.facts, failure, change: { decision } };
    },
  };
}

/** A rule does not lift what a person has decided. */
function stoppedBefore(heads: Heads, id: string): Begun | null {
  const model = heads.get(ModelVersion, id);
  if (model?.state !== "REJECTED" && model?.state !== "SUSPENDED") return null;
  const { namespace, name, version, state } = model;
  return { failure: stepFailure("MODEL_NOT_APPROVED", `${namespace}/${name}@${version} is ${state} already`) };
}
