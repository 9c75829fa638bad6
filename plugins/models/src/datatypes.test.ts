import { expect, test } from "vitest";
import { type Datatype, isValueOf } from "./datatypes.ts";

test.each<[Datatype, readonly unknown[], readonly unknown[]]>([
  ["BOOL", [true, false], [0, 1, "true", null]],
  ["UINT8", [0, 255], [-1, 256, 1.5, "1", true]],
  ["UINT16", [0, 65_535], [-1, 65_536]],
  ["UINT32", [0, 4_294_967_295], [-1, 4_294_967_296]],
  ["UINT64", [0, Number.MAX_SAFE_INTEGER], [-1, 2 ** 53]],
  ["INT8", [-128, 127], [-129, 128]],
  ["INT16", [-32_768, 32_767], [-32_769, 32_768]],
  ["INT32", [-2_147_483_648, 2_147_483_647], [-2_147_483_649, 2_147_483_648]],
  ["INT64", [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], [-(2 ** 53), 2 ** 53]],
  ["FP32", [-1.5, 0], [Number.NaN, Infinity, "1", null]],
  ["FP64", [1e308, 0], [Number.NaN, -Infinity, true]],
  ["BYTES", ["", "ü"], [1, null, ["a"]]],
])("%s has its values and no others", (datatype, own, others) => {
  expect(own.filter((value) => !isValueOf(value, datatype))).toEqual([]);
  expect(others.filter((value) => isValueOf(value, datatype))).toEqual([]);
});
