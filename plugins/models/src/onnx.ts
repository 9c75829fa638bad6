import { createRequire } from "node:module";
import { type LocalInput, type ModelSignature, PluginFailure } from "@clew/plugin-sdk";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { agreedTensors } from "./onnx-signature.ts";
import { fromTensor, toTensor } from "./onnx-tensors.ts";
import type { Batch, InputSpec, ServableModel, TensorSpec } from "./servable-model.ts";

/** Read without the library, which is loaded with the first model that needs it. */
export const { version: ONNXRUNTIME_VERSION } = createRequire(import.meta.url)("onnxruntime-node/package.json") as {
  readonly version: string;
};

/** One thread, so that a model leaves the other cores to whatever else runs here; replicas take more. */
const OPTIONS: InferenceSession.SessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1 };

/**
 * A model in the Open Neural Network Exchange format, run by ONNX Runtime on the CPU.
 * @throws {PluginFailure} BAD_INPUT where there is not one file of it, it cannot be read, or its inputs and outputs are not the signature's
 */
export async function loadOnnx(model: LocalInput, signature: ModelSignature): Promise<ServableModel> {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const file = onlyFile(model);
  const session = await guard(file, () => InferenceSession.create(model.path(file), OPTIONS));
  try {
    const { inputs, outputs } = agreedTensors(session, signature);
    return new Onnx(Tensor, session, inputs, outputs);
  } catch (error) {
    await session.release();
    throw error;
  }
}

function onlyFile({ key, files }: LocalInput): string {
  const [file, ...others] = files.map(({ path }) => path).filter((path) => /\.onnx$/i.test(path));
  if (file !== undefined && others.length === 0) return file;
  const count = others.length + (file === undefined ? 0 : 1);
  throw new PluginFailure("BAD_INPUT", `${key} has ${count} files that end in .onnx, and must have one`);
}

async function guard<T>(file: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof PluginFailure) throw error;
    const message = `the model's ${file} cannot be read: ${(error as Error).message}`;
    throw new PluginFailure("BAD_INPUT", message, false, { cause: error });
  }
}

class Onnx implements ServableModel {
  readonly platform = "onnxruntime_onnx";
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #makeTensor: typeof Tensor;
  readonly #session: InferenceSession;
  /** Inputs of the shape [rows]; the others are [rows, width]. */
  readonly #flat: ReadonlySet<string>;

  constructor(
    makeTensor: typeof Tensor,
    session: InferenceSession,
    inputs: readonly TensorSpec[],
    outputs: readonly TensorSpec[],
  ) {
    this.#makeTensor = makeTensor;
    this.#session = session;
    this.inputs = inputs.map((spec) => ({ ...spec, takesMissing: isFloating(spec) }));
    this.outputs = outputs;
    const flat = session.inputMetadata.filter((input) => input.isTensor && input.shape.length === 1);
    this.#flat = new Set(flat.map(({ name }) => name));
  }

  async predict({ rows, tensors }: Batch): Promise<Batch> {
    const feeds = this.inputs.map(({ name, datatype, width }): [string, Tensor] => {
      const shape = this.#flat.has(name) ? [rows] : [rows, width];
      return [name, toTensor(this.#makeTensor, tensors.get(name) ?? [], datatype, shape)];
    });
    const answered = await this.#session.run(Object.fromEntries(feeds));
    const outputs = this.outputs.map((spec) => [spec.name, valuesOf(answered[spec.name]!, spec, rows)] as const);
    return { rows, tensors: new Map(outputs) };
  }

  dispose(): void {
    void this.#session.release();
  }
}

function isFloating({ datatype }: TensorSpec): boolean {
  return datatype === "FP32" || datatype === "FP64";
}

function valuesOf(tensor: Tensor, { name, width }: TensorSpec, rows: number) {
  if (tensor.dims[0] === rows && tensor.size === rows * width) return fromTensor(tensor);
  throw new Error(`it answers ${name} of the shape [${tensor.dims.join(", ")}] for ${rows} rows`);
}
