import { canonicalJson, type Json, sha256 } from "@clew/schema";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { document, DOCUMENT_MAX_BYTES, DOCUMENT_MIN_BYTES, documentPaths, referencesIn, setAside } from "./document.ts";

const Payload = z.strictObject({
  schema: document(z.array(z.string())).describe("Columns."),
  parts: z.array(z.strictObject({ note: document(z.json()).nullable() })).default([]),
  by: z.record(z.string(), z.strictObject({ text: document(z.string()) })),
});
const paths = documentPaths(Payload);

/** A text whose canonical JSON has so many bytes. */
const textOf = (bytes: number) => "x".repeat(bytes - 2);
const SMALL = textOf(DOCUMENT_MIN_BYTES);
const LARGE = textOf(DOCUMENT_MIN_BYTES + 1);
const reference = (value: Json) => {
  const text = canonicalJson(value);
  return { $document: sha256(text), sizeBytes: Buffer.byteLength(text) };
};

describe("fields that may be large", () => {
  it("give way to digest and size above the bound, wherever the schema marks them and nowhere else", () => {
    const payload = {
      schema: [LARGE],
      parts: [{ note: { b: LARGE, a: 1 } }, { note: SMALL }, { note: null }],
      by: { "a/b": { text: LARGE }, c: { text: SMALL } },
    };
    const before = structuredClone(payload);
    const { payload: stored, documents } = setAside(payload, paths);
    expect(stored).toEqual({
      schema: reference([LARGE]),
      parts: [{ note: reference({ a: 1, b: LARGE }) }, { note: SMALL }, { note: null }],
      by: { "a/b": { text: reference(LARGE) }, c: { text: SMALL } },
    });
    expect(documents.map(({ text }) => JSON.parse(text) as unknown)).toEqual([[LARGE], { a: 1, b: LARGE }, LARGE]);
    for (const { digest, text } of documents) expect(digest).toBe(sha256(text));
    expect(payload).toEqual(before);
    expect(Payload.safeParse(stored).error).toBeUndefined();
    expect(referencesIn(stored, paths)).toEqual([[LARGE], { a: 1, b: LARGE }, LARGE].map(reference));
  });

  it("have the size that their references state", () => {
    const value = { ü: [1e21, -0, 0.1, null, true], "\u0000": '\ud83d\ude00 " \\', z: LARGE };
    const { documents, payload } = setAside({ schema: [], parts: [{ note: value }], by: {} }, paths);
    expect(referencesIn(payload, paths).map(({ sizeBytes }) => sizeBytes)).toEqual([
      Buffer.byteLength(documents[0]!.text),
    ]);
  });

  it("are measured in bytes of UTF-8", () => {
    const snow = "☃".repeat(DOCUMENT_MIN_BYTES / 3);
    const { documents } = setAside({ schema: [], by: { a: { text: snow } } }, paths);
    expect(documents).toHaveLength(1);
  });

  it("are the same again when they are set aside twice", () => {
    const once = setAside({ schema: [LARGE], by: {} }, paths).payload;
    expect(setAside(once, paths)).toEqual({ payload: once, documents: [] });
  });

  it("have a bound, and the one above it is named", () => {
    const longest = textOf(DOCUMENT_MAX_BYTES);
    expect(setAside({ schema: [], by: { a: { text: longest } } }, paths).documents).toHaveLength(1);
    expect(() => setAside({ schema: [], by: { a: { text: `${longest}x` } } }, paths)).toThrow(
      `/by/a/text has ${DOCUMENT_MAX_BYTES + 1} bytes`,
    );
  });

  it("that do not always stand in the same place are refused", () => {
    const either = z.union([z.strictObject({ note: document(z.string()) }), z.strictObject({ other: z.string() })]);
    expect(() => documentPaths(z.strictObject({ said: either }))).toThrow(/marked field.*said\.note/);
    expect(() => documentPaths(z.array(document(z.string())))).toThrow(/marked field/);
  });
});
