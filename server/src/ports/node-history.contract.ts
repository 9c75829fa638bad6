import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NodeState } from "../core/graph-change.ts";
import { defineFact } from "../core/define-fact.ts";
import { defineNode, patch, place } from "../core/define-node.ts";
import type { Command } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import { z } from "zod";
import { type ContractDatabase, count, counterId, type OpenDatabase } from "./ledger-store.fixture.ts";

/** A node with everything that is a column of its own beside its attributes. */
const Release = defineNode("Release", {
  description: "Something of a counter, in a state.",
  fields: { name: z.string(), state: z.string() },
  edges: {},
});
const released = defineFact({
  type: "test.released",
  v: 1,
  payload: z.strictObject({ id: z.string(), state: z.string(), isNew: z.boolean() }),
  project: ({ id, state, isNew }) =>
    isNew ? place({ ...Release, parent: "name" }, { id, name: "the parent", state }) : [patch(Release, id, { state })],
});

function release(state: string, isNew = false): Command {
  const id = counterId("release");
  const fact = released.of({ id, state, isNew });
  return { ...count("release"), heads: [id], decide: () => ({ facts: [fact], answer: {} }) };
}

/** What nodes were, and by which entries. */
export function describeNodeHistory(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  const summary = (state: NodeState) => [state.attributes["value"], state.changedSeq, state.createdSeq];
  const history = async (beforeSeq: number | null, limit: number) =>
    (await database.history.history(counterId("a"), beforeSeq, limit)).map(summary);

  describe("a node's history", () => {
    it("has its states: each from the entry that made it until the one that replaced it", async () => {
      await recorder.record(count("a"));
      // Two changes in one batch, by two commands and by one.
      await Promise.all([recorder.record(count("a")), recorder.record(count("a", { times: 2 }))]);
      const values = [0, 1, 2, 3, 4, 99].map(async (seq) => {
        const state = await database.history.asKnownAt(counterId("a"), seq);
        return state && summary(state);
      });
      expect(await Promise.all(values)).toEqual([null, [1, 1, 1], [2, 2, 1], [3, 3, 1], [4, 4, 1], [4, 4, 1]]);
      expect(await database.history.asKnownAt(counterId("none"), 99)).toBeNull();
    });

    it("has everything of a node as it was then, and nothing of what it became", async () => {
      await recorder.record(release("OPEN", true));
      await recorder.record(release("CLOSED"));
      const [now, before] = await database.history.history(counterId("release"), null, 9);
      expect(await database.nodes.byIds([counterId("release")])).toEqual([now]);
      expect(now).toMatchObject({ attributes: { state: "CLOSED" }, changedSeq: 2 });
      const attributes = { name: "the parent", state: "OPEN" };
      expect(before).toEqual({ ...now, attributes, changedSeq: 1 });
      expect(before).toMatchObject({ type: "Release", parent: "the parent", createdSeq: 1 });
      expect(await database.history.asKnownAt(counterId("release"), 1)).toEqual(before);
    });

    it("comes newest first, in pages", async () => {
      await recorder.record(count("a"));
      await recorder.record(count("b"));
      await recorder.record(count("a", { times: 2 }));
      expect(await history(null, 9)).toEqual([
        [3, 4, 1],
        [2, 3, 1],
        [1, 1, 1],
      ]);
      expect(await history(null, 1)).toEqual([[3, 4, 1]]);
      expect(await history(4, 1)).toEqual([[2, 3, 1]]);
      expect(await history(3, 9)).toEqual([[1, 1, 1]]);
      expect(await history(1, 9)).toEqual([]);
      expect(await history(2 ** 52, 1)).toEqual([[3, 4, 1]]);
      expect(await database.history.history(counterId("none"), null, 9)).toEqual([]);
    });

    it("leads to the entries that made it", async () => {
      await recorder.record(count("a", { times: 3 }));
      const entries = await database.ledger.entries(0, 9);
      const found = await database.history.entries([3, 1, 99]);
      expect(found.toSorted((a, b) => a.seq - b.seq)).toEqual([entries[0], entries[2]]);
      expect(await database.history.entries([])).toEqual([]);
    });
  });
}
