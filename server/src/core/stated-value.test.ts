import { describe, expect, it } from "vitest";
import { parametersOf, metricsOf, statedValue, VALUE_TEXT_MAX, VALUES_MAX } from "./stated-value.ts";

const shown = (value: Parameters<typeof parametersOf>[0]) =>
  Object.fromEntries(
    parametersOf(value).map(({ name, number, text }) => [name, number === null ? text : [number, text]]),
  );

describe("leaves of parameters", () => {
  it("are named by what leads to them, an array is one", () => {
    const parameters = {
      optimizer: { learning_rate: 0.01, "beta.1": true },
      layers: [64, { units: 32 }],
      none: null,
      empty: {},
    };
    expect(shown(parameters)).toEqual({
      "optimizer.learning_rate": [0.01, ""],
      "optimizer.beta.1": "true",
      layers: '[64,{"units":32}]',
      none: "null",
    });
  });

  it("are the same whatever the order of members; of two with one name the first counts", () => {
    const one = { a: { "b.c": 1 }, "a.b": { c: 2 } };
    expect(shown(one)).toEqual({ "a.b.c": [1, ""] });
    expect(parametersOf({ "a.b": { c: 2 }, a: { "b.c": 1 } })).toEqual(parametersOf(one));
    const many = Array.from({ length: VALUES_MAX + 9 }, (_, n) => [`p${String(n).padStart(4, "0")}`, n] as const);
    expect(parametersOf(Object.fromEntries(many.toReversed()))).toEqual(parametersOf(Object.fromEntries(many)));
    expect(parametersOf(Object.fromEntries(many))).toHaveLength(VALUES_MAX);
  });

  it("have no name above 200 characters", () => {
    expect(shown({ ["a".repeat(150)]: { ["b".repeat(150)]: 1, b: 2 } })).toEqual({ [`${"a".repeat(150)}.b`]: [2, ""] });
  });
});

describe("a value", () => {
  it.each([
    [-0, 0, ""],
    [2 ** 60, 2 ** 60, ""],
    [{ $int64: "9007199254740993" }, 2 ** 53, "9007199254740993"],
    [{ $int64: "1152921504606846976" }, 2 ** 60, ""],
    [{ $number: "Infinity" }, Number.MAX_VALUE, "Infinity"],
    [{ $number: "-Infinity" }, -Number.MAX_VALUE, "-Infinity"],
    [{ $number: "NaN" }, null, "NaN"],
    ["12", null, "12"],
    [false, null, "false"],
  ])("%j is the number %s and the text %j", (value, number, text) => {
    expect(statedValue("x", value)).toEqual({ name: "x", number, text });
  });

  it("that is long keeps its beginning, which equals no text that is not", () => {
    const { text } = statedValue("x", `${"a".repeat(VALUE_TEXT_MAX - 2)}🧶b`);
    expect(text).toBe(`${"a".repeat(VALUE_TEXT_MAX - 2)}\ufffd…`);
    expect(statedValue("x", "a".repeat(VALUE_TEXT_MAX)).text).toBe("a".repeat(VALUE_TEXT_MAX));
  });
});

it("of two metrics with one name the first counts", () => {
  expect(metricsOf([1, 2].map((value) => ({ name: "auc", value })))).toEqual([{ name: "auc", number: 1, text: "" }]);
});
