import {
  AssetKeyText,
  FINAL_RUN_STATES,
  Namespace,
  NodeId,
  type PluginManifest,
  PluginName,
  checkParameters,
  digestOf,
  parseKey,
  timeId,
  typeOfId,
} from "@clew/schema";
import { randomInt } from "node:crypto";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { EdgeEnd } from "../../core/define-node.ts";
import { JsonObject } from "../../core/json-object.ts";
import { type Decision, type Heads, refuse, type UserError } from "../../ledger/command.ts";
import { CodeVersion, hyperparameterSetFact, hyperparameterSetId } from "../catalog/index.ts";
import { runSubmitted } from "./run.facts.ts";
import { Report } from "./report.node.ts";
import { HYPERPARAMETERS, Run } from "./run.node.ts";

export const RunInput = z
  .strictObject({
    role: z.string().min(1).max(64),
    node: z.string().min(1).max(400).describe("A version's id, or its key (namespace/name@3, @latest or @alias)."),
  })
  .meta({ id: "Run" });

export const TriggeredBy = z
  .array(NodeId)
  .max(50)
  .default([])
  .describe("The alerts, decisions, reports or versions that led to it.");

export const SubmitRun = z
  .strictObject({
    namespace: Namespace,
    name: Run.fields.name.nullable().default(null),
    plugin: PluginName.describe("The plugin's name."),
    pluginVersion: z
      .string()
      .max(50)
      .nullable()
      .default(null)
      .describe("The newest that a runner offered, when left out."),
    parameters: JsonObject.default({}),
    inputs: z.array(RunInput).max(1000).default([]),
    code: NodeId.nullable().default(null).describe("The CodeVersion that the run stands for."),
    outputs: z
      .array(z.strictObject({ role: z.string().min(1).max(64), key: AssetKeyText }).meta({ id: "RunOutput" }))
      .max(50)
      .default([]),
    endpoint: z
      .string()
      .min(1)
      .max(400)
      .nullable()
      .default(null)
      .describe("Of a service's run: the endpoint that it serves or watches, by id or key."),
    triggeredBy: TriggeredBy,
    requires: z
      .array(NodeId)
      .max(50)
      .default([])
      .describe(
        "Reports about the run's inputs: unless each has the verdict PASS, the run is refused. They are kept with triggeredBy.",
      ),
    partOf: NodeId.nullable().default(null).describe("The run that this one is a step of."),
    pool: Run.fields.pool.default("default"),
    seed: Run.fields.seed.nullable().default(null).describe("Chosen at random, and recorded, when left out."),
    maxAttempts: Run.fields.maxAttempts.default(3),
  })
  .meta({ id: "SubmitRun" });
export type SubmitRun = z.infer<typeof SubmitRun>;

/** What the resolver has looked up before the decision. */
export interface SubmitLookups {
  readonly manifest: PluginManifest;
  /** The ids of the inputs, in order. */
  readonly inputIds: readonly string[];
  /** The id of the endpoint. */
  readonly endpoint: string | null;
}

export function submitRun(input: SubmitRun, { manifest, inputIds, endpoint }: SubmitLookups) {
  const parameters = structuredClone(input.parameters);
  const errors = [
    ...parameterErrors(manifest, parameters),
    ...roleErrors(manifest, input, inputIds),
    ...kindErrors(manifest, input),
  ];
  if (errors.length > 0) return { errors };
  const id = timeId("Run");
  const settings = hyperparameterSetId(digestOf(parameters));
  const seed = input.seed ?? randomInt(0xffff_ffff);
  const decide = (heads: Heads, context: FactContext): Decision<{ run: string }> => {
    if (input.code !== null && heads.get(CodeVersion, input.code) === undefined)
      return refuse("WRONG_TYPE", ["code"], `${input.code} is no CodeVersion`);
    const causes = [
      ...triggerErrors(heads, input),
      ...requirementErrors(heads, input, inputIds),
      ...parentErrors(heads, input),
    ];
    if (causes.length > 0) return { errors: causes };
    const inputs: EdgeEnd[] = [
      ...input.inputs.map(({ role }, index) => ({ id: inputIds[index]!, role })),
      { id: settings, role: HYPERPARAMETERS },
      ...(input.code === null ? [] : [{ id: input.code, role: "code" }]),
    ];
    const facts = heads.has(settings) ? [] : [hyperparameterSetFact(parameters, context)];
    const run = runSubmitted.of({
      id,
      namespace: input.namespace,
      name: input.name ?? manifest.name,
      runType: manifest.runType,
      kind: manifest.kind === "service" ? "SERVICE" : "TASK",
      state: "QUEUED",
      plugin: { name: manifest.name, version: manifest.version },
      endpoint,
      pool: input.pool,
      seed,
      maxAttempts: input.maxAttempts,
      attempts: [],
      targets: targets(input),
      outputs: [],
      failure: null,
      queuedAt: context.at,
      notBefore: context.at,
      startedAt: null,
      endedAt: null,
      declaresInputs: true,
      measurementsComplete: null,
      triggeredBy: [...new Set([...input.triggeredBy, ...input.requires])].map((cause) => ({ id: cause })),
      partOf: input.partOf,
      inputs,
    });
    return { facts: [...facts, run], answer: { run: id } };
  };
  const others = [input.code, input.partOf].filter((other) => other !== null);
  return { heads: [settings, ...inputIds, ...input.triggeredBy, ...input.requires, ...others], decide };
}

function kindErrors({ name, kind }: PluginManifest, { endpoint, outputs }: SubmitRun): UserError[] {
  if (kind === "task" && endpoint !== null)
    return refuse("INVALID_INPUT", ["endpoint"], `${name} is a task; only a service serves or watches an endpoint`)
      .errors;
  if (kind === "service" && endpoint === null)
    return refuse("INVALID_INPUT", ["endpoint"], `${name} is a service: say which endpoint it serves or watches`)
      .errors;
  if (kind === "service" && outputs.length > 0)
    return refuse("INVALID_INPUT", ["outputs"], `${name} is a service, which has no outputs at its end`).errors;
  return [];
}

/** What cannot lead to a run, or is not there. */
export function triggerErrors(heads: Heads, { triggeredBy }: Pick<SubmitRun, "triggeredBy">): UserError[] {
  return triggeredBy.flatMap((id, index) => {
    const path = ["triggeredBy", String(index)];
    if (!heads.has(id)) return refuse("UNKNOWN_NODE", path, `there is no ${id}`).errors;
    const isCause = Run.edges.triggeredBy.targets.includes(typeOfId(id));
    return isCause ? [] : refuse("WRONG_TYPE", path, `a node of the type ${typeOfId(id)} leads to no run`).errors;
  });
}

/** A validation of other data says nothing of these. */
function requirementErrors(heads: Heads, { requires }: SubmitRun, inputIds: readonly string[]): UserError[] {
  return requires.flatMap((id, index) => {
    const path = ["requires", String(index)];
    const report = heads.get(Report, id);
    if (report === undefined) return refuse("WRONG_TYPE", path, `${id} is no Report`).errors;
    if (!report.about.some((about) => inputIds.includes(about.id)))
      return refuse("INVALID_INPUT", path, `${id} is about none of the run's inputs`).errors;
    if (report.verdict === "PASS") return [];
    return refuse("REPORT_NOT_PASSED", path, `the verdict of ${id} is ${report.verdict ?? "none"}`).errors;
  });
}

function parentErrors(heads: Heads, { partOf }: SubmitRun): UserError[] {
  if (partOf === null) return [];
  const parent = heads.get(Run, partOf);
  if (parent?.runType !== "PIPELINE")
    return refuse("WRONG_TYPE", ["partOf"], `${partOf} is no run of a pipeline`).errors;
  return FINAL_RUN_STATES.has(parent.state)
    ? refuse("RUN_FINAL", ["partOf"], `${partOf} is ${parent.state}`).errors
    : [];
}

/** The plugin's input of this role: one that it declares, and nothing that every object has. */
export function inputOf(manifest: PluginManifest, role: string): PluginManifest["inputs"][string] | undefined {
  return Object.hasOwn(manifest.inputs, role) ? manifest.inputs[role] : undefined;
}

function targets(input: SubmitRun) {
  return input.outputs.map(({ role, key }) => {
    const { namespace, name } = parseKey(key)!;
    return { role, namespace, name };
  });
}

function parameterErrors(manifest: PluginManifest, parameters: Record<string, unknown>): UserError[] {
  return checkParameters(manifest.parameters, parameters).map(({ path, message }) => ({
    code: "PARAMETERS_INVALID",
    path: ["parameters", ...path],
    message: `${path.join(".") || "parameters"} ${message}`,
  }));
}

function roleErrors(manifest: PluginManifest, input: SubmitRun, inputIds: readonly string[]): UserError[] {
  const invalid = (path: string[], message: string, code = "INVALID_INPUT") => ({ code, path, message });
  const errors = input.inputs.flatMap(({ role }, index) => {
    const declared = inputOf(manifest, role);
    if (declared === undefined)
      return [invalid(["inputs", String(index), "role"], `${manifest.name} has no input ${role}`)];
    const id = inputIds[index]!;
    const type = typeOfId(id);
    const isTold = input.inputs.some((other, at) => at < index && other.role === role && inputIds[at] === id);
    // Its rows would count twice.
    if (isTold) return [invalid(["inputs", String(index), "node"], `${role} has ${id} already`)];
    if (type === declared.type) return [];
    const advice = declared.type === `${type}Version` ? "; name one of its versions, as @1 or @latest" : "";
    const message = `${role} takes a ${declared.type}, not a ${type}${advice}`;
    return [invalid(["inputs", String(index), "node"], message, "WRONG_TYPE")];
  });
  for (const [role, { required, many }] of Object.entries(manifest.inputs)) {
    const given = input.inputs.filter((one) => one.role === role).length;
    if (required && given === 0) errors.push(invalid(["inputs"], `${manifest.name} needs the input ${role}`));
    if (!many && given > 1) errors.push(invalid(["inputs"], `${role} takes one version, not ${given}`));
  }
  if (new Set(input.outputs.map(({ key }) => key)).size < input.outputs.length) {
    errors.push(invalid(["outputs"], "two outputs become versions of the same asset"));
  }
  for (const [index, { role }] of input.outputs.entries()) {
    if (!Object.hasOwn(manifest.outputs, role))
      errors.push(invalid(["outputs", String(index), "role"], `${manifest.name} has no output ${role}`));
  }
  for (const [role, output] of Object.entries(manifest.outputs)) {
    const isMissing = output.type !== "Report" && output.required && !input.outputs.some((one) => one.role === role);
    if (isMissing)
      errors.push(
        invalid(
          ["outputs"],
          `say which ${output.type.replace("Version", "")} the output ${role} becomes a version of (clew run --output ${role}=<namespace/name>)`,
        ),
      );
  }
  return errors;
}
