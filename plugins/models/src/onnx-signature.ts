import { type ModelSignature, PluginFailure } from "@clew/plugin-sdk";
import type { InferenceSession } from "onnxruntime-node";
import type { Datatype } from "./datatypes.ts";
import { tensorOf } from "./datatype-of.ts";
import { DATATYPE_OF } from "./onnx-tensors.ts";
import type { TensorSpec } from "./servable-model.ts";

type Metadata = InferenceSession.ValueMetadata;
type Side = "input" | "output";

/**
 * The tensors of a model file by its version's signature, when both say the same: the same names, datatypes and elements of a row, for any
 * number of rows.
 * @throws {PluginFailure} BAD_INPUT that names what they do not agree on
 */
export function agreedTensors(
  session: Pick<InferenceSession, "inputMetadata" | "outputMetadata">,
  { inputs, outputs }: ModelSignature,
): { inputs: TensorSpec[]; outputs: TensorSpec[] } {
  return {
    inputs: agreed("input", inputs, session.inputMetadata),
    outputs: agreed("output", outputs, session.outputMetadata),
  };
}

function agreed(side: Side, fields: ModelSignature["inputs"], inFile: readonly Metadata[]): TensorSpec[] {
  const untold = inFile.find(({ name }) => fields.every((field) => field.name !== name));
  if (untold !== undefined) throw refusal(`the signature has no ${side} ${untold.name}, which the model file has`);
  return fields.map((field) => {
    const spec = tensorOf(field);
    const metadata = inFile.find(({ name }) => name === field.name);
    if (metadata === undefined)
      throw refusal(`the signature has an ${side} ${field.name}, which the model file has not`);
    refuseOther(side, spec, metadata);
    return spec;
  });
}

function refuseOther(side: Side, { name, datatype, width }: TensorSpec, metadata: Metadata): void {
  if (!metadata.isTensor)
    throw refusal(`${side} ${name} of the model file is no tensor (skl2onnx makes one of it with zipmap=False)`);
  const { type, shape } = metadata;
  const own: Datatype | undefined = DATATYPE_OF.get(type);
  if (own !== datatype)
    throw refusal(`${side} ${name} is of ${datatype} by the signature, of ${own ?? type} by the model file`);
  const [rows, elements, ...others] = shape;
  // An output's shape may be unknown to the file; what it answers is looked at each time.
  if (rows === undefined && side === "output") return;
  if (typeof rows === "number")
    throw refusal(`${side} ${name} of the model file is for ${rows} rows and no other number of them`);
  const isWidth = elements === undefined ? width === 1 : elements === width || typeof elements === "string";
  if (rows !== undefined && isWidth && others.length === 0) return;
  const shown = shape.map((size) => size || "?").join(", ");
  throw refusal(`${side} ${name} has ${width} elements a row by the signature, the shape [${shown}] by the model file`);
}

function refusal(message: string): PluginFailure {
  return new PluginFailure("BAD_INPUT", message);
}
