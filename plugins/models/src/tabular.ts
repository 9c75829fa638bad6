import { type ModelSignature, PluginFailure } from "@clew/plugin-sdk";
import {
  answerFields,
  encodeFeatures,
  type FittedFeature,
  highest,
  loadPipeline,
  loadScorer,
  type ModelFiles,
  type Scorer,
  type Table,
  type Tensorflow,
  type TextColumn,
} from "@clew/plugin-tabular";
import type { Value } from "./datatypes.ts";
import { datatypeOf } from "./datatype-of.ts";
import type { Batch, InputSpec, ServableModel, TensorSpec } from "./servable-model.ts";

const PLATFORMS = { "tfjs-layers": "tensorflow_js", "xgboost-json": "xgboost_json" } as const;

/**
 * A model of train-tfjs or train-xgboost: a net or boosted trees with the features that it reads. It takes the columns of its signature,
 * which are those that its query gave in training, and answers for each row a probability, a number, or a class and the probabilities of all.
 * @throws {PluginFailure} BAD_INPUT where files and signature do not fit together
 */
export async function loadTabular(
  tf: Tensorflow,
  path: ModelFiles,
  signature: ModelSignature,
  format: keyof typeof PLATFORMS,
): Promise<ServableModel> {
  const { features, model, classes } = await loadPipeline(path);
  if (model !== format) throw new PluginFailure("BAD_INPUT", `the format is ${format}, pipeline.json says ${model}`);
  const inputs = inputsOf(features, signature);
  const answers = answersOf(signature, classes);
  const scorer = await loadScorer(tf, path, { model, classes, features });
  return new Tabular(PLATFORMS[format], scorer, features, inputs, answers);
}

/** Of several classes the name of the likeliest first, then the probabilities. */
function answersOf({ outputs }: ModelSignature, classes: readonly string[] | undefined): TensorSpec[] {
  if (classes === undefined) {
    const [output, ...others] = outputs;
    if (output === undefined || others.length > 0)
      throw new PluginFailure("BAD_INPUT", "the signature has not one output");
    return [{ name: output.name, datatype: "FP64", width: 1 }];
  }
  const [label, probabilities] = answerFields("multiclass", classes.length);
  const said = outputs.map(({ name, type }) => `${name} ${type}`).join(", ");
  const due = `${label!.name} ${label!.type}, ${probabilities!.name} ${probabilities!.type}`;
  if (said !== due)
    throw new PluginFailure(
      "BAD_INPUT",
      `the signature's outputs are ${said}, those of ${classes.length} classes are ${due}`,
    );
  return [
    { name: label!.name, datatype: "BYTES", width: 1 },
    { name: probabilities!.name, datatype: "FP64", width: classes.length, classes },
  ];
}

function inputsOf(features: readonly FittedFeature[], { inputs }: ModelSignature): InputSpec[] {
  const columns = new Set(features.map(({ column }) => column));
  const lacking = [...columns].find((column) => !inputs.some(({ name }) => name === column));
  if (lacking !== undefined)
    throw new PluginFailure("BAD_INPUT", `the signature has no input ${lacking}, which the model reads`);
  const idle = inputs.find(({ name }) => !columns.has(name));
  if (idle !== undefined)
    throw new PluginFailure("BAD_INPUT", `the signature has an input ${idle.name}, which the model does not read`);
  const specs = inputs.map(({ name, type }) => ({ name, datatype: datatypeOf(type), width: 1, takesMissing: true }));
  for (const { kind, column } of features) {
    const { datatype } = specs.find(({ name }) => name === column)!;
    if (kind !== "categorical" && datatype === "BYTES")
      throw new PluginFailure(
        "BAD_INPUT",
        `the signature's input ${column} is text, and the model reads it as ${kind}`,
      );
  }
  return specs;
}

class Tabular implements ServableModel {
  readonly platform: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #scorer: Scorer;
  readonly #features: readonly FittedFeature[];

  constructor(
    platform: string,
    scorer: Scorer,
    features: readonly FittedFeature[],
    inputs: readonly InputSpec[],
    outputs: readonly TensorSpec[],
  ) {
    this.platform = platform;
    this.#scorer = scorer;
    this.#features = features;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  async predict({ rows, tensors }: Batch): Promise<Batch> {
    const table = this.#tableOf(rows, tensors);
    const scores = rows === 0 ? new Float64Array() : this.#scorer.predict(encodeFeatures(this.#features, table));
    const answered = this.outputs.map(({ name, datatype }): [string, Value[]] => {
      return [name, datatype === "BYTES" ? this.#labelsOf(scores) : Array.from(scores)];
    });
    return { rows, tensors: new Map(answered) };
  }

  #labelsOf(scores: Float64Array): Value[] {
    const classes = this.outputs.at(-1)!.classes!;
    return Array.from(highest(scores, classes.length), (place) => classes[place]!);
  }

  dispose(): void {
    this.#scorer.dispose();
  }

  #tableOf(rows: number, tensors: Batch["tensors"]): Table {
    const numbers = new Map<string, Float64Array>();
    const texts = new Map<string, TextColumn>();
    for (const { kind, column } of this.#features) {
      const values = tensors.get(column) ?? [];
      if (kind === "categorical") texts.set(column, textOf(values, this.#isFloat(column)));
      else numbers.set(column, numbersOf(values));
    }
    return { rows, numbers, texts };
  }

  #isFloat(column: string): boolean {
    return this.inputs.some(({ name, datatype }) => name === column && (datatype === "FP64" || datatype === "FP32"));
  }
}

function numbersOf(values: readonly Value[]): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    numbers[row] = value === null || value === undefined ? Number.NaN : Number(value);
  }
  return numbers;
}

function textOf(values: readonly Value[], isFloat: boolean): TextColumn {
  const places = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined) {
      codes[row] = -1;
      continue;
    }
    const text = isFloat ? floatText(value) : String(value);
    const code = places.get(text) ?? places.size;
    places.set(text, code);
    codes[row] = code;
  }
  return { codes, dictionary: [...places.keys()] };
}

/** As DuckDB casts a floating number to text, which is how the categories were learnt: 1.0, not 1. */
function floatText(value: Value): string {
  return typeof value === "number" && Number.isInteger(value) ? value.toFixed(1) : String(value);
}
