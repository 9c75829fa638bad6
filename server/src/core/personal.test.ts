import { hash } from "node:crypto";
import type { Json } from "@clew/schema";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { conceal, personal, personalMark, personalPaths, type PersonalReference } from "./personal.ts";

const Person = z.strictObject({ id: z.string(), name: personal(z.string(), "id").describe("Who."), kind: z.string() });
const Payload = z.strictObject({
  reason: personal(z.string(), "lead.id").nullable(),
  lead: Person,
  team: z.array(Person).default([]),
  guests: z.record(
    z.string(),
    z.strictObject({ pass: z.strictObject({ by: z.string(), note: personal(z.string(), "by") }) }),
  ),
  settings: z.json(),
});
const ADA = { id: "Agent:1", name: "Ada", kind: "USER" };
const payload = {
  reason: "left",
  lead: ADA,
  team: [{ ...ADA, id: "Agent:2", name: "Bé ☃" }, ADA],
  guests: { "a/b~c": { pass: { by: "Agent:3", note: "came" } } },
  settings: { name: "Ada" },
};

const concealed = (value: Json) => conceal(value, personalPaths(Payload));

describe("personal fields", () => {
  it("are replaced by salted digests, wherever the schema marks them and nowhere else", () => {
    const { payload: stored, values } = concealed(payload);
    expect(values.map(({ path, value, subject }) => [path, value, subject])).toEqual([
      ["/reason", "left", "Agent:1"],
      ["/lead/name", "Ada", "Agent:1"],
      ["/team/0/name", "Bé ☃", "Agent:2"],
      ["/team/1/name", "Ada", "Agent:1"],
      ["/guests/a~1b~0c/pass/note", "came", "Agent:3"],
    ]);
    const [reason, lead, second, third, note] = values.map(({ digest }): PersonalReference => ({ $personal: digest }));
    expect(stored).toEqual({
      reason,
      lead: { ...ADA, name: lead },
      team: [
        { ...ADA, id: "Agent:2", name: second },
        { ...ADA, name: third },
      ],
      guests: { "a/b~c": { pass: { by: "Agent:3", note } } },
      settings: { name: "Ada" },
    });
    expect(Payload.safeParse(stored).error).toBeUndefined();
    expect(payload.lead.name).toBe("Ada");
  });

  it("have the SHA-256 of salt and text, and each a salt of its own", () => {
    const { values } = concealed(payload);
    for (const { salt, value, digest } of values) {
      expect(salt).toMatch(/^[0-9a-f]{32}$/);
      const bytes = Buffer.concat([Buffer.from(salt, "hex"), Buffer.from(value, "utf8")]);
      expect(digest).toBe(`sha256:${hash("sha256", bytes, "hex")}`);
    }
    expect(new Set(values.map(({ salt }) => salt)).size).toBe(values.length);
  });

  it("stay as they are where they are empty, null or concealed already", () => {
    const once = concealed(payload).payload;
    expect(concealed(once)).toEqual({ payload: once, values: [] });
    const empty = { reason: null, lead: { ...ADA, name: "" }, team: [], guests: {}, settings: null };
    expect(concealed(empty)).toEqual({ payload: empty, values: [] });
  });

  it("belong to somebody", () => {
    const { id: _, ...nobody } = ADA;
    expect(() => concealed({ ...payload, lead: nobody })).toThrow("is personal, but lead.id names nobody");
  });

  it("are found under what wraps them, and told from others", () => {
    expect(personalMark(personal(z.string(), "id").nullable().optional())?.of).toBe("id");
    expect(personalMark(z.union([z.string(), z.number()]))).toBeNull();
    expect(personalPaths(z.strictObject({ a: z.string(), b: z.json() }))).toEqual([]);
  });

  it.each([
    ["a union", z.strictObject({ who: z.union([Person, z.null()]) })],
    [
      "a discriminated union",
      z.strictObject({ who: z.discriminatedUnion("kind", [Person.extend({ kind: z.literal("A") })]) }),
    ],
    ["an array itself", z.strictObject({ who: z.array(personal(z.string(), "id")) })],
    ["a tuple", z.strictObject({ who: z.tuple([Person]) })],
    ["what is transformed", z.strictObject({ who: Person.transform(String) })],
    ["what is named later", z.strictObject({ who: z.lazy(() => Person) })],
  ])("are refused in %s, where they would be missed", (_, schema) => {
    expect(() => personalPaths(schema)).toThrow(/a marked field must be a field of objects.*: who/);
  });
});
