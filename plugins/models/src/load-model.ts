import { type LocalInput, type ModelSignature, PluginFailure } from "@clew/plugin-sdk";
import { loadPipeline, type Tensorflow } from "@clew/plugin-tabular";
import type { Datatype, Value } from "./datatypes.ts";
import { loadOnnx } from "./onnx.ts";
import type { Batch, InputSpec, ServableModel } from "./servable-model.ts";
import { loadTabular } from "./tabular.ts";

interface Given {
  readonly tf: Tensorflow;
  readonly model: LocalInput;
  readonly signature: ModelSignature;
}

const LOADERS: ReadonlyMap<string, (given: Given) => Promise<ServableModel>> = new Map([
  ["tfjs-layers", (given: Given) => tabular(given, "tfjs-layers")],
  ["xgboost-json", (given: Given) => tabular(given, "xgboost-json")],
  ["onnx", ({ model, signature }: Given) => loadOnnx(model, signature)],
]);

async function tabular(
  { tf, model, signature }: Given,
  format: "tfjs-layers" | "xgboost-json",
): Promise<ServableModel> {
  return await loadTabular(tf, (file) => model.path(file), signature, format);
}

/**
 * Loads a model by its format and lets it answer two rows, so that what cannot answer is not served.
 * @throws {PluginFailure} BAD_INPUT where the format is not known here, or files and signature are not what the format needs
 */
export async function loadModel(
  tf: Tensorflow,
  { model, format }: { readonly model: LocalInput; readonly format: string },
): Promise<ServableModel> {
  const { signature } = model;
  if (signature === null) throw new PluginFailure("BAD_INPUT", `${model.key} has no signature`);
  const load = LOADERS.get(format);
  if (load === undefined) {
    const known = [...LOADERS.keys()].join(", ");
    throw new PluginFailure("BAD_INPUT", `${model.key} is of the format ${format}; what runs here is ${known}`);
  }
  const loaded = await load({ tf, model, signature });
  await tryOut(loaded, model.key);
  return loaded;
}

/** With one row, an answer that is one for all rows would look right. */
const ROWS = 2;

async function tryOut(model: ServableModel, key: string): Promise<void> {
  const tensors = model.inputs.map((spec): [string, Value[]] => {
    return [spec.name, Array(ROWS * spec.width).fill(exampleOf(spec))];
  });
  const batch: Batch = { rows: ROWS, tensors: new Map(tensors) };
  try {
    const answered = await model.predict(batch);
    const wrong = model.outputs.find(({ name, width }) => answered.tensors.get(name)?.length !== ROWS * width);
    if (wrong) throw new Error(`it answers no ${wrong.name}`);
  } catch (cause) {
    model.dispose();
    throw new PluginFailure("BAD_INPUT", `${key} cannot answer: ${(cause as Error).message}`, false, { cause });
  }
}

function exampleOf({ datatype, takesMissing }: InputSpec): Value {
  return takesMissing ? null : (EXAMPLES[datatype] ?? 1);
}

const EXAMPLES: Partial<Record<Datatype, Value>> = { BOOL: false, BYTES: "" };

/**
 * The format of a model whose maker is not there to state it, by its files.
 * @throws {PluginFailure} BAD_INPUT where they are of no format that is known here
 */
export async function formatOf(model: LocalInput): Promise<string> {
  const paths = model.files.map(({ path }) => path);
  if (paths.includes("pipeline.json")) return (await loadPipeline((file) => model.path(file))).model;
  if (paths.some((path) => /\.onnx$/i.test(path))) return "onnx";
  throw new PluginFailure("BAD_INPUT", `${model.key} has neither pipeline.json nor a file that ends in .onnx`);
}
