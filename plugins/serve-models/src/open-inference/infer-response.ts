import type { Batch, TensorSpec } from "@clew/plugin-models";
import { encodeElements } from "./binary-data.ts";
import type { WantedOutputs } from "./infer-request.ts";

export interface InferAnswer {
  readonly modelName: string;
  readonly modelVersion: string;
  /** The client's own. */
  readonly id: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface InferResponse {
  readonly body: Buffer | string;
  /** The length of the JSON part; null where there is nothing else. */
  readonly jsonBytes: number | null;
}

/** The answer of the Open Inference Protocol v2; outputs that were asked for as binary tensor data follow the JSON, in order. */
export function writeInferResponse(
  { modelName, modelVersion, id, parameters }: InferAnswer,
  { rows, tensors }: Batch,
  specs: readonly TensorSpec[],
  wanted: WantedOutputs,
): InferResponse {
  const binary: Buffer[] = [];
  const outputs = specs.flatMap((spec) => {
    const how = wanted.get(spec.name);
    return how ? [writeOutput(spec, rows, tensors, how.isBinary ? binary : null)] : [];
  });
  const said = { model_name: modelName, model_version: modelVersion, ...(id !== null && { id }), parameters, outputs };
  const json = JSON.stringify(said);
  if (binary.length === 0) return { body: json, jsonBytes: null };
  const head = Buffer.from(json, "utf8");
  return { body: Buffer.concat([head, ...binary]), jsonBytes: head.length };
}

function writeOutput(
  { name, datatype, width }: TensorSpec,
  rows: number,
  tensors: Batch["tensors"],
  binary: Buffer[] | null,
): object {
  const values = tensors.get(name) ?? [];
  const head = { name, datatype, shape: width === 1 ? [rows] : [rows, width] };
  if (binary === null) return { ...head, data: values };
  const bytes = encodeElements(values, datatype);
  binary.push(bytes);
  return { ...head, parameters: { binary_data_size: bytes.length } };
}
