import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { type Batch, type InputSpec, isDatatype, type TensorSpec, type Value } from "@clew/plugin-models";
import { BadRequest } from "./bad-request.ts";
import { decodeElements } from "./binary-data.ts";
import { checkedValue } from "./checked-value.ts";

/** The header with the length of the JSON part, where binary tensor data follow it. */
export const JSON_LENGTH_HEADER = "inference-header-content-length";

const Parameters = z.record(z.string(), z.unknown()).optional();
const Body = z.object({
  id: z.string().max(200).optional(),
  parameters: Parameters,
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().nonnegative()).min(1),
        datatype: z.string(),
        parameters: Parameters,
        data: z.array(z.unknown()).optional(),
      }),
    )
    .min(1),
  outputs: z.array(z.object({ name: z.string(), parameters: Parameters })).optional(),
});
type Body = z.output<typeof Body>;
type Input = Body["inputs"][number];

/** Which outputs are asked for, and whether as binary tensor data. */
export type WantedOutputs = ReadonlyMap<string, { readonly isBinary: boolean }>;

export interface InferRequest {
  /** The client's own, given back to it. */
  readonly id: string | null;
  readonly batch: Batch;
  readonly outputs: WantedOutputs;
}

export interface ModelTensors {
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
}

/**
 * An inference request of the Open Inference Protocol v2, with its extension for binary tensor data.
 * @param bytes the request's body, unpacked
 * @param jsonBytes the header Inference-Header-Content-Length, where there is one
 * @throws {BadRequest} that names the field
 */
export function readInferRequest(bytes: Buffer, jsonBytes: string | undefined, tensors: ModelTensors): InferRequest {
  const end = jsonBytes === undefined ? bytes.length : lengthIn(jsonBytes, bytes.length);
  const json = bytes.subarray(0, end);
  if (!isUtf8(json)) throw new BadRequest("the request is no UTF-8, as JSON is");
  const body = parsed(json.toString("utf8"));
  const batch = readInputs(body.inputs, bytes.subarray(end), tensors.inputs);
  return { id: body.id ?? null, batch, outputs: wantedOutputs(body, tensors.outputs) };
}

function lengthIn(header: string, most: number): number {
  const length = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN;
  if (length <= most) return length;
  throw new BadRequest(`Inference-Header-Content-Length is ${header} in a body of ${most} bytes`);
}

function parsed(text: string): Body {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BadRequest(`the request is no JSON: ${(cause as Error).message}`, 400, { cause });
  }
  const { data, error } = Body.safeParse(json);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new BadRequest(`${issue?.path.join(".") || "the request"}: ${issue?.message ?? "is not as the protocol says"}`);
}

function readInputs(inputs: readonly Input[], binary: Buffer, specs: readonly InputSpec[]): Batch {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const tensors = new Map<string, readonly Value[]>();
  let rows: number | null = null;
  let at = 0;
  for (const input of inputs) {
    const { name } = input;
    const spec = byName.get(name);
    if (spec === undefined)
      throw new BadRequest(`the model has no input ${name}; it has ${[...byName.keys()].join(", ")}`);
    if (tensors.has(name)) throw new BadRequest(`input ${name} is there twice`);
    rows ??= input.shape[0]!;
    if (input.shape[0] !== rows) throw new BadRequest(`input ${name} has ${input.shape[0]} rows, others have ${rows}`);
    const size = binarySize(input);
    const values = size === null ? fromJson(input, spec) : fromBinary(input, spec, binary.subarray(at, at + size));
    if (!spec.takesMissing && values.includes(null))
      throw new BadRequest(`input ${name} has a missing value, which the model does not take in ${spec.datatype}`);
    tensors.set(name, values);
    at += size ?? 0;
  }
  if (at !== binary.length) throw new BadRequest(`${binary.length} bytes of binary data, where the inputs say ${at}`);
  const missing = specs.find(({ name }) => !tensors.has(name));
  if (missing) throw new BadRequest(`input ${missing.name} of ${missing.datatype} is missing`);
  return { rows: rows!, tensors };
}

/** Null where the data are in JSON. */
function binarySize({ name, parameters, data }: Input): number | null {
  const size = parameters?.["binary_data_size"];
  if (size === undefined) return null;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw new BadRequest(`input ${name}: binary_data_size is no number of bytes`);
  if (data !== undefined) throw new BadRequest(`input ${name} has both data and binary_data_size`);
  return size;
}

function fromJson(input: Input, spec: TensorSpec): Value[] {
  const count = checkedCount(input, spec);
  if (input.data === undefined) throw new BadRequest(`input ${spec.name} has no data`);
  const isFlat = !input.data.some(Array.isArray);
  const values = isFlat ? input.data : input.data.flat(input.shape.length - 1);
  if (values.length !== count)
    throw new BadRequest(`input ${spec.name} has ${values.length} elements, its shape says ${count}`);
  return values.map((value) => checkedValue(value, spec.datatype, spec.name));
}

function fromBinary(input: Input, spec: TensorSpec, bytes: Buffer): Value[] {
  return decodeElements(bytes, spec.datatype, checkedCount(input, spec), spec.name);
}

/** How many elements the input's shape says, when shape and datatype are the model's. */
function checkedCount({ shape, datatype }: Input, { name, width, datatype: wanted }: TensorSpec): number {
  if (!isDatatype(datatype)) throw new BadRequest(`input ${name} has the datatype ${datatype}, which does not exist`);
  if (datatype !== wanted) throw new BadRequest(`input ${name} is of ${wanted}, not ${datatype}`);
  const [rows = 0, ...rest] = shape;
  const isWidth = rest.length === 0 ? width === 1 : rest.length === 1 && rest[0] === width;
  if (isWidth) return rows * width;
  const wantedShape = width === 1 ? "[rows] or [rows, 1]" : `[rows, ${width}]`;
  throw new BadRequest(`input ${name} has the shape [${shape.join(", ")}], not ${wantedShape}`);
}

function wantedOutputs({ outputs, parameters }: Body, specs: readonly TensorSpec[]): WantedOutputs {
  const isBinaryAll = parameters?.["binary_data_output"] === true;
  if (outputs === undefined || outputs.length === 0)
    return new Map(specs.map(({ name }) => [name, { isBinary: isBinaryAll }]));
  const wanted = new Map<string, { isBinary: boolean }>();
  for (const { name, parameters: own } of outputs) {
    if (!specs.some((spec) => spec.name === name)) {
      throw new BadRequest(`the model has no output ${name}; it has ${specs.map((spec) => spec.name).join(", ")}`);
    }
    const said = own?.["binary_data"];
    wanted.set(name, { isBinary: typeof said === "boolean" ? said : isBinaryAll });
  }
  return wanted;
}
