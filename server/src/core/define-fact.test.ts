import { canonicalJson } from "@clew/schema";
import { expect, it } from "vitest";
import { z } from "zod";
import { defineFact, FactCatalogue } from "./define-fact.ts";

const THIRD = {
  type: "test.said",
  v: 3,
  payload: z.strictObject({ words: z.array(z.string()) }),
  project: ({ words }: { words: string[] }) => [{ op: "node" as const, id: "Test:1", type: "Test", set: { words } }],
};
const UPCASTS = {
  1: (old: unknown) => ({ text: (old as { said: string }).said }),
  2: (old: unknown) => ({ words: (old as { text: string }).text.split(" ") }),
};

const entryOf = (v: number, payload: unknown) => ({
  seq: 7,
  bytes: Buffer.from(canonicalJson({ type: "test.said", v, at: 5, by: "Agent:1", payload } as never)),
});

it("an old payload is lifted version by version, and then projected", () => {
  const facts = new FactCatalogue([defineFact({ ...THIRD, upcasts: UPCASTS })]);
  const changes = [{ op: "node", id: "Test:1", type: "Test", set: { words: ["a", "b"] } }];
  const entries = [entryOf(1, { said: "a b" }), entryOf(2, { text: "a b" }), entryOf(3, { words: ["a", "b"] })];
  expect(entries.map((entry) => facts.project(entry))).toEqual(entries.map(() => ({ seq: 7, at: 5, changes })));
});

it("a payload of a newer server is not guessed at", () => {
  const facts = new FactCatalogue([defineFact({ ...THIRD, upcasts: UPCASTS })]);
  expect(() => facts.project(entryOf(4, {}))).toThrow("version 4 is newer than this server knows (3)");
});

it("a fact that skips an upcast is no fact", () => {
  expect(() => defineFact({ ...THIRD, upcasts: { 1: UPCASTS[1] } })).toThrow("test.said has no upcast from version 2");
});
