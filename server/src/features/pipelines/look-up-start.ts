import {
  checkParameters,
  type Json,
  PipelineDefinition,
  type PipelineInput,
  type PluginManifest,
  type RunStep,
} from "@clew/schema";
import { documentReference } from "../../core/document.ts";
import { type EdgeEnd, type NodeOf, nodeOf } from "../../core/define-node.ts";
import { firstUnseen } from "../../graphql/loaders.ts";
import type { Principal } from "../../graphql/principal.ts";
import { requireContributor } from "../../graphql/require-contributor.ts";
import { refuse, type UserError } from "../../ledger/command.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { CodeVersion, findNodes } from "../catalog/index.ts";
import { findPlugin } from "../runners/index.ts";
import { PipelineVersion } from "./pipeline.node.ts";
import type { PipelineStart, StartPipeline } from "./start-pipeline.ts";
import { filledFaults } from "./step-parameters.ts";

type Refused = { readonly errors: readonly UserError[] };
type VersionNode = NodeOf<typeof PipelineVersion>;

/** Definitions that were read last, by version: they never change, and to check one again takes milliseconds. */
const READ_MAX = 100;

/** Reads versions' definitions where they stand beside the ledger. */
export class Definitions {
  readonly #reader: NodeReader;
  readonly #read = new Map<string, PipelineDefinition>();

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  async of({ id, definition }: VersionNode): Promise<PipelineDefinition> {
    const known = this.#read.get(id) ?? PipelineDefinition.parse(await this.#stored(id, definition));
    this.#read.delete(id);
    this.#read.set(id, known);
    const [oldest] = this.#read.keys();
    if (this.#read.size > READ_MAX) this.#read.delete(oldest!);
    return known;
  }

  async #stored(id: string, definition: VersionNode["definition"]): Promise<unknown> {
    const reference = documentReference(definition);
    if (reference === null) return definition;
    const text = (await this.#reader.documents([reference.$document])).get(reference.$document);
    if (text === undefined) throw new Error(`the document ${reference.$document} of ${id} is missing`);
    return JSON.parse(text);
  }
}

/** The manifest of each step that runs a plugin, by the step's name; null where no runner has offered it. */
export async function manifestsOf(
  reader: NodeReader,
  { steps }: PipelineDefinition,
): Promise<Map<string, PluginManifest | null>> {
  const found = Object.entries(steps).flatMap(([name, step]) =>
    step.type === "run"
      ? [findPlugin(reader, step.plugin, step.version ?? null).then((manifest) => [name, manifest] as const)]
      : [],
  );
  return new Map(await Promise.all(found));
}

/**
 * Finds the version and the inputs that a start names, and checks the parameters of the pipeline and of every step.
 * @throws FORBIDDEN where the caller may only read.
 */
export async function lookUpStart(
  reader: NodeReader,
  principal: Principal,
  input: StartPipeline,
): Promise<PipelineStart | Refused> {
  const version = await findVersion(reader, principal, input.pipeline);
  if ("errors" in version) return version;
  requireContributor(principal, version.namespace, `to start ${input.pipeline}`);
  const definition = await new Definitions(reader).of(version);
  const inputs = await findInputs(reader, principal, definition, input);
  if ("errors" in inputs) return inputs;
  const unseen = await unseenCause(reader, principal, input);
  if (unseen) return unseen;
  const parameters = structuredClone(input.parameters);
  const errors = await parameterErrors(reader, definition, parameters);
  if (errors.length > 0) return { errors };
  const { triggeredBy, code, seed } = input;
  return { version, definition, inputs: inputs.ends, parameters, triggeredBy, code, seed };
}

async function findVersion(reader: NodeReader, principal: Principal, text: string): Promise<VersionNode | Refused> {
  const found = (await findNodes(reader, principal, text)).find(({ type }) => type === PipelineVersion.name);
  if (found) return nodeOf(PipelineVersion, found);
  const hint = text.includes("@") || text.startsWith("PipelineVersion:") ? "" : "; say which version, as @latest";
  return refuse("UNKNOWN_NODE", ["pipeline"], `there is no pipeline version ${text}${hint}`);
}

/** The versions that a run is given, or those that its definition names. */
async function findInputs(
  reader: NodeReader,
  principal: Principal,
  { inputs }: PipelineDefinition,
  { inputs: given }: StartPipeline,
): Promise<{ ends: EdgeEnd[] } | Refused> {
  const unknown = given.findIndex(({ role }) => !Object.hasOwn(inputs, role));
  if (unknown >= 0) return noRole(unknown, `the pipeline has no input ${given[unknown]!.role}`);
  const again = given.findIndex(
    ({ role }, index) => !inputs[role]!.many && given.slice(0, index).some((one) => one.role === role),
  );
  if (again >= 0) return noRole(again, `${given[again]!.role} takes one version`);
  const asked = Object.entries(inputs).flatMap(([role, input]) => askedFor(role, input, given));
  const found = await Promise.all(asked.map((one) => endNamed(reader, principal, one)));
  const errors = found.flatMap((one) => ("errors" in one ? one.errors : []));
  return errors.length > 0 ? { errors } : { ends: found.flatMap((one) => ("errors" in one ? [] : [one])) };
}

/** A version that an input shall be; null where nobody says which. */
interface AskedInput {
  readonly role: string;
  readonly type: string;
  readonly text: string | null;
  readonly path: readonly string[];
}

function askedFor(role: string, input: PipelineInput, given: StartPipeline["inputs"]): AskedInput[] {
  const { type, default: otherwise = null } = input;
  const named = given.flatMap(({ role: other, node: text }, index) =>
    other === role ? [{ role, type, text, path: ["inputs", String(index), "node"] }] : [],
  );
  return named.length > 0 ? named : [{ role, type, text: otherwise, path: ["inputs"] }];
}

async function endNamed(
  reader: NodeReader,
  principal: Principal,
  { role, type, text, path }: AskedInput,
): Promise<EdgeEnd | Refused> {
  if (text === null) return refuse("INVALID_INPUT", path, `the pipeline needs the input ${role}`);
  const nodes = await findNodes(reader, principal, text);
  const node = nodes.find((one) => one.type === type);
  if (node) return { id: node.id, role };
  if (nodes.length === 0) return refuse("UNKNOWN_NODE", path, `no version ${text}`);
  return refuse("WRONG_TYPE", path, `${role} takes a ${type}, not a ${nodes[0]!.type}`);
}

function noRole(position: number, message: string): Refused {
  return refuse("INVALID_INPUT", ["inputs", String(position), "role"], message);
}

async function unseenCause(reader: NodeReader, principal: Principal, { triggeredBy, code }: StartPipeline) {
  const unseen = await firstUnseen(reader, principal, triggeredBy);
  if (unseen >= 0) return refuse("UNKNOWN_NODE", ["triggeredBy", String(unseen)], `there is no ${triggeredBy[unseen]}`);
  if (code === null) return null;
  const isCode = code.startsWith(`${CodeVersion.name}:`) && (await firstUnseen(reader, principal, [code])) < 0;
  return isCode ? null : refuse("UNKNOWN_NODE", ["code"], `no CodeVersion ${code}`);
}

/** Fills the defaults in; then every step's parameters are known, and a mistake need not wait for its step. */
async function parameterErrors(
  reader: NodeReader,
  definition: PipelineDefinition,
  parameters: Record<string, Json>,
): Promise<UserError[]> {
  const own = checkParameters(definition.parameters, parameters);
  if (own.length > 0) return own.map(({ path, message }) => invalid(path, message));
  const manifests = await manifestsOf(reader, definition);
  return [...manifests].flatMap(([name, manifest]) => {
    if (manifest === null) return [];
    const faults = filledFaults(definition.steps[name] as RunStep, parameters, manifest);
    return faults.map(({ path, message }) => invalid([], `the step ${name}: ${path.join(".")} ${message}`));
  });
}

function invalid(path: readonly string[], message: string): UserError {
  return { code: "PARAMETERS_INVALID", path: ["parameters", ...path], message };
}
