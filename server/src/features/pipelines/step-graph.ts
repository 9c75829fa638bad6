import type { PipelineDefinition, PipelineStepDefinition, StepOutput, StepSource } from "@clew/schema";

/** One mention of another step, and where in the definition of its own step it stands. */
export interface Mention {
  readonly step: string;
  /** The role of the other's output that is meant; null where it only has to end well. */
  readonly output: string | null;
  readonly path: readonly string[];
}

/** A version that a step takes, and where it says so. */
export interface Taken {
  readonly source: StepSource;
  readonly path: readonly string[];
}

/** What a step takes in: a run's inputs, or the models that are to be served. */
export function takenBy(step: PipelineStepDefinition): Taken[] {
  if (step.type === "run")
    return Object.entries(step.inputs).flatMap(([role, sources]) =>
      sources.map((source, index) => ({ source, path: ["inputs", role, String(index)] })),
    );
  if (step.type === "deploy")
    return step.serves.map(({ model }, index) => ({ source: model, path: ["serves", String(index), "model"] }));
  return step.type === "withdraw" ? [] : [{ source: step.about, path: ["about"] }];
}

/** Every mention of another step. */
export function mentionsIn(step: PipelineStepDefinition): Mention[] {
  const deployed = "deployment" in step ? [{ step: step.deployment, output: null, path: ["deployment"] }] : [];
  if (step.type === "withdraw") return deployed;
  const taken = takenBy(step).flatMap(({ source, path }) => ("step" in source ? [{ ...source, path }] : []));
  const required = step.requires.map((one: StepOutput, index) => ({ ...one, path: ["requires", String(index)] }));
  const after = step.after.map((name, index) => ({ step: name, output: null, path: ["after", String(index)] }));
  return [...taken, ...required, ...deployed, ...after];
}

/** The steps that must have ended well before this one begins, each once. */
export function needsOf(step: PipelineStepDefinition): string[] {
  return [...new Set(mentionsIn(step).map(({ step: name }) => name))];
}

/** Steps that wait for each other, from one of them around to itself; null when there are none. */
export function cycleIn({ steps }: Pick<PipelineDefinition, "steps">): readonly string[] | null {
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (done.has(name) || !Object.hasOwn(steps, name)) return null;
    for (const need of needsOf(steps[name]!)) {
      const cycle = visit(need, [...way, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of Object.keys(steps)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return null;
}

/**
 * The steps' names, each behind all that it needs, and by name where that leaves a choice: a definition is the same in whatever order it
 * names them. For one without a cycle.
 */
export function inOrder({ steps }: Pick<PipelineDefinition, "steps">): string[] {
  const ordered: string[] = [];
  const place = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const need of needsOf(steps[name]!).toSorted()) place(need);
    ordered.push(name);
  };
  for (const name of Object.keys(steps).toSorted()) place(name);
  return ordered;
}

/** These steps and all that need them, directly or through others. */
export function withDownstream({ steps }: Pick<PipelineDefinition, "steps">, names: readonly string[]): Set<string> {
  const found = new Set(names);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const [name, step] of Object.entries(steps))
      if (needsOf(step).some((need) => found.has(need))) found.add(name);
  }
  return found;
}
