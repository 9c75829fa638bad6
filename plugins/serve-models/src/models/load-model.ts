import { PluginFailure } from "@clew/plugin-sdk";
import type { LocalServedModel } from "@clew/plugin-sdk";
import type { Tensorflow } from "@clew/plugin-tabular";
import type { Batch, ServableModel } from "./servable-model.ts";
import { loadTabularTfjs } from "./tabular-tfjs.ts";

/**
 * Loads a model by its format and lets it answer a row of missing values, so that what cannot answer is not served.
 * @throws {PluginFailure} BAD_INPUT where the format is not known here, or files and signature are not what the format needs
 */
export async function loadModel(tf: Tensorflow, { model, format }: LocalServedModel): Promise<ServableModel> {
  const { signature } = model;
  if (signature === null) throw new PluginFailure("BAD_INPUT", `${model.key} has no signature`);
  if (format !== "tfjs-layers") {
    throw new PluginFailure("BAD_INPUT", `${model.key} is of the format ${format}; this plugin serves tfjs-layers`);
  }
  const loaded = await loadTabularTfjs(tf, (file) => model.path(file), signature);
  await tryOut(loaded, model.key);
  return loaded;
}

async function tryOut(model: ServableModel, key: string): Promise<void> {
  const row: Batch = {
    rows: 1,
    tensors: new Map(model.inputs.map(({ name, width }) => [name, Array(width).fill(null)])),
  };
  try {
    const { tensors } = await model.predict(row);
    const wrong = model.outputs.find(({ name, width }) => tensors.get(name)?.length !== width);
    if (wrong) throw new Error(`it answers no ${wrong.name}`);
  } catch (cause) {
    model.dispose();
    throw new PluginFailure("BAD_INPUT", `${key} cannot answer: ${(cause as Error).message}`, false, { cause });
  }
}
