// Runs the model of this folder: loadBundle(tf) in a page, or with a function that reads a file of it anywhere else.

/**
 * @param {typeof import("@tensorflow/tfjs")} tf
 * @param {(path: string) => Promise<ArrayBuffer>} read a file of the folder
 * @returns inputs and outputs as the model's signature has them, `lineage` with ids that lead back to what the model was made of, and
 *   `predict(rows)`: of rows as objects by column the answers in order, of several classes as `{ label, probabilities }`; what is null, NaN or not there
 *   is missing
 */
export async function loadBundle(tf, read = readBeside) {
  const json = async (path) => JSON.parse(new TextDecoder().decode(await read(path)));
  const [model, features] = [await json("model.json"), await json("features.json")];
  const [{ paths, weights }] = model.weightsManifest;
  const weightData = joined(await Promise.all(paths.map(read)));
  const parts = { modelTopology: model.modelTopology, weightSpecs: weights, weightData };
  const network = await tf.loadLayersModel(tf.io.fromMemory(parts));
  const predict = (rows) =>
    answers(
      tf,
      network,
      features.classes,
      rows.map((row) => encoded(features, row)),
    );
  const { inputs, outputs, threshold, classes } = features;
  return { inputs, outputs, threshold, classes, lineage: model.userDefinedMetadata.clew, predict };
}

async function readBeside(path) {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.arrayBuffer();
}

function joined(shards) {
  const whole = new Uint8Array(shards.reduce((sum, shard) => sum + shard.byteLength, 0));
  let at = 0;
  for (const shard of shards) {
    whole.set(new Uint8Array(shard), at);
    at += shard.byteLength;
  }
  return whole.buffer;
}

function answers(tf, network, classes, rows) {
  if (rows.length === 0) return [];
  const numbers = tf.tidy(() => [...network.predict(tf.tensor2d(rows)).dataSync()]);
  if (classes === undefined) return numbers;
  return rows.map((_, row) => {
    const probabilities = numbers.slice(row * classes.length, (row + 1) * classes.length);
    return { label: classes[probabilities.indexOf(Math.max(...probabilities))], probabilities };
  });
}

/** The numbers that the net reads of a row, as they were in training. */
function encoded({ features, inputs }, row) {
  return features.flatMap((feature) => {
    const value = row[feature.column];
    const isMissing = value === null || value === undefined || Number.isNaN(value);
    const own = isMissing ? Array(ownWidth(feature)).fill(0) : ownNumbers(feature, value, inputs);
    return feature.hasMissing ? [...own, isMissing ? 1 : 0] : own;
  });
}

function ownWidth({ kind, categories, hasOther }) {
  if (kind === "categorical") return categories.length + (hasOther ? 1 : 0);
  return kind === "cyclic" ? 2 : 1;
}

function ownNumbers(feature, value, inputs) {
  if (feature.kind === "categorical") return oneHot(feature, textOf(value, feature.column, inputs));
  if (feature.kind === "boolean") return [Number(value)];
  if (feature.kind === "numeric") return [standardised(feature, Number(value))];
  const turn = (Number(value) * 2 * Math.PI) / feature.period;
  return [Math.sin(turn), Math.cos(turn)];
}

function oneHot({ categories, hasOther }, text) {
  const numbers = categories.map((category) => (category === text ? 1 : 0));
  return hasOther ? [...numbers, categories.includes(text) ? 0 : 1] : numbers;
}

/** Floating numbers were learnt as 1.0, not 1. */
function textOf(value, column, inputs) {
  const { type } = inputs.find(({ name }) => name === column);
  const isFloat = /^(FLOAT|DOUBLE|DECIMAL.*|HUGEINT|UHUGEINT|FP32|FP64)$/i.test(type);
  return isFloat && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function standardised({ mean, std, clip }, value) {
  return std === 0 ? 0 : Math.max(-clip, Math.min(clip, (value - mean) / std));
}
