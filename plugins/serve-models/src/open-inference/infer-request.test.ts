import { expect, test } from "vitest";
import { BadRequest } from "./bad-request.ts";
import { readInferRequest } from "./infer-request.ts";

const TENSORS = {
  inputs: [
    { name: "hour", datatype: "INT64", width: 1, takesMissing: false },
    { name: "load", datatype: "FP64", width: 1, takesMissing: true },
    { name: "port", datatype: "BYTES", width: 1, takesMissing: true },
    { name: "pair", datatype: "FP32", width: 2, takesMissing: true },
  ],
  outputs: [{ name: "y", datatype: "FP64", width: 1 }],
} as const;
const HOUR = { name: "hour", datatype: "INT64", shape: [1], data: [7] };
const LOAD = { name: "load", datatype: "FP64", shape: [1], data: [1.5] };
const PORT = { name: "port", datatype: "BYTES", shape: [1], data: ["A"] };
const PAIR = { name: "pair", datatype: "FP32", shape: [1, 2], data: [1, 2] };
const ALL = [HOUR, LOAD, PORT, PAIR];

/** A request whose inputs of these names are as they are given; what is binary follows the JSON. */
function read(changes: Record<string, object> = {}, binary: Buffer = Buffer.alloc(0), text = (json: string) => json) {
  const inputs = ALL.map((input) => (input.name in changes ? changes[input.name] : input));
  const json = Buffer.from(text(JSON.stringify({ inputs })), "latin1");
  return readInferRequest(Buffer.concat([json, binary]), String(json.length), TENSORS).batch;
}
const sized = (input: { name: string; datatype: string; shape: number[] }, size: unknown) => {
  const { name, datatype, shape } = input;
  return { [name]: { name, datatype, shape, parameters: { binary_data_size: size } } };
};
const double = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const textOf = (bytes: Buffer, length = bytes.length) => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(length);
  return Buffer.concat([head, bytes]);
};

test("what is right is read, NaN in binary data as a missing value", () => {
  const { rows, tensors } = read(sized(LOAD, 8), double(Number.NaN));
  expect(rows).toBe(1);
  expect(Object.fromEntries(tensors)).toEqual({ hour: [7], load: [null], port: ["A"], pair: [1, 2] });
  expect(read(sized(PORT, 7), textOf(Buffer.from("Zü"))).tensors.get("port")).toEqual(["Zü"]);
});

test.each<[string, () => unknown, string]>([
  ["NaN, which JSON has not", () => read({}, undefined, (json) => json.replace("1.5", "NaN")), "no JSON"],
  ["Infinity, which JSON has not", () => read({}, undefined, (json) => json.replace("1.5", "Infinity")), "no JSON"],
  [
    "a number beyond all",
    () => read({}, undefined, (json) => json.replace("1.5", "1e999")),
    "load is of FP64 and holds Infinity",
  ],
  ["a whole number beyond all", () => read({}, undefined, (json) => json.replace("[7]", "[1e999]")), "holds Infinity"],
  ["an infinite number in binary data", () => read(sized(LOAD, 8), double(-Infinity)), "input load holds -Infinity"],
  ["JSON that is no UTF-8", () => read({}, undefined, (json) => json.replace("A", "\u00fc")), "no UTF-8"],
  [
    "bytes that are no UTF-8",
    () => read(sized(PORT, 5), textOf(Buffer.from([0xfc]))),
    "input port holds bytes that are no UTF-8",
  ],
  [
    "a text longer than its data",
    () => read(sized(PORT, 5), textOf(Buffer.from("A"), 99)),
    "are not 1 elements of BYTES",
  ],
  [
    "a text of four gigabytes",
    () => read(sized(PORT, 4), textOf(Buffer.alloc(0), 0xffff_ffff)),
    "are not 1 elements of BYTES",
  ],
  [
    "more texts than are said",
    () => read(sized(PORT, 10), Buffer.concat([textOf(Buffer.from("A")), textOf(Buffer.from("B"))])),
    "are not 1 elements",
  ],
  ["a size beyond the body", () => read(sized(LOAD, 16), double(1)), "8 bytes of binary data, where the inputs say 16"],
  ["a size that is too small", () => read(sized(LOAD, 4), double(1)), "input load has 4 bytes"],
  [
    "bytes that no input has",
    () => read(sized(LOAD, 8), Buffer.alloc(9)),
    "9 bytes of binary data, where the inputs say 8",
  ],
  ["a negative size", () => read(sized(LOAD, -8), double(1)), "is no number of bytes"],
  ["a size that is text", () => read(sized(LOAD, "8"), double(1)), "is no number of bytes"],
  ["a size of half a byte", () => read(sized(LOAD, 7.5), double(1)), "is no number of bytes"],
  [
    "both kinds of data",
    () => read({ load: { ...LOAD, parameters: { binary_data_size: 8 } } }, double(1)),
    "both data and binary_data_size",
  ],
  [
    "more rows than there is memory for",
    () => read(sized({ ...LOAD, shape: [2 ** 53 - 1] }, 8), double(1)),
    "others have 1",
  ],
  [
    "more rows than there is memory for, in the first input",
    () => read(sized({ ...HOUR, shape: [2 ** 52] }, 8), double(1)),
    "input hour has 8 bytes",
  ],
  ["an input that stands twice", () => read({ load: HOUR }), "input hour is there twice"],
  ["a flat list where rows have two", () => read({ pair: { ...PAIR, shape: [2] } }), "has 2 rows, others have 1"],
  ["lists within lists", () => read({ pair: { ...PAIR, data: [[[1, 2]]] } }), "has 1 elements, its shape says 2"],
  ["rows of other lengths", () => read({ pair: { ...PAIR, data: [[1], [2, 3]] } }), "has 3 elements, its shape says 2"],
  ["no shape", () => read({ pair: { ...PAIR, shape: [] } }), "inputs.3.shape"],
  [
    "a whole number that a double would round",
    () => read({ hour: { ...HOUR, data: [2 ** 53] } }),
    "holds 9007199254740992",
  ],
  ["an input of a name that objects have", () => read({ load: { ...LOAD, name: "__proto__" } }), "no input __proto__"],
  [
    "a missing value where none may be",
    () => read({ hour: { ...HOUR, data: [null] } }),
    "input hour has a missing value",
  ],
])("is refused, and says what is wrong: %s", (_, work, message) => {
  expect(work).toThrow(BadRequest);
  expect(work).toThrow(message);
});

test("lists that lie a hundred thousand deep are refused", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  expect(() => read({ pair: { ...PAIR, data: "DEEP" } }, undefined, (json) => json.replace('"DEEP"', deep))).toThrow(
    BadRequest,
  );
});
