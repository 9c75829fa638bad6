import {
  checkParameters,
  type Json,
  type ParameterFault,
  type PluginManifest,
  referredParameter,
  type RunStep,
} from "@clew/schema";

type Values = Readonly<Record<string, Json>>;

/** A step's parameters with the pipeline's own filled in; one that has no value is left out. */
export function filledParameters({ parameters }: Pick<RunStep, "parameters">, own: Values): Record<string, Json> {
  const filled = Object.entries(parameters).flatMap(([name, value]): [string, Json][] => {
    const referred = referredParameter(value);
    if (referred === null) return [[name, value]];
    return Object.hasOwn(own, referred) ? [[name, own[referred]!]] : [];
  });
  return Object.fromEntries(filled);
}

/** The seed that a step states, itself or by a parameter; null when it states none. */
export function statedSeed({ seed }: Pick<RunStep, "seed">, own: Values): Json | null {
  if (seed === undefined) return null;
  return typeof seed === "number" ? seed : (own[seed.parameter] ?? null);
}

/** Which parameters of a step break its plugin's schema; those that refer to the pipeline's are left to its start. */
export function parameterFaults(step: RunStep, manifest: PluginManifest): ParameterFault[] {
  const refers = (name: string | undefined) =>
    name !== undefined && Object.hasOwn(step.parameters, name) && referredParameter(step.parameters[name]) !== null;
  return checkParameters(manifest.parameters, filledParameters(step, {})).filter(({ path }) => !refers(path[0]));
}

/** Which parameters break the schema once all have their values. */
export function filledFaults(step: RunStep, own: Values, manifest: PluginManifest): ParameterFault[] {
  return checkParameters(manifest.parameters, filledParameters(step, own));
}
