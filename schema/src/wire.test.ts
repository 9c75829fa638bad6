import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { WIRE_SCHEMAS, wireJsonSchema } from "./emit-json-schemas.ts";

const folder = new URL("../json/examples/", import.meta.url);
const read = (url: URL): unknown => JSON.parse(readFileSync(url, "utf8"));

describe("the examples of the wire", () => {
  it("has some for every schema", () => {
    expect(readdirSync(folder).toSorted()).toEqual(
      Object.keys(WIRE_SCHEMAS)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });

  it.each(Object.keys(WIRE_SCHEMAS) as (keyof typeof WIRE_SCHEMAS)[])(
    "%s: zod and the emitted JSON Schema take them",
    (name) => {
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(wireJsonSchema(name));
      for (const example of read(new URL(`${name}.json`, folder)) as unknown[]) {
        expect(WIRE_SCHEMAS[name].safeParse(example).error).toBeUndefined();
        expect(validate(example), JSON.stringify(validate.errors)).toBe(true);
      }
    },
  );

  it.each(Object.keys(WIRE_SCHEMAS) as (keyof typeof WIRE_SCHEMAS)[])(
    "%s: both refuse a field that is not declared",
    (name) => {
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(wireJsonSchema(name));
      const [example] = read(new URL(`${name}.json`, folder)) as object[];
      const extended = { ...example, unheardOf: 1 };
      expect(WIRE_SCHEMAS[name].safeParse(extended).success).toBe(false);
      expect(validate(extended)).toBe(false);
    },
  );

  it("emits what is committed", () => {
    for (const name of Object.keys(WIRE_SCHEMAS) as (keyof typeof WIRE_SCHEMAS)[]) {
      expect(read(new URL(`../${name}.schema.json`, folder))).toEqual(JSON.parse(JSON.stringify(wireJsonSchema(name))));
    }
  });
});
