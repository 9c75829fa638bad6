import { expect, test } from "vitest";
import { checkParameters, requireParameterSchema } from "./check-parameters.ts";

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    epochs: { type: "integer", minimum: 1, default: 10 },
    layers: {
      type: "array",
      items: { type: "object", properties: { units: { type: "integer" } }, required: ["units"] },
    },
    backend: { enum: ["wasm", "cpu"] },
    "a/b~c": { type: "string" },
    when: { type: "string", format: "date-time" },
  },
  required: ["backend"],
  additionalProperties: false,
};

test("values that fit have no faults and get their defaults", () => {
  const values = { backend: "cpu", when: "any text: a format is an annotation" };
  expect(checkParameters(SCHEMA, values)).toEqual([]);
  expect(values).toMatchObject({ epochs: 10 });
});

test("every fault is named with its path", () => {
  const values = { epochs: 0, layers: [{ units: 1 }, {}, { units: "x" }], "a/b~c": 1, wrong: 1 };
  expect(checkParameters(SCHEMA, values)).toEqual(
    expect.arrayContaining([
      { path: ["epochs"], message: "must be >= 1" },
      { path: ["layers", "1", "units"], message: "is required" },
      { path: ["layers", "2", "units"], message: "must be integer" },
      { path: ["a/b~c"], message: "must be string" },
      { path: ["wrong"], message: "is no parameter here" },
      { path: ["backend"], message: "is required" },
    ]),
  );
  expect(checkParameters(SCHEMA, { backend: "gpu" })).toEqual([
    { path: ["backend"], message: 'must be one of ["wasm","cpu"]' },
  ]);
});

test("a schema that is none is an error", () => {
  expect(() => requireParameterSchema({ type: "objekt" })).toThrow(/schema is invalid/);
  expect(() => requireParameterSchema({ type: "object", properties: { n: { minimum: "1" } } })).toThrow(/invalid/);
  requireParameterSchema(SCHEMA);
});
