import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const PLUGINS = join(import.meta.dirname, "../../..");
const Manifest = z.object({
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  parameters: z.record(z.string(), z.unknown()),
});
const plugins = readdirSync(PLUGINS).filter((name) => existsSync(join(PLUGINS, name, "plugin.json")));

test.each(plugins)("the page of %s names every role and parameter", (name) => {
  const { inputs, outputs, parameters } = Manifest.parse(JSON.parse(read(name, "plugin.json")));
  const named = namesIn(read(name, "README.md"));
  const own = [...Object.keys(inputs), ...Object.keys(outputs), ...Object.keys(parameters["properties"] ?? {})];
  expect(own.filter((one) => !named.has(one))).toEqual([]);
  // What is within a parameter may be told where another page tells the same of it.
  const told = new Set([name, ...pagesLinkedFrom(name)].flatMap((one) => [...namesIn(read(one, "README.md"))]));
  expect([...fieldsOf(parameters)].filter((one) => !told.has(one))).toEqual([]);
});

function read(name: string, file: string): string {
  return readFileSync(join(PLUGINS, name, file), "utf8");
}

function pagesLinkedFrom(name: string): string[] {
  return [...read(name, "README.md").matchAll(/\]\(\.\.\/([a-z-]+)\/README\.md/g)].map(([, page]) => page!);
}

/** The words in what is written as code. */
function namesIn(page: string): Set<string> {
  const code = page.match(/```[^]*?```|`[^`\n]*`|^ {4}.*$/gm) ?? [];
  return new Set(code.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []));
}

/** The names of all that a JSON Schema lets be given, however deep. */
function fieldsOf(schema: unknown): Set<string> {
  if (typeof schema !== "object" || schema === null) return new Set();
  const { properties = {} } = schema as { properties?: object };
  return new Set([...Object.keys(properties), ...Object.values(schema).flatMap((one) => [...fieldsOf(one)])]);
}
