import { textOf } from "@clew/plugin-tabular";
import { sliceColumn } from "@clew/plugin-tabular/evaluation";
import type { EvaluationJob } from "./job-types.ts";
import type { EvaluationInputs } from "./read-inputs.ts";
import type { Scores } from "./scorers.ts";

/** CSV (RFC 4180): the slices' values, the label, the model's answer and the baselines', one line for each row. */
export function predictionsCsv(job: EvaluationJob, { table, labels }: EvaluationInputs, scores: Scores): string {
  const slices = job.parameters.slices.map((slice) => ({
    name: slice.name,
    column: textOf(table, sliceColumn(slice)),
  }));
  const names = [
    ...slices.map(({ name }) => name),
    "label",
    labels instanceof Uint8Array ? "probability" : "answer",
    ...scores.baselines.map(({ name }) => name),
  ];
  const lines = [names.map(quoted).join(",")];
  for (let row = 0; row < table.rows; row++) {
    const texts = slices.map(({ column }) => quoted(column.dictionary[column.codes[row]!] ?? ""));
    const numbers = [
      labels[row],
      scores.model.scores[row],
      ...scores.baselines.map((baseline) => baseline.scores[row]),
    ];
    lines.push([...texts, ...numbers].join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
