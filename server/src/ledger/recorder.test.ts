import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { allEntries, count, faulty, refusal } from "../ports/ledger-store.fixture.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { LedgerBusy, LedgerReadOnly, Recorder } from "./recorder.ts";

describe("the recorder", () => {
  let database: SqlDatabase;
  /** How many commands' keys each transaction asked for. */
  let batches: number[];
  let store: LedgerStore;
  /** What happens while another process holds the ledger's lock. */
  let lockWait: () => Promise<unknown>;
  beforeEach(async () => {
    lockWait = () => Promise.resolve();
    database = await openSqlite(":memory:");
    batches = [];
    store = new Proxy(database.ledger, {
      get: (ledger, name: keyof LedgerStore) => {
        if (name !== "transact") return ledger[name].bind(ledger);
        return async (...[reads, decide]: Parameters<LedgerStore["transact"]>) => {
          await lockWait();
          const counted = () => {
            const asked = reads();
            batches.push(asked.idempotencyKeys.length);
            return asked;
          };
          return ledger.transact(counted, decide);
        };
      },
    });
  });
  afterEach(() => database.close());

  it("shares a transaction among what waits, 256 at most", async () => {
    const recorder = new Recorder(store);
    await Promise.all(Array.from({ length: 600 }, () => recorder.record(count("a"))));
    await recorder.record(count("a"));
    expect(batches).toEqual([256, 256, 88, 1]);
  });

  it("takes what arrives while a batch commits into the next", async () => {
    const recorder = new Recorder(store);
    const first = recorder.record(count("a"));
    const rest = first.then(() => Promise.all([1, 2, 3].map(() => recorder.record(count("a")))));
    await rest;
    expect(batches).toEqual([1, 3]);
  });

  it("takes what arrives while it waits for the ledger's lock into the batch, 256 at most", async () => {
    const recorder = new Recorder(store);
    const others: Promise<unknown>[] = [];
    lockWait = async () => {
      lockWait = () => Promise.resolve();
      others.push(...Array.from({ length: 300 }, () => recorder.record(count("a"))));
    };
    await recorder.record(count("a"));
    await Promise.all(others);
    expect(batches).toEqual([256, 45]);
  });

  it("takes nothing in beside a command that it tries alone", async () => {
    const recorder = new Recorder(store);
    const others: Promise<unknown>[] = [];
    lockWait = async () => {
      if (others.length < 3) others.push(recorder.record(count("a")));
    };
    const results = await Promise.allSettled([faulty("a"), faulty("a")].map((c) => recorder.record(c)));
    await Promise.all(others);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(batches).toEqual([3, 1, 1, 1, 2]);
  });

  it("waits for what comes turn after turn, and no longer", async () => {
    const recorder = new Recorder(store);
    const others: Promise<unknown>[] = [];
    const recordInTurns = (turns: number) => {
      if (turns === 0) return;
      others.push(recorder.record(count("a")));
      setImmediate(recordInTurns, turns - 1);
    };
    setImmediate(recordInTurns, 3);
    await recorder.record(count("a"));
    await Promise.all(others);
    expect(batches).toEqual([4]);
  });

  it("gives each command a transaction of its own after one has failed", async () => {
    const recorder = new Recorder(store);
    const results = await Promise.allSettled([count("a"), faulty("a"), count("a")].map((c) => recorder.record(c)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(batches).toEqual([3, 1, 1, 1]);
  });

  it("answers a key that comes twice in a batch without trying the batch again", async () => {
    const recorder = new Recorder(store);
    const [first, again] = await Promise.all([1, 2].map(() => recorder.record(count("a", { key: "k" }))));
    expect(again).toEqual({ ...first, changed: [] });
    expect(batches).toEqual([2]);
  });

  it("hands on what was committed, projected and in order, and nothing else", async () => {
    const committed: [seq: number, changes: number][] = [];
    const recorder = new Recorder(store, (entries) => {
      committed.push(...entries.map(({ seq, changes }): [number, number] => [seq, changes.length]));
    });
    await Promise.allSettled(
      [count("a", { times: 2 }), refusal("b"), faulty("c"), count("a")].map((command) => recorder.record(command)),
    );
    expect(committed).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect((await allEntries(database.ledger)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("asks callers to come back when too many wait, and records those that do", async () => {
    const recorder = new Recorder(store);
    const nothing = { facts: [], answer: { value: 0 } };
    const waiting = Array.from({ length: 10_000 }, () => recorder.record({ ...count("a"), decide: () => nothing }));
    await expect(recorder.record(count("a"))).rejects.toThrow(LedgerBusy);
    expect((await Promise.all(waiting)).every(({ ok }) => ok)).toBe(true);
    expect(await recorder.record(count("a"))).toMatchObject({ ok: true });
  });

  it("refuses every write once it is read-only, and says why", async () => {
    const recorder = new Recorder(store);
    recorder.setReadOnly("LEDGER_FORK: for the test");
    await expect(recorder.record(count("a"))).rejects.toThrow(LedgerReadOnly);
    await expect(recorder.record(count("a"))).rejects.toThrow("LEDGER_FORK: for the test");
    expect(batches).toEqual([]);
  });
});
