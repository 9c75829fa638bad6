import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { canonicalJson, digestOf, type Json } from "@clew/schema";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type FactDefinition, EntryEnvelope, FactCatalogue, lift } from "../core/define-fact.ts";
import { ALL_FACTS } from "./compose.ts";

/**
 * Every version of a payload that was ever written has an example here, `features/<f>/fixtures/<type>.v<n>.json`: the entry as it
 * stands in ledgers, and the digest of its payload's JSON Schema. What it does to the graph lies beside it.
 */
const FEATURES = fileURLToPath(new URL("../features/", import.meta.url));

const Fixture = z.strictObject({ schema: z.string(), entry: EntryEnvelope });
type Fixture = z.infer<typeof Fixture>;

const files = readdirSync(FEATURES, { recursive: true, encoding: "utf8" }).filter((file) =>
  /\/fixtures\/[^/]+\.v\d+\.json$/.test(file),
);
const fixtures = new Map(files.map((file) => [nameIn(file), { file: FEATURES + file, ...read(FEATURES + file) }]));
const catalogue = new FactCatalogue(ALL_FACTS);
const written = ALL_FACTS.flatMap((fact: FactDefinition) =>
  Array.from({ length: fact.v }, (_, n) => ({ name: `${fact.type}.v${n + 1}`, fact, v: n + 1 })),
);

function nameIn(file: string): string {
  return /([^/]+)\.json$/.exec(file)![1]!;
}

function read(file: string): Fixture {
  return Fixture.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Names and descriptions are left out: they may change under the same version. */
function schemaDigest({ payload }: FactDefinition): string {
  return digestOf(z.toJSONSchema(payload, { metadata: z.registry(), unrepresentable: "any" }) as Json);
}

describe("the payload", () => {
  it.each(written)("$name has a fixture, of that type and version", ({ name, fact, v }) => {
    const example = fixtures.get(name);
    expect(
      example,
      `write features/<f>/fixtures/${name}.json: { "schema": "", "entry": an entry as written }`,
    ).toBeDefined();
    expect(example!.entry).toMatchObject({ type: fact.type, v });
  });

  it.each(written.filter(({ fact, v }) => v === fact.v))("$name has the schema that it had", ({ name, fact }) => {
    expect(
      fixtures.get(name)!.schema,
      `The payload's schema of ${fact.type} changed, or is new. If ${name} was ever released, keep its fixture as it is: raise \`v\` to ` +
        `${fact.v + 1}, add an upcast from ${fact.v}, and write the fixture ${fact.type}.v${fact.v + 1}.json. If it is new, its fixture ` +
        `states this digest as "schema": ${schemaDigest(fact)}`,
    ).toBe(schemaDigest(fact));
  });

  it.each(written)("$name is read as the current version, and projects to what it did", async ({ name }) => {
    const { entry, file } = fixtures.get(name)!;
    const bytes = Buffer.from(canonicalJson(entry));
    const projected = catalogue.project({ seq: 1, bytes });
    await expect(`${JSON.stringify(projected.changes, null, 2)}\n`).toMatchFileSnapshot(
      file.replace(/\.json$/, ".changes.json"),
    );
  });

  it.each(written)("$name fits the current schema once it is lifted", ({ name, fact }) => {
    const { entry } = fixtures.get(name)!;
    expect(fact.payload.safeParse(lift(fact, entry.v, entry.payload)).error).toBeUndefined();
  });

  it("has no fixture of what is not written", () => {
    const names = new Set(written.map(({ name }) => name));
    expect([...fixtures.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});
