/** The tensor datatypes of the Open Inference Protocol v2, without FP16 and BF16, which JSON and JavaScript lack. */
export const DATATYPES = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP32",
  "FP64",
  "BYTES",
] as const;
export type Datatype = (typeof DATATYPES)[number];

/** What a tensor holds, row by row; null is a missing value, which only JSON can say (NaN says it for FP32 and FP64). */
export type Value = number | string | boolean | null;

type Whole = Exclude<Datatype, "BOOL" | "FP32" | "FP64" | "BYTES">;
const BITS: Record<Whole, number> = {
  UINT8: 8,
  UINT16: 16,
  UINT32: 32,
  UINT64: 64,
  INT8: 8,
  INT16: 16,
  INT32: 32,
  INT64: 64,
};

/** Bytes of an element in binary tensor data; a BYTES element says its own length. */
export function elementBytes(datatype: Exclude<Datatype, "BYTES">): number {
  if (datatype === "BOOL") return 1;
  if (datatype === "FP32") return 4;
  return datatype === "FP64" ? 8 : BITS[datatype] / 8;
}

export function isDatatype(text: unknown): text is Datatype {
  return (DATATYPES as readonly unknown[]).includes(text);
}

/** Whether the datatype has the value; whole numbers that a double would round it has not. */
export function isValueOf(value: unknown, datatype: Datatype): value is Value {
  if (datatype === "BYTES") return typeof value === "string";
  if (datatype === "BOOL") return typeof value === "boolean";
  if (typeof value !== "number") return false;
  if (datatype === "FP32" || datatype === "FP64") return Number.isFinite(value);
  // JSON has rounded what is beyond; binary tensor data has not.
  if (!Number.isSafeInteger(value)) return false;
  const bits = BITS[datatype];
  const isSigned = datatype.startsWith("I");
  const least = isSigned ? -(2 ** (bits - 1)) : 0;
  return value >= least && value < 2 ** (isSigned ? bits - 1 : bits);
}
