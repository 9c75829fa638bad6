import { PluginFailure } from "@clew/plugin-sdk";

/** Of ModelProto in onnx.proto: `repeated StringStringEntryProto metadata_props = 14`, of which key is 1 and value 2. */
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;
/** Wire types of protocol buffers. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

interface Field {
  readonly number: number;
  readonly wire: number;
  /** With its tag. */
  readonly start: number;
  readonly end: number;
  /** Where its value begins. */
  readonly value: number;
}

/**
 * The metadata that a model file carries.
 * @throws {PluginFailure} BAD_INPUT where it is no protocol buffer
 */
export function readMetadata(model: Buffer): Map<string, string> {
  const entries = fieldsOf(model).filter(isMetadata);
  return new Map(entries.map((field) => entryOf(model.subarray(field.value, field.end))));
}

/**
 * The same file with these entries, instead of any of the same names. Nothing else of it is read or changed: fields of a protocol buffer may
 * stand in any order.
 */
export function withMetadata(model: Buffer, entries: ReadonlyMap<string, string>): Buffer {
  const kept = fieldsOf(model).filter((field) => {
    return !isMetadata(field) || !entries.has(entryOf(model.subarray(field.value, field.end))[0]);
  });
  const added = [...entries].map(([key, value]) => {
    return lengthDelimited(METADATA_PROPS, Buffer.concat([text(KEY, key), text(VALUE, value)]));
  });
  return Buffer.concat([...kept.map(({ start, end }) => model.subarray(start, end)), ...added]);
}

function isMetadata({ number, wire }: Field): boolean {
  return number === METADATA_PROPS && wire === BYTES;
}

function entryOf(bytes: Buffer): [key: string, value: string] {
  const read = (number: number) => {
    const field = fieldsOf(bytes).findLast((one) => one.number === number && one.wire === BYTES);
    return field === undefined ? "" : bytes.toString("utf8", field.value, field.end);
  };
  return [read(KEY), read(VALUE)];
}

function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const field = fieldAt(bytes, at);
    fields.push(field);
    at = field.end;
  }
  return fields;
}

function fieldAt(bytes: Buffer, start: number): Field {
  const [tag, afterTag] = varint(bytes, start);
  const [number, wire] = [Math.floor(tag / 8), tag % 8];
  const [value, end] = extentOf(bytes, wire, afterTag);
  if (number > 0 && end <= bytes.length) return { number, wire, start, value, end };
  throw noModel();
}

function extentOf(bytes: Buffer, wire: number, at: number): [value: number, end: number] {
  if (wire === VARINT) return [at, varint(bytes, at)[1]];
  if (wire === FIXED64) return [at, at + 8];
  if (wire === FIXED32) return [at, at + 4];
  if (wire !== BYTES) throw noModel();
  const [length, value] = varint(bytes, at);
  return [value, value + length];
}

/** A number of seven bits a byte, least first, and where it ends; beyond 2^53 its value is rounded. */
function varint(bytes: Buffer, start: number): [value: number, end: number] {
  let value = 0;
  for (let n = 0; n < 10; n++) {
    const byte = bytes[start + n];
    if (byte === undefined) break;
    value += (byte % 128) * 128 ** n;
    if (byte < 128) return [value, start + n + 1];
  }
  throw noModel();
}

function text(number: number, value: string): Buffer {
  return lengthDelimited(number, Buffer.from(value, "utf8"));
}

function lengthDelimited(number: number, value: Buffer): Buffer {
  return Buffer.concat([toVarint(number * 8 + BYTES), toVarint(value.length), value]);
}

function toVarint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  return Buffer.from([...bytes, left]);
}

function noModel(): PluginFailure {
  return new PluginFailure("BAD_INPUT", "the model's file is no protocol buffer, as ONNX is");
}
