import type { Tensor } from "onnxruntime-node";
import type { Datatype, Value } from "./datatypes.ts";

/** The tensor types of ONNX that the protocol has too. */
type OnnxType = Extract<
  Tensor.Type,
  | "bool"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float32"
  | "float64"
  | "string"
>;

const TYPE_OF: Readonly<Record<Datatype, OnnxType>> = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
};

export const DATATYPE_OF: ReadonlyMap<Tensor.Type, Datatype> = new Map(
  Object.entries(TYPE_OF).map(([datatype, type]) => [type, datatype as Datatype]),
);

const ARRAYS: Readonly<Record<Datatype, (values: readonly Value[]) => Tensor.DataType>> = {
  BOOL: (values) => Uint8Array.from(values, Number),
  UINT8: (values) => Uint8Array.from(values, Number),
  UINT16: (values) => Uint16Array.from(values, Number),
  UINT32: (values) => Uint32Array.from(values, Number),
  UINT64: (values) => BigUint64Array.from(values, whole),
  INT8: (values) => Int8Array.from(values, Number),
  INT16: (values) => Int16Array.from(values, Number),
  INT32: (values) => Int32Array.from(values, Number),
  INT64: (values) => BigInt64Array.from(values, whole),
  FP32: (values) => Float32Array.from(values, orNaN),
  FP64: (values) => Float64Array.from(values, orNaN),
  BYTES: (values) => values.map(String),
};

function whole(value: Value): bigint {
  return BigInt(Number(value));
}

function orNaN(value: Value): number {
  return value === null ? Number.NaN : Number(value);
}

/** @param values null only where the datatype is FP32 or FP64, as NaN */
export function toTensor(
  make: typeof Tensor,
  values: readonly Value[],
  datatype: Datatype,
  shape: readonly number[],
): Tensor {
  return new make(TYPE_OF[datatype], ARRAYS[datatype](values), shape);
}

/** @throws {Error} where a whole number is beyond 2^53 and would be rounded */
export function fromTensor({ data, type }: Tensor): Value[] {
  if (type === "bool") return Array.from(data as Uint8Array, Boolean);
  return Array.from(data as ArrayLike<number | bigint | string>, toValue);
}

function toValue(value: number | bigint | string): Value {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`it answers ${value}, which is beyond 2^53`);
}
