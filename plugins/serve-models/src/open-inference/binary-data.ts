import { isUtf8 } from "node:buffer";
import { BadRequest } from "./bad-request.ts";
import { type Datatype, elementBytes, type Value } from "@clew/plugin-models";

/**
 * Elements of binary tensor data, by the protocol's extension: little-endian, row by row, without padding; BOOL is a byte of 0 or 1, and
 * a BYTES element is its length in four bytes and then its bytes, here UTF-8. NaN is a missing value.
 * @throws {BadRequest} where the bytes are not as many elements.
 */
export function decodeElements(bytes: Buffer, datatype: Datatype, count: number, tensor: string): Value[] {
  if (datatype === "BYTES") return decodeTexts(bytes, count, tensor);
  const size = elementBytes(datatype);
  if (bytes.length !== size * count) {
    throw new BadRequest(
      `input ${tensor} has ${bytes.length} bytes, where ${count} of ${datatype} take ${size * count}`,
    );
  }
  const read = READERS[datatype];
  return Array.from({ length: count }, (_, index) => read(bytes, index * size, tensor));
}

function decodeTexts(bytes: Buffer, count: number, tensor: string): string[] {
  const texts: string[] = [];
  let at = 0;
  while (texts.length < count && at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const text = bytes.subarray(at + 4, end);
    if (!isUtf8(text)) throw new BadRequest(`input ${tensor} holds bytes that are no UTF-8`);
    texts.push(text.toString("utf8"));
    at = end;
  }
  if (texts.length === count && at === bytes.length) return texts;
  throw new BadRequest(`the binary data of input ${tensor} are not ${count} elements of BYTES`);
}

type Read = (bytes: Buffer, at: number, tensor: string) => Value;

const READERS: Record<Exclude<Datatype, "BYTES">, Read> = {
  BOOL: (bytes, at) => bytes.readUInt8(at) !== 0,
  UINT8: (bytes, at) => bytes.readUInt8(at),
  UINT16: (bytes, at) => bytes.readUInt16LE(at),
  UINT32: (bytes, at) => bytes.readUInt32LE(at),
  UINT64: (bytes, at, tensor) => exact(bytes.readBigUInt64LE(at), tensor),
  INT8: (bytes, at) => bytes.readInt8(at),
  INT16: (bytes, at) => bytes.readInt16LE(at),
  INT32: (bytes, at) => bytes.readInt32LE(at),
  INT64: (bytes, at, tensor) => exact(bytes.readBigInt64LE(at), tensor),
  FP32: (bytes, at, tensor) => orMissing(bytes.readFloatLE(at), tensor),
  FP64: (bytes, at, tensor) => orMissing(bytes.readDoubleLE(at), tensor),
};

function orMissing(value: number, tensor: string): number | null {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return null;
  throw new BadRequest(`input ${tensor} holds ${value}`);
}

function exact(value: bigint, tensor: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new BadRequest(`input ${tensor} holds ${value}, which is beyond 2^53 and would be rounded`);
}

/** The other way. A missing value is NaN, and there is none in the other datatypes. */
export function encodeElements(values: readonly Value[], datatype: Datatype): Buffer {
  if (datatype === "BYTES") return Buffer.concat(values.map((value) => encodeText(String(value ?? ""))));
  const size = elementBytes(datatype);
  const bytes = Buffer.alloc(size * values.length);
  const write = WRITERS[datatype];
  for (const [index, value] of values.entries()) write(bytes, value, index * size);
  return bytes;
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

type Write = (bytes: Buffer, value: Value, at: number) => void;

const WRITERS: Record<Exclude<Datatype, "BYTES">, Write> = {
  BOOL: (bytes, value, at) => bytes.writeUInt8(value === true ? 1 : 0, at),
  UINT8: (bytes, value, at) => bytes.writeUInt8(Number(value), at),
  UINT16: (bytes, value, at) => bytes.writeUInt16LE(Number(value), at),
  UINT32: (bytes, value, at) => bytes.writeUInt32LE(Number(value), at),
  UINT64: (bytes, value, at) => bytes.writeBigUInt64LE(BigInt(Number(value)), at),
  INT8: (bytes, value, at) => bytes.writeInt8(Number(value), at),
  INT16: (bytes, value, at) => bytes.writeInt16LE(Number(value), at),
  INT32: (bytes, value, at) => bytes.writeInt32LE(Number(value), at),
  INT64: (bytes, value, at) => bytes.writeBigInt64LE(BigInt(Number(value)), at),
  FP32: (bytes, value, at) => bytes.writeFloatLE(value === null ? Number.NaN : Number(value), at),
  FP64: (bytes, value, at) => bytes.writeDoubleLE(value === null ? Number.NaN : Number(value), at),
};
