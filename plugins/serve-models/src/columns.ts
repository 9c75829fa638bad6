import { PREDICTION_ELEMENTS_MAX, type Prediction } from "@clew/plugin-sdk";
import type { Batch, TensorSpec, Value } from "@clew/plugin-models";

type Columns = NonNullable<Prediction["inputs"]>;

/** A batch as those see it who watch: by column one value for each row, or a list of several; null where they are more than are kept. */
export function columnsOf({ tensors }: Batch, specs: readonly TensorSpec[]): Columns {
  return Object.fromEntries(specs.map(({ name, width }) => [name, columnOf(tensors.get(name) ?? [], width)]));
}

function columnOf(values: readonly Value[], width: number): Columns[string] {
  if (width > PREDICTION_ELEMENTS_MAX) return null;
  return width === 1 ? [...values] : rowsOf(values, width);
}

function rowsOf(values: readonly Value[], width: number): Value[][] {
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}
