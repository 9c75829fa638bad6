import type { Prediction } from "@clew/plugin-sdk";
import type { Batch } from "./models/servable-model.ts";

/** A batch as those see it who watch: values by column, one for each row; a tensor of several elements a row is left out. */
export function columnsOf({ rows, tensors }: Batch): NonNullable<Prediction["inputs"]> {
  return Object.fromEntries(
    [...tensors].flatMap(([name, values]) => (values.length === rows ? [[name, [...values]]] : [])),
  );
}
