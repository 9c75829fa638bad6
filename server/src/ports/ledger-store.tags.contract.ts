import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TagWord } from "../core/tag-word.ts";
import type { Command } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import { type ContractDatabase, count, counterId, type OpenDatabase, worded } from "./ledger-store.fixture.ts";

const key = { nodeId: counterId("a"), kind: "ALIAS", key: "production" } as const;

/** A command that says a word, and answers what it found believed. */
function say(word: Partial<TagWord>): Command<{ value: number }> {
  const said = { ...key, value: "v", validFrom: 0, ...word };
  return {
    ...count("a"),
    tags: [{ nodeId: said.nodeId, kind: said.kind, key: said.key, from: said.validFrom }],
    decide: (heads) => {
      const held = heads.tags(said).filter(({ validTo }) => validTo === null);
      return { facts: [worded.of(said)], answer: { value: held.length } };
    },
  };
}

/** What is said of nodes under keys, in the time when it was true and in the time when it was known. */
export function describeTags(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  const valueAt = async (at: number, knownSeq?: number) => {
    const rows = await database.nodes.tags("ALIAS", { column: "node", ids: [key.nodeId] }, { at, knownSeq });
    return rows.map(({ value }) => value).join();
  };

  describe("tags", () => {
    it("are told as they were at any time, as known after any entry", async () => {
      // Words about times 0 to 4, in an order that goes back and forth; null takes the value away.
      const words = [2, 0, 3, 1, 1, 4, 2, 0, 3, 2].map((validFrom, n) => ({
        validFrom,
        value: n % 4 === 3 ? null : `v${n}`,
      }));
      // The first ones share a batch with others, the last ones have one each.
      await Promise.all(words.slice(0, 6).map((word) => recorder.record(say(word))));
      for (const word of words.slice(6)) await recorder.record(say(word));
      for (let known = 0; known <= words.length; known++)
        for (let at = 0; at <= 5; at++) {
          const last = words.slice(0, known).findLast(({ validFrom }) => validFrom <= at);
          expect(`${known} ${at} ${await valueAt(at, known)}`).toBe(`${known} ${at} ${last?.value ?? ""}`);
        }
      expect(await valueAt(5)).toBe(words.at(-1)!.value);
    });

    it("are read by each decision as the ones before it left them", async () => {
      const found = await Promise.all(["v1", null, "v2", "v3"].map((value) => recorder.record(say({ value }))));
      found.push(await recorder.record(say({ value: null })), await recorder.record(say({ value: "v4" })));
      expect(found.map((one) => one.ok && one.answer.value)).toEqual([0, 1, 0, 1, 1, 0]);
    });

    it("keep nodes, kinds and keys apart, and are found by value", async () => {
      const other = counterId("b");
      const words = [{}, { key: "staging" }, { nodeId: other }, { kind: "TAG" as const, value: "x" }];
      for (const word of words) await recorder.record(say(word));
      const found = await database.nodes.tags("ALIAS", { column: "value", ids: ["v", "w"] }, { at: 1 });
      expect(found.map((row) => `${row.nodeId} ${row.key}`).toSorted()).toEqual(
        [`${key.nodeId} production`, `${key.nodeId} staging`, `${other} production`].toSorted(),
      );
      expect(await database.nodes.tags("TAG", { column: "node", ids: [other] }, { at: 1 })).toEqual([]);
      expect(await database.nodes.tags("TAG", { column: "node", ids: [] }, { at: 1 })).toEqual([]);
    });

    it("narrow a list to the nodes that have them all", async () => {
      for (const name of ["b", "a"]) await recorder.record(count(name));
      await recorder.record(say({ kind: "TAG", key: "team", value: "red" }));
      await recorder.record(say({ kind: "TAG", key: "cost", value: "low" }));
      await recorder.record(say({ kind: "TAG", key: "team", value: "blue", nodeId: counterId("b") }));
      const listed = async (...tags: { key: string; value: string | null }[]) => {
        const filter = { types: ["Counter"], namespaces: null, tagged: { tags, at: 1 } };
        return (await database.nodes.list(filter, "OLDEST", null, 9)).map(({ attributes }) => attributes["name"]);
      };
      expect(await listed({ key: "team", value: null })).toEqual(["b", "a"]);
      expect(await listed({ key: "team", value: "red" }, { key: "cost", value: null })).toEqual(["a"]);
      expect(await listed({ key: "team", value: "blue" }, { key: "cost", value: "low" })).toEqual([]);
      expect(await listed({ key: "cost", value: "red" })).toEqual([]);
    });
  });
}
