import type { Datatype, Value } from "@clew/plugin-models";
import { expect, test } from "vitest";
import { decodeElements, encodeElements } from "./binary-data.ts";

test.each<[Datatype, Value[], string]>([
  ["BOOL", [true, false], "01 00"],
  ["UINT8", [1, 255], "01 ff"],
  ["UINT16", [1, 65_535], "0100 ffff"],
  ["UINT32", [1, 4_294_967_295], "01000000 ffffffff"],
  ["UINT64", [1, Number.MAX_SAFE_INTEGER], "0100000000000000 ffffffffffff1f00"],
  ["INT8", [1, -2], "01 fe"],
  ["INT16", [1, -2], "0100 feff"],
  ["INT32", [1, -2], "01000000 feffffff"],
  ["INT64", [1, -2], "0100000000000000 feffffffffffffff"],
  ["FP32", [1.5, null], "0000c03f 0000c07f"],
  ["FP64", [1.5, null], "000000000000f83f 000000000000f87f"],
  ["BYTES", ["A", "ü", ""], "0100000041 02000000c3bc 00000000"],
])("elements of %s are these bytes, and these bytes are those elements", (datatype, values, hex) => {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  expect(encodeElements(values, datatype)).toEqual(bytes);
  expect(decodeElements(bytes, datatype, values.length, "x")).toEqual(values);
});

test.each(["INT64", "UINT64"] as const)("a whole number of %s that would be rounded is refused", (datatype) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(2n ** 53n + 1n);
  expect(() => decodeElements(bytes, datatype, 1, "hour")).toThrow(
    "input hour holds 9007199254740993, which is beyond",
  );
});
