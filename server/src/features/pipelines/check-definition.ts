import {
  parseKey,
  type PipelineDefinition,
  type PipelineStepDefinition,
  type PluginManifest,
  referredParameter,
  requireParameterSchema,
  type RunStep,
  type StepSource,
  WATCHED,
  type WatchStep,
} from "@clew/schema";
import { isDeepStrictEqual } from "node:util";
import type { UserError } from "../../ledger/command.ts";
import { cycleIn, type Mention, mentionsIn, takenBy } from "./step-graph.ts";
import { parameterFaults } from "./step-parameters.ts";

/** What a definition is held to. */
export interface Surroundings {
  /** The pipeline's own: the only one that it writes into. */
  readonly namespace: string;
  /** The manifest of each step that runs a plugin, by the step's name; null where no runner has offered it. */
  readonly manifests: ReadonlyMap<string, PluginManifest | null>;
}

type Fault = (path: readonly string[], message: string, code?: string) => UserError;

/** Roles that a pipeline run's own inputs have. */
const TAKEN_ROLES = new Set(["pipeline", "hyperparameters", "code", "environment"]);

/** Everything for which a definition would be refused, with the path to each. */
export function definitionErrors(definition: PipelineDefinition, around: Surroundings): UserError[] {
  const errors = [
    ...ownErrors(definition),
    ...Object.entries(definition.steps).flatMap(([name, step]) => stepErrors(definition, around, name, step)),
    ...outputErrors(definition),
  ];
  const cycle = cycleIn(definition);
  if (cycle)
    errors.push(at("steps", cycle[0]!)([], `these steps wait for each other: ${cycle.join(" → ")}`, "PIPELINE_CYCLE"));
  return errors;
}

/** Makes errors under a path of the definition. */
function at(...under: readonly string[]): Fault {
  return (path, message, code = "INVALID_INPUT") => ({ code, path: ["definition", ...under, ...path], message });
}

function ownErrors({ parameters, inputs }: PipelineDefinition): UserError[] {
  const errors = Object.entries(inputs).flatMap(([role, input]) => {
    const fault = at("inputs", role);
    if (TAKEN_ROLES.has(role)) return [fault([], `${role} is a role that every pipeline run has of itself`)];
    const isVersion = input.default === undefined || parseKey(input.default)?.version != null;
    return isVersion ? [] : [fault(["default"], "must name a version, as namespace/name@latest")];
  });
  const why = schemaFault(parameters);
  return why === null ? errors : [...errors, at("parameters")([], why)];
}

function schemaFault(schema: PipelineDefinition["parameters"]): string | null {
  if (schema["type"] !== "object") return 'must be a JSON Schema of an object: type "object"';
  try {
    requireParameterSchema(schema);
    return null;
  } catch (error) {
    return `is no JSON Schema: ${(error as Error).message}`;
  }
}

function stepErrors(
  definition: PipelineDefinition,
  around: Surroundings,
  name: string,
  step: PipelineStepDefinition,
): UserError[] {
  const fault = at("steps", name);
  const mentions = mentionsIn(step).flatMap((one) => mentionErrors(definition, around, one, fault));
  const inputs = takenBy(step).flatMap(({ source, path }) =>
    "input" in source && !Object.hasOwn(definition.inputs, source.input)
      ? [fault(path, `the pipeline has no input ${source.input}`)]
      : [],
  );
  const own = step.type === "run" ? runErrors(definition, around, name, step, fault) : [];
  const models = step.type === "run" ? [] : modelErrors(definition, around, step, fault);
  const endpoint = step.type === "deploy" ? endpointErrors(step, around, fault) : [];
  const watched = step.type === "watch" ? watchErrors(definition, step, fault) : [];
  return [...mentions, ...inputs, ...own, ...models, ...endpoint, ...watched];
}

function mentionErrors(definition: PipelineDefinition, around: Surroundings, mention: Mention, fault: Fault) {
  const { step, output, path } = mention;
  if (!Object.hasOwn(definition.steps, step)) return [fault(path, `there is no step ${step}`, "UNKNOWN_STEP")];
  const other = definition.steps[step]!;
  if (other.type === "withdraw")
    return [fault(path, `the step ${step} begins only where another has failed: none comes after it`)];
  if (path[0] === "deployment" && other.type !== "deploy")
    return [fault(path, `the step ${step} deploys nothing: it is of the type ${other.type}`)];
  if (output === null) return [];
  if (other.type === "watch")
    return output === WATCHED ? [] : [fault(path, `the step ${step} makes a ${WATCHED}, and no ${output}`)];
  if (other.type !== "run") return [fault(path, `the step ${step} makes nothing: it is of the type ${other.type}`)];
  const manifest = around.manifests.get(step);
  const made = manifest && outputOf(manifest, output);
  if (manifest && !made) return [fault(path, `${manifest.name} has no output ${output}`)];
  if (made && made.type !== "Report" && !Object.hasOwn(other.outputs, output))
    return [fault(path, `the step ${step} does not say which asset its output ${output} becomes a version of`)];
  const wanted = path[0] === "requires" && made && made.type !== "Report";
  return wanted ? [fault(path, `only a report has a verdict; ${output} is a ${made.type}`, "WRONG_TYPE")] : [];
}

function outputOf({ outputs }: PluginManifest, role: string) {
  return Object.hasOwn(outputs, role) ? outputs[role] : undefined;
}

/** The type of what a source gives; undefined where that is not known, which has an error of its own. */
function typeOf(definition: PipelineDefinition, { manifests }: Surroundings, source: ReturnType<typeof takenBy>[0]) {
  const from = source.source;
  if ("input" in from)
    return Object.hasOwn(definition.inputs, from.input) ? definition.inputs[from.input]!.type : undefined;
  if (definition.steps[from.step]?.type === "watch") return from.output === WATCHED ? "Report" : undefined;
  const manifest = manifests.get(from.step);
  return manifest ? outputOf(manifest, from.output)?.type : undefined;
}

function givesMany({ inputs }: PipelineDefinition, source: StepSource): boolean {
  return "input" in source && Object.hasOwn(inputs, source.input) && inputs[source.input]!.many;
}

function modelErrors(definition: PipelineDefinition, around: Surroundings, step: PipelineStepDefinition, fault: Fault) {
  return takenBy(step).flatMap((taken) => {
    const type = typeOf(definition, around, taken);
    if (givesMany(definition, taken.source)) return [fault(taken.path, "must be one model version")];
    return type === undefined || type === "ModelVersion"
      ? []
      : [fault(taken.path, `must be a ModelVersion, not a ${type}`, "WRONG_TYPE")];
  });
}

function endpointErrors(
  { endpoint, serves }: Extract<PipelineStepDefinition, { type: "deploy" }>,
  { namespace }: Surroundings,
  fault: Fault,
): UserError[] {
  const live = serves.filter(({ mode }) => mode === "LIVE").reduce((sum, { weight }) => sum + weight, 0);
  return [
    ...(parseKey(endpoint)!.namespace === namespace ? [] : [fault(["endpoint"], foreign(namespace))]),
    ...(live === 100 ? [] : [fault(["serves"], `the weights of mode LIVE come to ${live}, not to 100`)]),
  ];
}

/** A step can only watch what another has deployed. */
function watchErrors({ steps }: PipelineDefinition, { deployment, about }: WatchStep, fault: Fault): UserError[] {
  const step = Object.hasOwn(steps, deployment) ? steps[deployment] : undefined;
  if (step?.type !== "deploy") return [];
  const isServed = step.serves.some(({ model }) => isDeepStrictEqual(model, about));
  return isServed ? [] : [fault(["about"], `the step ${deployment} does not serve this model`)];
}

function foreign(namespace: string): string {
  return `must be in ${namespace}: a pipeline writes only into its own namespace`;
}

function runErrors(
  definition: PipelineDefinition,
  around: Surroundings,
  name: string,
  step: RunStep,
  fault: Fault,
): UserError[] {
  const references = referenceErrors(definition, step, fault);
  const manifest = around.manifests.get(name);
  if (!manifest) {
    const version = step.version ? ` ${step.version}` : "";
    const message = `no runner has offered the plugin ${step.plugin}${version}; start one that hosts it`;
    return [...references, fault(["plugin"], message, "PLUGIN_UNKNOWN")];
  }
  if (manifest.kind === "service")
    return [fault(["plugin"], `${manifest.name} is a service, which does not end: a step runs a task`)];
  const parameters = parameterFaults(step, manifest).map(({ path, message }) =>
    fault(["parameters", ...path], message, "PARAMETERS_INVALID"),
  );
  return [
    ...references,
    ...parameters,
    ...inputErrors(definition, around, step, manifest, fault),
    ...targetErrors(around, step, manifest, fault),
  ];
}

function referenceErrors({ parameters: schema }: PipelineDefinition, step: RunStep, fault: Fault): UserError[] {
  const known = Object.keys((schema["properties"] ?? {}) as object);
  const named = [
    ...Object.entries(step.parameters).map(([name, value]) => ({ path: ["parameters", name], value })),
    { path: ["seed"], value: step.seed },
  ];
  return named.flatMap(({ path, value }) => {
    const referred = referredParameter(value);
    return referred === null || known.includes(referred)
      ? []
      : [fault(path, `the pipeline has no parameter ${referred}`)];
  });
}

function inputErrors(
  definition: PipelineDefinition,
  around: Surroundings,
  step: RunStep,
  manifest: PluginManifest,
  fault: Fault,
): UserError[] {
  const wrong = takenBy(step).flatMap((taken) => {
    const role = taken.path[1]!;
    if (!Object.hasOwn(manifest.inputs, role)) return [fault(taken.path, `${manifest.name} has no input ${role}`)];
    const [wanted, type] = [manifest.inputs[role]!.type, typeOf(definition, around, taken)];
    return type === undefined || type === wanted
      ? []
      : [fault(taken.path, `${role} takes a ${wanted}, not a ${type}`, "WRONG_TYPE")];
  });
  const counts = Object.entries(manifest.inputs).flatMap(([role, { required, many }]) => {
    const given = Object.hasOwn(step.inputs, role) ? step.inputs[role]! : [];
    if (required && given.length === 0) return [fault(["inputs"], `${manifest.name} needs the input ${role}`)];
    const isTooMuch = !many && (given.length > 1 || given.some((source) => givesMany(definition, source)));
    return isTooMuch ? [fault(["inputs", role], `${role} takes one version`)] : [];
  });
  return [...wrong, ...counts];
}

function targetErrors({ namespace }: Surroundings, step: RunStep, manifest: PluginManifest, fault: Fault): UserError[] {
  const given = Object.entries(step.outputs).flatMap(([role, key]) => {
    const output = outputOf(manifest, role);
    if (!output) return [fault(["outputs", role], `${manifest.name} has no output ${role}`)];
    if (output.type === "Report") return [fault(["outputs", role], `${role} is a report, which belongs to no asset`)];
    return parseKey(key)!.namespace === namespace ? [] : [fault(["outputs", role], foreign(namespace))];
  });
  const missing = Object.entries(manifest.outputs).flatMap(([role, { type, required }]) =>
    required && type !== "Report" && !Object.hasOwn(step.outputs, role)
      ? [fault(["outputs"], `say which asset the output ${role} becomes a version of`)]
      : [],
  );
  return [...given, ...missing];
}

/** Two outputs that become versions of one asset: which of them is the newest would depend on which step is faster. */
function outputErrors({ steps }: PipelineDefinition): UserError[] {
  const owners = new Map<string, string>();
  return Object.entries(steps).flatMap(([name, step]) =>
    step.type !== "run"
      ? []
      : Object.entries(step.outputs).flatMap(([role, key]) => {
          const other = owners.get(key);
          owners.set(key, name);
          if (other === undefined) return [];
          return [at("steps", name)(["outputs", role], `the step ${other} makes versions of ${key} as well`)];
        }),
  );
}
