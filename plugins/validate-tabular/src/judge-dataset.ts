import type { Anomaly, LocalInput } from "@clew/plugin-sdk";
import type { DataSchema } from "@clew/plugin-tabular";
import { anomaly } from "./anomaly.ts";
import type { BrokenRows } from "./broken-rows.ts";
import { formatOf } from "./source.ts";

/** Bounds on the table as a whole. */
export function judgeDataset({ datasetConstraints }: DataSchema, rows: number, duplicates: number): Anomaly[] {
  const { minExamplesCount: min = 0, maxExamplesCount: max = Infinity, maxDuplicateFraction = 1 } = datasetConstraints;
  const found: Anomaly[] = [];
  if (rows === 0) found.push(anomaly("ERROR", "NO_DATA_IN_SPAN", null, "the data have no rows"));
  if (rows < min)
    found.push(anomaly("ERROR", "DATASET_LOW_NUM_EXAMPLES", null, `${rows} rows, at least ${min} are wanted`));
  if (rows > max)
    found.push(anomaly("ERROR", "DATASET_HIGH_NUM_EXAMPLES", null, `${rows} rows, at most ${max} are allowed`));
  if (duplicates > maxDuplicateFraction * rows) {
    const text = `${duplicates} of ${rows} rows repeat another one, at most a share of ${maxDuplicateFraction} may`;
    found.push(anomaly("ERROR", "DATASET_HIGH_DUPLICATE_FRACTION", null, text, duplicates));
  }
  return found;
}

/** Formats and sizes of the files. */
export function judgeFiles({ datasetConstraints }: DataSchema, inputs: readonly LocalInput[]): Anomaly[] {
  const { fileFormats, minFileBytes = 0, maxFileBytes = Infinity } = datasetConstraints;
  return inputs.flatMap(({ key, files }) =>
    files.flatMap(({ path, sizeBytes }) => {
      const file = `${key}: ${path}`;
      const found: Anomaly[] = [];
      const format = formatOf(path);
      if (fileFormats !== undefined && !fileFormats.includes(format)) {
        found.push(
          anomaly(
            "ERROR",
            "FILE_FORMAT_UNEXPECTED",
            null,
            `${file} is ${format}, allowed are ${fileFormats.join(", ")}`,
          ),
        );
      }
      if (sizeBytes < minFileBytes)
        found.push(
          anomaly(
            "ERROR",
            "FILE_TOO_SMALL",
            null,
            `${file} has ${sizeBytes} bytes, at least ${minFileBytes} are wanted`,
          ),
        );
      if (sizeBytes > maxFileBytes)
        found.push(
          anomaly(
            "ERROR",
            "FILE_TOO_LARGE",
            null,
            `${file} has ${sizeBytes} bytes, at most ${maxFileBytes} are allowed`,
          ),
        );
      return found;
    }),
  );
}

/** Lines that are no rows. */
export function judgeBrokenRows({ count, isCut, badText, example }: BrokenRows): Anomaly[] {
  const found: Anomaly[] = [...badText].map(([column, lines]) => {
    return anomaly(
      "ERROR",
      "ENUM_TYPE_INVALID_UTF8",
      column,
      `${column} is not UTF-8 in ${lines} rows, which were left out`,
      lines,
    );
  });
  if (count === 0) return found;
  const text = `lines that are no rows were left out: ${isCut ? "at least " : ""}${count}; the first: ${example}`;
  return [...found, anomaly("ERROR", "DATASET_BROKEN_ROWS", null, text, count)];
}
