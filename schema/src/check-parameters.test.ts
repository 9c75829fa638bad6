import { expect, test } from "vitest";
import { checkParameters, describeFaults, requireParameterSchema } from "./check-parameters.ts";

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
      { path: ["wrong"], message: "is no parameter here (there are: epochs, layers, backend, a/b~c, when)" },
      { path: ["backend"], message: "is required" },
    ]),
  );
  expect(checkParameters(SCHEMA, { backend: "gpu" })).toEqual([
    { path: ["backend"], message: 'must be one of ["wasm","cpu"]' },
  ]);
});

const kind = (name: string, more: object, required: string[] = []) => ({
  type: "object",
  properties: { kind: { type: "string", const: name }, ...more },
  required: ["kind", ...required],
  additionalProperties: false,
});
const UNIONS = {
  type: "object",
  properties: {
    threshold: { anyOf: [{ type: "string", const: "f1" }, { type: "number" }] },
    wait: { anyOf: [{ type: "integer" }, { type: "string", format: "duration", pattern: "^P" }] },
    features: {
      type: "array",
      items: {
        oneOf: [
          kind("numeric", { clip: { type: "number" } }),
          kind("cyclic", { period: { type: "number" } }, ["period"]),
        ],
      },
    },
  },
};

test.each([
  [{ threshold: "f2" }, 'threshold must be "f1", or number'],
  [{ wait: "1 hour" }, "wait must be integer, or a duration"],
  [{ features: [{ kind: "number" }] }, 'features.0.kind must be one of ["numeric","cyclic"]'],
  [{ features: [{ kind: "numeric" }, { kind: "cyclic" }] }, "features.1.period is required"],
  [{ features: [{ kind: "numeric", cut: 1 }] }, "features.0.cut is no parameter here (there are: kind, clip)"],
  [{ features: [{}] }, "features.0.kind is required"],
  [{ features: ["hour"] }, "features.0 must be object"],
])("of a union, what is said is about the branch that was meant: %j", (values, said) => {
  expect(describeFaults(checkParameters(UNIONS, values))).toBe(said);
});

test("a schema that is none is an error", () => {
  expect(() => requireParameterSchema({ type: "objekt" })).toThrow(/schema is invalid/);
  expect(() => requireParameterSchema({ type: "object", properties: { n: { minimum: "1" } } })).toThrow(/invalid/);
  requireParameterSchema(SCHEMA);
});
