import { contentId } from "@clew/schema";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { EdgeEnd, NodeOf } from "../../core/define-node.ts";
import type { Heads, UserError } from "../../ledger/command.ts";
import type { FileRow } from "../../ports/ledger-store.ts";
import { assetId, datasetVersionId, heldContent, newDatasetVersion, newModelVersion } from "../catalog/index.ts";
import { sourceErrors, sourceHeads } from "./column-lineage.ts";
import type { FinishedOutput } from "./finished-output.ts";
import { reportMade } from "./run.facts.ts";
import type { OutputTarget, Run } from "./run.node.ts";
import type { z } from "zod";

type RunNode = NodeOf<typeof Run>;
type Target = z.infer<typeof OutputTarget>;

interface Written {
  readonly role: string;
  readonly id: string;
  /** This very content was a version before: its lineage stays as it was first written. */
  readonly existed: boolean;
  readonly facts: readonly Fact[];
  readonly files: readonly FileRow[];
}

export const reportId = (runId: string, role: string) => contentId("Report", runId, role);

/** What is known of a run before its outputs are decided on. */
interface RunBefore {
  readonly id: string;
  readonly targets: readonly Target[];
  readonly inputs: readonly EdgeEnd[];
}

/** The heads that writing this output reads. */
export function outputHeads(output: FinishedOutput, run: RunBefore): string[] {
  return [...sourceHeads(output, run.inputs), ...placeHeads(output, run)];
}

function placeHeads(output: FinishedOutput, { id: runId, targets }: RunBefore): string[] {
  const target = targets.find(({ role }) => role === output.role);
  if (output.report || target === undefined) return [reportId(runId, output.role)];
  if (output.modelVersion) return [assetId("Model", target)];
  const datasetId = assetId("Dataset", target);
  const { files, schema } = output.datasetVersion!;
  return [datasetId, datasetVersionId(datasetId, heldContent(files, schema).digest)];
}

/** The facts of one output of a run; asset outputs need a target that the run named when it was submitted. */
export function writeOutput(
  heads: Heads,
  context: FactContext,
  run: RunNode,
  output: FinishedOutput,
  index: number,
): Written | { errors: UserError[] } {
  const errors = sourceErrors(heads, run.inputs, output);
  if (errors.length > 0) return { errors: errors.map(placedIn(index)) };
  if (output.report) return writeReport(context, run, output, index);
  const target = run.targets.find(({ role }) => role === output.role);
  if (target === undefined) {
    const message = `the run named no asset for the output ${output.role}`;
    return { errors: [{ code: "INVALID_INPUT", path: ["outputs", String(index), "role"], message }] };
  }
  return output.modelVersion
    ? writeModel(heads, context, run, output, target)
    : writeDataset(heads, context, run, output, target);
}

function placedIn(index: number): (error: UserError) => UserError {
  return (error) => ({ ...error, path: ["outputs", String(index), ...error.path] });
}

function writeModel(heads: Heads, context: FactContext, run: RunNode, output: FinishedOutput, target: Target): Written {
  const made = newModelVersion(heads, context, {
    ...output.modelVersion!,
    ...target,
    derivedFrom: sourcesOf(run),
    generatedBy: run.id,
  });
  return { role: output.role, id: made.id, existed: false, facts: [made.fact], files: made.files };
}

/** What a run exports is the model that it read, in another form. */
function sourcesOf({ runType, inputs }: RunNode): EdgeEnd[] {
  if (runType !== "EXPORT") return [];
  return inputs.filter(({ id }) => id.startsWith("ModelVersion:")).map(({ id }) => ({ id }));
}

function writeDataset(
  heads: Heads,
  context: FactContext,
  run: RunNode,
  output: FinishedOutput,
  target: Target,
): Written {
  const { files, schema, ...rest } = output.datasetVersion!;
  const content = heldContent(files, schema);
  const known = datasetVersionId(assetId("Dataset", target), content.digest);
  if (heads.has(known)) return { role: output.role, id: known, existed: true, facts: [], files: [] };
  const version = { ...target, ...rest, schema, content, source: null, derivedFrom: [], generatedBy: run.id };
  const made = newDatasetVersion(heads, context, version);
  return { role: output.role, id: made.id, existed: false, facts: [made.fact], files: made.files };
}

function writeReport(
  { at }: FactContext,
  run: RunNode,
  output: FinishedOutput,
  index: number,
): Written | { errors: UserError[] } {
  const { about, files, ...said } = output.report!;
  const unknown = about.find((role) => !run.inputs.some((input) => input.role === role));
  if (unknown !== undefined) {
    const path = ["outputs", String(index), "report", "about"];
    return { errors: [{ code: "INVALID_INPUT", path, message: `the run has no input with the role ${unknown}` }] };
  }
  const ends = run.inputs.filter(({ role }) => role !== undefined && about.includes(role));
  const made = newReport(run, output.role, { ...said, files, about: ends }, at);
  return { role: output.role, id: made.id, existed: false, facts: [made.fact], files: made.files };
}

type Said = Omit<NonNullable<FinishedOutput["report"]>, "about"> & { readonly about: readonly EdgeEnd[] };

/** A report of a run, by the name that it has among that run's reports. */
export function newReport(
  run: Pick<RunNode, "id" | "namespace">,
  name: string,
  { files, ...said }: Said,
  createdAt: number,
): { readonly id: string; readonly fact: Fact; readonly files: readonly FileRow[] } {
  const id = reportId(run.id, name);
  const content = files.length === 0 ? null : heldContent(files, []);
  const fact = reportMade.of({
    id,
    namespace: run.namespace,
    name,
    ...said,
    about: [...said.about],
    digest: content?.digest ?? null,
    fileCount: files.length,
    sizeBytes: content?.sizeBytes ?? 0,
    createdAt,
    run: run.id,
  });
  return { id, fact, files: (content?.files ?? []).map((file) => ({ versionId: id, ...file })) };
}
