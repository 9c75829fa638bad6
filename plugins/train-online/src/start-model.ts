import type * as tfjs from "@tensorflow/tfjs";
import { type LocalInput, PluginFailure } from "@clew/plugin-sdk";
import {
  buildNetwork,
  type DataSchema,
  type DenseWeights,
  loadDataSchema,
  loadNetwork,
  loadPipeline,
  scaled,
  type TabularPipeline,
  type Tensorflow,
  unscaled,
  widthOf,
} from "@clew/plugin-tabular";
import { freshState, type OnlineState, weightsOf } from "./online-net.ts";
import { loadState } from "./state-files.ts";

/** What is gone on from. */
export interface StartModel {
  pipeline: TabularPipeline;
  state: OnlineState;
  /** Of all rows that it was trained on; null where it has none. */
  schema: DataSchema | null;
}

/**
 * Loads the model that is to go on, and holds its files to each other: weights, layers, features and signature.
 * @throws {PluginFailure} BAD_INPUT where it is no net of train-tfjs or of this plugin, or its files contradict each other.
 */
export async function loadStart(tf: Tensorflow, model: LocalInput): Promise<StartModel> {
  const path = (file: string) => model.path(file);
  const pipeline = await loadPipeline(path);
  if (pipeline.model !== "tfjs-layers")
    throw refusal(model, `${pipeline.model} cannot go on; only nets of train-tfjs can`);
  if (pipeline.classes !== undefined) throw refusal(model, "a net of several classes cannot go on");
  refuseOtherSignature(model, pipeline);
  const network = await loadNetwork(tf, path);
  try {
    const members = membersOf(model, network);
    refuseOtherLayers(tf, model, network, members, pipeline);
    return { pipeline, state: await stateOf(model, members, pipeline), schema: await loadDataSchema(model) };
  } finally {
    network.dispose();
  }
}

/** The new model has the signature of the old one, so it must be true. */
function refuseOtherSignature(model: LocalInput, { features, output }: TabularPipeline): void {
  if (model.signature === null) return;
  const { inputs, outputs } = model.signature;
  const [columns, named] = [features.map(({ column }) => column), inputs.map(({ name }) => name)];
  const odd = [...columns.filter((name) => !named.includes(name)), ...named.filter((name) => !columns.includes(name))];
  if (odd.length > 0) throw refusal(model, `its signature and its features differ in ${odd[0]}`);
  const answer = output === "number" ? "prediction" : "probability";
  if (outputs.length !== 1 || outputs[0]?.name !== answer)
    throw refusal(model, `its signature does not answer one ${answer}`);
}

const LAYER = /^member(\d+)_(?:hidden\d+|probability|number)$/;

function membersOf(model: LocalInput, network: tfjs.LayersModel): DenseWeights[][] {
  const members: DenseWeights[][] = [];
  for (const layer of network.layers) {
    if (layer.getClassName() !== "Dense") continue;
    const member = Number(LAYER.exec(layer.name)?.[1] ?? Number.NaN);
    const [kernel, bias] = layer.getWeights();
    if (Number.isNaN(member) || kernel === undefined || bias === undefined)
      throw refusal(model, `its layer ${layer.name} is none that train-tfjs makes`);
    const [inputs = 0, units = 0] = kernel.shape;
    const weights = { inputs, units, kernel: kernel.dataSync() as Float32Array, bias: bias.dataSync() as Float32Array };
    members[member] = [...(members[member] ?? []), weights];
  }
  return members;
}

/** The same weights in the net that train-tfjs makes of them must be this net. */
function refuseOtherLayers(
  tf: Tensorflow,
  model: LocalInput,
  network: tfjs.LayersModel,
  members: readonly (readonly DenseWeights[])[],
  { features, output }: TabularPipeline,
): void {
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  const inputs = members[0]?.[0]?.inputs;
  if (inputs !== width) throw refusal(model, `its net reads ${inputs} numbers, its features are ${width}`);
  const answer = output ?? "probability";
  if (textOf(network) !== rebuiltText(tf, model, members, answer))
    throw refusal(model, `its net is none of train-tfjs that answers a ${answer}`);
}

function rebuiltText(
  tf: Tensorflow,
  model: LocalInput,
  members: readonly (readonly DenseWeights[])[],
  answer: "probability" | "number",
): string {
  try {
    const rebuilt = buildNetwork(tf, members, answer);
    const text = textOf(rebuilt);
    rebuilt.dispose();
    return text;
  } catch (error) {
    throw refusal(model, "its layers do not fit each other", error);
  }
}

function textOf(network: tfjs.LayersModel): string {
  return JSON.stringify(network.toJSON(null, false));
}

/** What an earlier run left, which must be what the net is; else a beginning. */
async function stateOf(model: LocalInput, members: DenseWeights[][], pipeline: TabularPipeline): Promise<OnlineState> {
  const { output, scale } = pipeline;
  if ((output === "number") !== (scale !== undefined))
    throw refusal(
      model,
      "a scale of the target must be in its pipeline.json where it answers a number, and only there",
    );
  const state = await loadState(model);
  if (state === undefined)
    return freshState(scale === undefined ? members : members.map((layers) => scaled(layers, scale)));
  const weights = weightsOf(state);
  const answered = scale === undefined ? weights : weights.map((layers) => unscaled(layers, scale));
  if (!areSame(answered, members)) throw refusal(model, "the weights in online.bin are not those of its net");
  return state;
}

function areSame(left: DenseWeights[][], right: DenseWeights[][]): boolean {
  const [ours, theirs] = [left, right].map((members) => members.map((layers) => layers.map(plain)));
  return JSON.stringify(ours) === JSON.stringify(theirs);
}

function plain({ inputs, units, kernel, bias }: DenseWeights) {
  return { inputs, units, kernel: [...kernel], bias: [...bias] };
}

function refusal(model: LocalInput, why: string, cause?: unknown): PluginFailure {
  return new PluginFailure("BAD_INPUT", `${model.key} cannot go on: ${why}`, false, { cause });
}
