import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type ColumnLineage, type LocalInput, type ModelSignature, PluginFailure } from "@clew/plugin-sdk";
import { formatOf, loadModel } from "@clew/plugin-models";
import { loadBackend } from "@clew/plugin-tabular";
import type { Exported } from "./exported.ts";
import { exportOnnx } from "./export-onnx.ts";
import { exportWeb } from "./export-web.ts";
import type { ExportJob } from "./job-types.ts";
import { lineageOf } from "./lineage.ts";

const DIR = "export";

/** What an export is made of, and the format that it has. */
const EXPORTERS: ReadonlyMap<
  string,
  { readonly format: string; readonly write: (exported: Exported) => Promise<void> }
> = new Map([
  ["tfjs-layers", { format: "tfjs-web", write: exportWeb }],
  ["onnx", { format: "onnx", write: exportOnnx }],
]);

/** Writes the model in the form in which it leaves, once it has answered. */
export async function exportModel(job: ExportJob): Promise<Record<string, string>> {
  const model = job.inputs.model[0]!;
  const format = await formatOf(model);
  const exporter = EXPORTERS.get(format);
  if (exporter === undefined) {
    const known = [...EXPORTERS.keys()].join(", ");
    throw new PluginFailure("BAD_INPUT", `${model.key} is of the format ${format}; what can be exported is ${known}`);
  }
  await requireAnswer(model, format);
  const signature = model.signature!;
  const dir = join(job.outputDir, DIR);
  await mkdir(dir);
  await exporter.write({ model, signature, lineage: lineageOf(model, job.runId), dir });
  job.output("export", { dir: DIR, format: exporter.format, signature, columnLineage: identities(signature) });
  return { format: exporter.format };
}

/** @throws {PluginFailure} BAD_INPUT where files and signature do not agree, or the model does not answer */
async function requireAnswer(model: LocalInput, format: string): Promise<void> {
  const { tf } = await loadBackend("wasm");
  (await loadModel(tf, { model, format })).dispose();
}

/** It reads what the model reads. */
function identities({ inputs }: ModelSignature): ColumnLineage[] {
  return inputs.map(({ name }) => {
    return { column: name, from: [{ input: "model", column: name }], via: "IDENTITY", masking: false };
  });
}
