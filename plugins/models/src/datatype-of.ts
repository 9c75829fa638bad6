import type { ModelSignature } from "@clew/plugin-sdk";
import { type Datatype, isDatatype } from "./datatypes.ts";
import type { TensorSpec } from "./servable-model.ts";

const OF_SQL: Readonly<Record<string, Datatype>> = {
  BOOLEAN: "BOOL",
  TINYINT: "INT8",
  SMALLINT: "INT16",
  INTEGER: "INT32",
  BIGINT: "INT64",
  UTINYINT: "UINT8",
  USMALLINT: "UINT16",
  UINTEGER: "UINT32",
  UBIGINT: "UINT64",
  FLOAT: "FP32",
  DOUBLE: "FP64",
  HUGEINT: "FP64",
  UHUGEINT: "FP64",
};

/** The tensor datatype of a signature's field: the field's own, or that of DuckDB's SQL type. Other types travel as text. */
export function datatypeOf(type: string): Datatype {
  const upper = type.toUpperCase();
  if (isDatatype(upper)) return upper;
  return OF_SQL[upper] ?? (upper.startsWith("DECIMAL") ? "FP64" : "BYTES");
}

/** DuckDB's type of lists that are all as long: `FLOAT[10]`. */
const FIXED_LIST = /^(.+)\[([1-9]\d{0,5})\]$/;

/** The tensor of a signature's field; a list of a fixed length is as many elements in each row. */
export function tensorOf({ name, type }: ModelSignature["inputs"][number]): TensorSpec {
  const [, element = type, length = "1"] = FIXED_LIST.exec(type) ?? [];
  return { name, datatype: datatypeOf(element), width: Number(length) };
}
