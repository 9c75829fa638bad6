import { describe, expect, test } from "vitest";
import { jsonIn, parseExactJson } from "./exact-json.ts";

describe("exact JSON", () => {
  test("refuses a whole number that a double would change, and names it", () => {
    expect(() => parseExactJson('{"a": {"seed": 9007199254740993}}')).toThrow(/seed: 9007199254740993 .*\$int64/);
    for (const text of ["[-9007199254740993]", "9007199254740993", "[1,9007199254740993]", '{"a":\n9007199254740993}'])
      expect(() => parseExactJson(text)).toThrow(RangeError);
  });

  test("takes every number that a double holds, and every text", () => {
    const text =
      '{"a":9007199254740992,"b":100000000000000000000,"c":1e300,"d":0.1000000000000000055,"e":"9007199254740993"}';
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  });

  test("keeps keys that objects have anyway", () => {
    const value = parseExactJson('{"__proto__": {"a": 1}, "n": 1111111111111111, "constructor": {"prototype": 1}}');
    expect(Object.keys(value as object)).toEqual(["__proto__", "n", "constructor"]);
  });
});

test("a message's bytes are a JSON value, or nothing", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(jsonIn(bytes('{"a":[1,"é"]}'))).toEqual({ a: [1, "é"] });
  for (const text of ["", "{", '{"a":9007199254740993}']) expect(jsonIn(bytes(text))).toBeUndefined();
  expect(jsonIn(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined();
});
