import { contentId } from "@clew/schema";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { defineFact } from "../core/define-fact.ts";
import { defineNode, place } from "../core/define-node.ts";
import { personal } from "../core/personal.ts";
import type { Command } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import { count, Counter, counterId } from "../ports/ledger-store.fixture.ts";
import type { NodeHistoryReader } from "../ports/node-history.ts";
import type { NodeCursor, NodeReader } from "../ports/node-reader.ts";
import { withPersonalHistory, withPersonalValues } from "./personal-node-reader.ts";

const Person = defineNode("Person", {
  description: "Somebody, and what a friend calls them.",
  fields: {
    name: personal(z.string(), "id"),
    friend: z.string(),
    nickname: personal(z.string(), "friend").nullable(),
  },
  edges: {},
});
const met = defineFact({ type: "test.met", v: 1, payload: Person.schema, project: (who) => place(Person, who) });

const idOf = (name: string) => contentId("Person", name);

function meet(name: string, nickname: string | null = null): Command {
  const fact = met.of({ id: idOf(name), name, friend: idOf("friend"), nickname });
  return { ...count(name), heads: [idOf(name)], decide: () => ({ facts: [fact], answer: {} }) };
}
const erasure = (name: string): Command => ({
  ...count(name),
  heads: [],
  decide: () => ({ facts: [], answer: {}, erases: [idOf(name)] }),
});

let database: SqlDatabase;
let recorder: Recorder;
let reader: NodeReader;
let history: NodeHistoryReader;
beforeEach(async () => {
  database = await openSqlite(":memory:");
  onTestFinished(() => database.close());
  recorder = new Recorder(database.ledger);
  reader = withPersonalValues(database.nodes, [Person, Counter]);
  history = withPersonalHistory(database.history, database.nodes, [Person, Counter]);
});
const shown = async (...names: string[]) =>
  (await reader.byIds(names.map(idOf))).map(({ id, type, attributes }) => ({ id, type, attributes }));

test("a node has its personal values, as long as they are there", async () => {
  await recorder.record(meet("Ada", "Addie"));
  const attributes = { name: "Ada", friend: idOf("friend"), nickname: "Addie" };
  expect(await shown("Ada")).toEqual([{ id: idOf("Ada"), type: "Person", attributes }]);
  expect(await history.asKnownAt(idOf("Ada"), 1)).toMatchObject({ attributes });
  expect(await history.asKnownAt(idOf("Ada"), 0)).toBeNull();
});

test("a history has them too, and leaves the reference where one was erased", async () => {
  await recorder.record(meet("Ada", "Addie"));
  await recorder.record(erasure("Ada"));
  await recorder.record(meet("Ada"));
  const [now, before] = await history.history(idOf("Ada"), null, 9);
  expect(now!.attributes).toMatchObject({ name: "Ada", nickname: null });
  const erased = { $personal: expect.stringMatching(/^sha256:/) };
  expect(before).toMatchObject({ type: "Person", attributes: { name: erased, nickname: "Addie" } });
  expect(await history.asKnownAt(idOf("Ada"), 1)).toMatchObject({ type: "ErasedNode", attributes: {} });
});

test("what may be null is null once it is erased; else the node is an ErasedNode", async () => {
  await recorder.record(meet("Ada", "Addie"));
  await recorder.record(meet("Bo", "Bobo"));
  await recorder.record(erasure("friend"));
  expect(await shown("Ada")).toMatchObject([{ type: "Person", attributes: { name: "Ada", nickname: null } }]);
  await recorder.record(erasure("Ada"));
  expect(await shown("Ada")).toEqual([{ id: idOf("Ada"), type: "ErasedNode", attributes: {} }]);
  expect(await shown("Bo")).toMatchObject([{ type: "Person", attributes: { name: "Bo" } }]);
});

test("nodes of other types are what the reader under it answers, whatever they hold", async () => {
  await recorder.record(count("a", { note: '{"$personal":"sha256:00"}' }));
  const under = await database.nodes.byIds([counterId("a")]);
  expect(await reader.byIds([counterId("a")])).toEqual(under);
});

test("pages by name miss nobody and show nobody twice", async () => {
  const names = Array.from({ length: 23 }, (_, n) => `person ${n}`);
  for (const name of names) await recorder.record(meet(name));
  await recorder.record(erasure("person 3"));
  const seen: string[] = [];
  for (let after: NodeCursor | null = null; ; ) {
    const page = await reader.list({ types: ["Person"], namespaces: null }, "NAME", after, 5);
    seen.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (last === undefined) break;
    // As a connection makes it, of what was answered.
    const { name } = last.attributes;
    after = { createdSeq: last.createdSeq, name: typeof name === "string" ? name : "", id: last.id };
  }
  expect(seen.toSorted()).toEqual(names.map(idOf).toSorted());
});
