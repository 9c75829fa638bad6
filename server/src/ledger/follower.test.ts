import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openMemoryGraph } from "../adapters/memory/index.ts";
import { openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { defineFact, FactCatalogue } from "../core/define-fact.ts";
import { count, counterId, TEST_FACTS } from "../ports/ledger-store.fixture.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { LineageGraph } from "../ports/lineage-graph.ts";
import { FollowerHalt } from "./follower-halt.ts";
import { Follower, type FollowerWork } from "./follower.ts";
import { GraphWork } from "./graph-work.ts";
import { LedgerTail, type ProjectedEntry } from "./ledger-tail.ts";
import { Recorder } from "./recorder.ts";
import { z } from "zod";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Work that notes what it was given, and fails when it is told to. */
class Noted implements FollowerWork {
  readonly name = "noted";
  readonly batchMax = 3;
  readonly seen: number[] = [];
  readonly batches: number[] = [];
  at = 0;
  failWith: (Error | null)[] = [];

  // oxlint-disable-next-line require-await -- a refusal must be a rejection
  async position(): Promise<number> {
    return this.at;
  }

  // oxlint-disable-next-line require-await -- a refusal must be a rejection
  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    const failure = this.failWith.shift();
    if (failure) throw failure;
    this.batches.push(entries.length);
    this.seen.push(...entries.map(({ seq }) => seq));
    this.at = entries.at(-1)!.seq;
  }
}

describe("following the ledger", () => {
  let database: SqlDatabase;
  let tail: LedgerTail;
  let recorder: Recorder;
  let running: Follower[];
  beforeEach(async () => {
    database = await openSqlite(":memory:");
    tail = new LedgerTail(database.ledger, TEST_FACTS);
    recorder = new Recorder(database.ledger, (entries) => tail.keep(entries));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((follower) => follower.stop()));
    await database.close();
  });

  function started(work: FollowerWork, { from = tail } = {}): Follower {
    const follower = new Follower(work, database.ledger, from, quiet);
    running.push(follower);
    follower.start();
    return follower;
  }
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  describe("a follower", () => {
    it("does every entry once and in order, batch by batch", async () => {
      await recorder.record(count("a", { times: 7 }));
      const work = new Noted();
      const follower = started(work);
      expect(await follower.waitFor(7, 5_000)).toBe(true);
      await recorder.record(count("a"));
      expect(await follower.waitFor(8, 5_000)).toBe(true);
      expect(work.seen).toEqual(upTo(8));
      expect(work.batches).toEqual([3, 3, 1, 1]);
      expect(follower).toMatchObject({ name: "noted", seq: 8, halted: null });
    });

    it("lets other work go on while it has far to go", async () => {
      await recorder.record(count("a", { times: 60 }));
      const work = new Noted();
      const follower = started(work);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(follower.seq).toBeLessThan(60);
      expect(await follower.waitFor(60, 5_000)).toBe(true);
    });

    it("reads what another process appends while it works, and takes that and what came since", async () => {
      const elsewhere = new Recorder(database.ledger);
      const work = new Noted();
      let end!: () => void;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const handle = work.handle.bind(work);
      work.handle = async (entries) => {
        if (entries[0]!.seq === 1) await ended;
        await handle(entries);
      };
      const looked = vi.spyOn(database.ledger, "entries");
      await elsewhere.record(count("a"));
      const follower = started(work);
      await expect.poll(() => looked.mock.calls).toHaveLength(1);
      await elsewhere.record(count("a"));
      const isAhead = await vi.waitUntil(() => looked.mock.calls.length > 1, { timeout: 2_000 }).catch(() => false);
      await elsewhere.record(count("a"));
      end();
      expect(await follower.waitFor(3, 5_000)).toBe(true);
      expect(isAhead).toBe(true);
      expect(work.batches).toEqual([1, 2]);
      expect(looked.mock.calls.slice(1, 3)).toEqual([
        [1, 1],
        [2, 1],
      ]);
    });

    it("begins after its position", async () => {
      await recorder.record(count("a", { times: 5 }));
      const work = new Noted();
      work.at = 3;
      const follower = started(work);
      expect(await follower.waitFor(3, 5_000)).toBe(true);
      expect(await follower.waitFor(5, 5_000)).toBe(true);
      expect(work.seen).toEqual([4, 5]);
    });

    it("tries again from its position after a failure, and skips nothing", async () => {
      await recorder.record(count("a", { times: 5 }));
      const work = new Noted();
      work.failWith = [null, new Error("the other end is away"), new Error("still")];
      const follower = started(work);
      expect(await follower.waitFor(5, 10_000)).toBe(true);
      expect(work.seen).toEqual(upTo(5));
      expect(follower.halted).toBeNull();
    });

    it("halts for good where it is told to, and says so to who waits", async () => {
      await recorder.record(count("a", { times: 5 }));
      const work = new Noted();
      work.failWith = [null, new FollowerHalt("an operator has to look")];
      const follower = started(work);
      expect(await follower.waitFor(5, 10_000)).toBe(false);
      expect(follower).toMatchObject({ seq: 3, halted: "an operator has to look" });
      expect(await follower.waitFor(4, 10_000)).toBe(false);
      expect(await follower.waitFor(3, 0)).toBe(true);
      await recorder.record(count("a"));
      expect(work.seen).toEqual(upTo(3));
    });

    it("lets nobody wait longer than he wants to, nor beyond its stop", async () => {
      const follower = started(new Noted());
      expect(await follower.waitFor(1, 20)).toBe(false);
      const waiting = follower.waitFor(1, 60_000);
      await follower.stop();
      expect(await waiting).toBe(false);
    });

    it("waits for the lock, and hears meanwhile how far its holder has come", async () => {
      let give!: () => void;
      const given = new Promise<void>((resolve) => {
        give = resolve;
      });
      const store = new Proxy(database.ledger, {
        get: (ledger, name: keyof LedgerStore) =>
          name === "lock"
            ? () => given.then(() => ({ lost: new AbortController().signal, release: async () => {} }))
            : ledger[name].bind(ledger),
      });
      const work = new Noted();
      const follower = new Follower(work, store, tail, quiet);
      running.push(follower);
      follower.start();
      await recorder.record(count("a", { times: 2 }));
      expect(await follower.waitFor(2, 50)).toBe(false);
      expect(work.seen).toEqual([]);
      database.ledger.announce("other", 2);
      expect(follower.seq).toBe(0);
      database.ledger.announce("noted", 1);
      expect(follower.seq).toBe(1);
      give();
      expect(await follower.waitFor(2, 5_000)).toBe(true);
      expect(work.seen).toEqual([1, 2]);
    });

    it("cannot begin again where that would repeat effects", async () => {
      await expect(started(new Noted()).restart()).rejects.toThrow(/noted cannot begin again/);
    });

    it("halts at an entry that only a newer server knows", async () => {
      await recorder.record(count("a"));
      const follower = started(new Noted(), { from: new LedgerTail(database.ledger, new FactCatalogue([])) });
      expect(await follower.waitFor(1, 10_000)).toBe(false);
      expect(follower.halted).toBe("entry 1 has the unknown type test.counted");
    });
  });

  describe("the ledger's tail", () => {
    it("gives what was kept and fills what was not from the ledger, the same entries", async () => {
      await recorder.record(count("a", { times: 4 }));
      const fromSql = new LedgerTail(database.ledger, TEST_FACTS);
      expect(await fromSql.read(1, 2)).toEqual(await tail.read(1, 2));
      const all = await tail.read(0, 10);
      expect(all.map(({ seq }) => seq)).toEqual(upTo(4));
      expect(await fromSql.leafHashes(2, 5)).toEqual(all.slice(2).map(({ leafHash }) => leafHash));
      const partly = new LedgerTail(database.ledger, TEST_FACTS);
      partly.keep(all.slice(2));
      expect((await partly.read(0, 10)).map(({ seq }) => seq)).toEqual(upTo(4));
      expect((await partly.read(2, 1)).map(({ seq }) => seq)).toEqual([3]);
      expect(await partly.read(4, 10)).toEqual([]);
    });

    it("gives in one piece what this process and others wrote in turn, and looks for nothing newer than it must", async () => {
      await recorder.record(count("a", { times: 7 }));
      const all = await tail.read(0, 10);
      const partly = new LedgerTail(database.ledger, TEST_FACTS);
      partly.keep([all[1]!, all[2]!, all[4]!]);
      const looked = vi.spyOn(database.ledger, "entries");
      expect((await partly.read(0, 10, 7)).map(({ seq }) => seq)).toEqual(upTo(7));
      expect(looked.mock.calls).toEqual([[0, 7]]);
      // What was read is kept.
      expect((await partly.read(1, 10, 3)).map(({ seq }) => seq)).toEqual([2, 3]);
      expect(await partly.read(7, 10, 7)).toEqual([]);
      expect(await partly.leafHashes(0, 7)).toEqual(all.map(({ leafHash }) => leafHash));
      expect(looked).toHaveBeenCalledTimes(1);
    });

    it("looks between the first and the last that is not kept only", async () => {
      await recorder.record(count("a", { times: 7 }));
      const all = await tail.read(0, 10);
      const partly = new LedgerTail(database.ledger, TEST_FACTS);
      partly.keep([all[0]!, all[3]!, all[6]!]);
      const looked = vi.spyOn(database.ledger, "entries");
      expect(await partly.read(0, 7)).toEqual(all);
      expect(looked.mock.calls).toEqual([[1, 5]]);
    });

    it("reads on from the ledger once it has forgotten", async () => {
      const note = "x".repeat(60_000);
      for (let n = 0; n < 12; n++) await recorder.record(count("a", { times: 50, note }));
      const looked = vi.spyOn(database.ledger, "entries");
      let at = 0;
      for (let page = await tail.read(0, 100); page.length > 0; page = await tail.read(at, 100)) {
        expect(page.map(({ seq }) => seq)).toEqual(page.map((_, n) => at + n + 1));
        at = page.at(-1)!.seq;
      }
      expect(at).toBe(600);
      // 4 MiB of the newest are kept: 69 of them.
      const read = looked.mock.calls.filter(([after]) => after < at).map(([after, limit]) => after + limit);
      expect(Math.max(...read)).toBe(531);
    });
  });

  describe("the graph's follower", () => {
    let graph: LineageGraph;
    beforeEach(() => {
      graph = openMemoryGraph();
    });
    afterEach(() => graph.close());

    it("keeps its position in the graph, with ledger and leaf", async () => {
      await recorder.record(count("a", { times: 2 }));
      expect(await started(new GraphWork(graph, database.ledger)).waitFor(2, 5_000)).toBe(true);
      const { ledgerId, leafHash } = await database.ledger.head();
      expect(await graph.position()).toEqual({ ledgerId, seq: 2, leafHash });
    });

    it.each([
      ["of another ledger", (id: string) => ({ ledgerId: `${id}x`, seq: 1, leafHash: "" }), /it follows the ledger/],
      ["whose entry has another hash", (id: string) => ({ ledgerId: id, seq: 1, leafHash: "ff" }), /another hash/],
      ["that is ahead of its ledger", (id: string) => ({ ledgerId: id, seq: 9, leafHash: "ff" }), /has no entry 9/],
    ])("halts with GRAPH_FORK at a graph %s, until it is rebuilt", async (_, at, why) => {
      await recorder.record(count("a", { times: 3 }));
      const { ledgerId } = await database.ledger.head();
      await graph.apply([], { ledgerId, seq: 0, leafHash: "" }, at(ledgerId));
      const follower = started(new GraphWork(graph, database.ledger));
      expect(await follower.waitFor(3, 5_000)).toBe(false);
      expect(follower.halted).toMatch(/^GRAPH_FORK: /);
      expect(follower.halted).toMatch(why);
      await follower.restart();
      expect(await follower.waitFor(3, 5_000)).toBe(true);
      expect(follower.halted).toBeNull();
      expect(await graph.position()).toMatchObject({ ledgerId, seq: 3 });
    });

    it("halts at an arrow to nowhere", async () => {
      const dangling = defineFact({
        type: "test.dangling",
        v: 1,
        payload: z.strictObject({}),
        project: () => [{ op: "arrow", type: "USED", from: counterId("a"), to: counterId("none"), properties: {} }],
      });
      await recorder.record({ ...count("a"), decide: () => ({ facts: [dangling.of({})], answer: { value: 0 } }) });
      const follower = started(new GraphWork(graph, database.ledger));
      expect(await follower.waitFor(1, 5_000)).toBe(false);
      expect(follower.halted).toMatch(/does not exist/);
      expect(await graph.position()).toBeNull();
    });

    it("goes on from where another process has brought the graph", async () => {
      await recorder.record(count("a", { times: 2 }));
      const work = new GraphWork(graph, database.ledger);
      const follower = started(work);
      await follower.waitFor(2, 5_000);
      await recorder.record(count("a", { times: 1 }));
      await follower.waitFor(3, 5_000);
      const here = (await graph.position())!;
      const [next] = await Promise.all([tail.read(3, 1), recorder.record(count("b"))]).then(() => tail.read(3, 1));
      // Whichever of the two takes entry 4 in, the other finds it done.
      await graph
        .apply([{ seq: 4, at: next!.recordedAt, changes: next!.changes }], here, {
          ...here,
          seq: 4,
          leafHash: next!.leafHash,
        })
        .catch(() => {});
      await recorder.record(count("b"));
      expect(await follower.waitFor(5, 5_000)).toBe(true);
      expect(follower.halted).toBeNull();
    });

    it("begins again after a crash between the wish and its end", async () => {
      await recorder.record(count("a", { times: 3 }));
      const first = started(new GraphWork(graph, database.ledger));
      await first.waitFor(3, 5_000);
      await first.stop();
      await first.restart();
      await database.ledger.advance("announcer", 2);
      const resets: number[] = [];
      const work = new GraphWork(graph, database.ledger);
      const reset = work.reset.bind(work);
      work.reset = async () => {
        resets.push((await graph.position())!.seq);
        await reset();
      };
      const second = started(work);
      expect(await second.waitFor(3, 5_000)).toBe(true);
      expect(resets).toEqual([3]);
      expect(await database.ledger.position("announcer")).toBe(2);
    });
  });
});
