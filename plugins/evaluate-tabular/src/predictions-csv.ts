import { highest, textOf } from "@clew/plugin-tabular";
import { sliceColumn } from "@clew/plugin-tabular/evaluation";
import type { EvaluationJob } from "./job-types.ts";
import type { EvaluationInputs } from "./read-inputs.ts";
import type { Scores } from "./scorers.ts";

/** A column of the CSV. */
interface Field {
  name: string;
  at: (row: number) => string | number;
}

/**
 * CSV (RFC 4180): the slices' values, the label, the model's answer and the baselines', one line for each row. Of several classes: the label's name, the
 * predicted one's, its probability, and the probability that the model and the baselines gave the label.
 */
export function predictionsCsv(
  job: EvaluationJob,
  inputs: EvaluationInputs,
  scores: Scores,
  classes: readonly string[] | undefined,
): string {
  const answers = classes === undefined ? plainFields(inputs, scores) : classFields(inputs, scores, classes);
  const fields = [...sliceFields(job, inputs), ...answers];
  const lines = [fields.map(({ name }) => quoted(name)).join(",")];
  for (let row = 0; row < inputs.table.rows; row++) lines.push(fields.map(({ at }) => cell(at(row))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function sliceFields({ parameters }: EvaluationJob, { table }: EvaluationInputs): Field[] {
  return parameters.slices.map((slice) => {
    const { codes, dictionary } = textOf(table, sliceColumn(slice));
    return { name: slice.name, at: (row) => dictionary[codes[row]!] ?? "" };
  });
}

function plainFields({ labels }: EvaluationInputs, { model, baselines }: Scores): Field[] {
  return [
    { name: "label", at: (row) => labels[row]! },
    { name: labels instanceof Uint8Array ? "probability" : "answer", at: (row) => model.scores[row]! },
    ...baselines.map(({ name, scores }): Field => ({ name, at: (row) => scores[row]! })),
  ];
}

function classFields({ labels }: EvaluationInputs, { model, baselines }: Scores, classes: readonly string[]): Field[] {
  const predicted = highest(model.scores, classes.length);
  const probability = (scores: Float64Array, of: ArrayLike<number>) => (row: number) =>
    scores[row * classes.length + of[row]!]!;
  return [
    { name: "label", at: (row) => classes[labels[row]!]! },
    { name: "predicted", at: (row) => classes[predicted[row]!]! },
    { name: "probability", at: probability(model.scores, predicted) },
    { name: "probability_of_label", at: probability(model.scores, labels) },
    ...baselines.map(({ name, scores }): Field => ({ name, at: probability(scores, labels) })),
  ];
}

function cell(value: string | number): string {
  return typeof value === "string" ? quoted(value) : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
