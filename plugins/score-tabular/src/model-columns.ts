import { type LocalInput, PluginFailure } from "@clew/plugin-sdk";
import type { Datatype, ServableModel, TensorSpec } from "@clew/plugin-models";
import {
  type ColumnType,
  emptyColumns,
  fits,
  isWholeType,
  quoteName,
  type TabularDatabase,
} from "@clew/plugin-tabular";

const TEXT = /^(VARCHAR|ENUM\(.*\)|UUID)$/;
const LIST = /^(.+)\[\d*\]$/;

/**
 * The model's inputs as SQL over the query's answer, in their order; null where a value is missing.
 * @throws {PluginFailure} BAD_INPUT where there is no such column, or one of another type that has values
 */
export async function inputExpressions(
  database: TabularDatabase,
  sql: string,
  model: Pick<ServableModel, "inputs">,
  { key, signature }: Pick<LocalInput, "key" | "signature">,
  columns: readonly ColumnType[],
): Promise<string[]> {
  const read = model.inputs.map((spec) => {
    const column = columns.find(({ name }) => name === spec.name);
    if (column === undefined)
      throw new PluginFailure(
        "BAD_INPUT",
        `the rows have no column ${spec.name}, which ${key} takes: make it by the query in sql`,
      );
    const said = signature?.inputs.find(({ name }) => name === spec.name)?.type ?? spec.datatype;
    return { spec, type: column.type, said };
  });
  const misfits = read.filter(({ spec, said, type }) => !fitsTensor(spec, said, type));
  const empty = await emptyColumns(
    database,
    sql,
    misfits.map(({ spec }) => spec.name),
  );
  for (const { spec, type, said } of misfits) {
    if (empty.has(spec.name)) continue;
    throw new PluginFailure("BAD_INPUT", `column ${spec.name} is ${type}, ${key} takes ${said}`);
  }
  return read.map(({ spec }) => (empty.has(spec.name) ? "NULL" : castOf(spec, quoteName(spec.name))));
}

/** @param said by the model's signature, of DuckDB's types or the protocol's */
function fitsTensor({ datatype, width }: TensorSpec, said: string, type: string): boolean {
  const [, element] = LIST.exec(type) ?? [];
  if (width > 1) return element !== undefined && isOf(datatype, LIST.exec(said)?.[1] ?? said, element);
  return isOf(datatype, said, type);
}

function isOf(datatype: Datatype, said: string, type: string): boolean {
  if (datatype === "BOOL") return type === "BOOLEAN";
  if (datatype === "FP32" || datatype === "FP64") return fits("number", type);
  if (datatype !== "BYTES") return isWholeType(type);
  return type === said || (TEXT.test(type) && (TEXT.test(said) || said.toUpperCase() === "BYTES"));
}

/** Lists of another length than the model's are null. */
function castOf({ datatype, width }: TensorSpec, name: string): string {
  const list = width === 1 ? "" : `[${width}]`;
  if (datatype === "BYTES") return `TRY_CAST(${name} AS VARCHAR${list})`;
  if (datatype === "FP32" || datatype === "FP64") return `TRY_CAST(${name} AS DOUBLE${list})`;
  return width === 1 ? name : `TRY_CAST(${name} AS ${datatype === "BOOL" ? "BOOLEAN" : "BIGINT"}${list})`;
}

const SQL_TYPES: Readonly<Record<Datatype, string>> = {
  BOOL: "BOOLEAN",
  INT8: "TINYINT",
  INT16: "SMALLINT",
  INT32: "INTEGER",
  INT64: "BIGINT",
  UINT8: "UTINYINT",
  UINT16: "USMALLINT",
  UINT32: "UINTEGER",
  UINT64: "UBIGINT",
  FP32: "FLOAT",
  FP64: "DOUBLE",
  BYTES: "VARCHAR",
};

/** The type that an output has as a column. */
export function outputType({ datatype, width }: TensorSpec): string {
  return `${SQL_TYPES[datatype]}${width === 1 ? "" : "[]"}`;
}
