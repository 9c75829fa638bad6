import { leafHash } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Recorder } from "../ledger/recorder.ts";
import { describeDocuments } from "./documents.contract.ts";
import {
  allEntries,
  type ContractDatabase,
  count,
  Counter,
  counterId,
  faulty,
  type OpenDatabase,
  recorderAt,
  refusal,
  valueIn,
} from "./ledger-store.fixture.ts";
import { describeLedgerReads } from "./ledger-store.reads.contract.ts";
import { describeTags } from "./ledger-store.tags.contract.ts";
import { describeNodeHistory } from "./node-history.contract.ts";
import { describeNodeValues } from "./node-values.contract.ts";
import { describeNodeFilters } from "./node-filters.contract.ts";
import { describeObservedPositions } from "./observed-positions.contract.ts";
import { describeOperations } from "./operations.contract.ts";
import { describePersonalData } from "./personal-data.contract.ts";
import { describeRunLogs } from "./run-logs.contract.ts";
import { describeWebhooks } from "./webhooks.contract.ts";

/** What every database under the ledger has to do, with the reads and the operations on its other tables. */
export function describeLedgerStore(name: string, open: OpenDatabase): void {
  describe(`${name} as a ledger store`, () => {
    describeRecording(open);
    describeIdempotency(open);
    describeLedgerReads(open);
    describeNodeHistory(open);
    describeNodeFilters(open);
    describeTags(open);
    describeObservedPositions(open);
    describeOperations(open);
    describeRunLogs(open);
    describeWebhooks(open);
    describePersonalData(open);
    describeDocuments(open);
    describeNodeValues(open);
  });
}

function describeRecording(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  it("has the tables that its entities describe", async () => {
    expect(await database.pendingSchemaChanges()).toBe("");
  });

  it("begins before the first entry, with an id of its own", async () => {
    const head = await database.ledger.head();
    expect(head).toMatchObject({ seq: 0, recordedAt: 0, leafHash: "" });
    expect(head.ledgerId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await allEntries(database.ledger)).toEqual([]);
  });

  it("numbers entries from 1 without a gap, several of one command too, and keeps their bytes", async () => {
    await Promise.all([count("a"), count("b", { times: 3 }), refusal("c"), count("a")].map((c) => recorder.record(c)));
    await recorder.record(count("d"));
    const entries = await allEntries(database.ledger);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const entry of entries) {
      expect(leafHash(entry.bytes).toString("hex")).toBe(entry.leafHash);
      const parsed = JSON.parse(Buffer.from(entry.bytes).toString("utf8")) as object;
      expect(parsed).toMatchObject({ type: entry.type, v: 1, at: entry.recordedAt, by: "Agent:test" });
    }
    const { ledgerId: _, ...head } = await database.ledger.head();
    const { seq, recordedAt, leafHash: leaf } = entries.at(-1)!;
    expect(head).toEqual({ seq, recordedAt, leafHash: leaf });
  });

  it("never goes back in time, though the clock does", async () => {
    const clock = { now: 2_000 };
    const timed = recorderAt(database.ledger, clock);
    for (const now of [2_000, 1_000, 3_000, 2_999]) {
      clock.now = now;
      await timed.record(count("a"));
    }
    expect((await allEntries(database.ledger)).map(({ recordedAt }) => recordedAt)).toEqual([2000, 2000, 3000, 3000]);
  });

  it("shows each command of a batch what the ones before it left", async () => {
    const answers = await Promise.all([
      recorder.record(refusal("a", { unless: "exists" })),
      recorder.record(count("a")),
      recorder.record(refusal("a", { unless: "exists" })),
      recorder.record(count("a")),
    ]);
    expect(answers.map((answer) => (answer.ok ? answer.answer.value : answer.errors[0]?.code))).toEqual([
      "UNKNOWN_NODE",
      1,
      2,
      3,
    ]);
    expect((await database.nodes.byIds([counterId("a")]))[0]).toMatchObject({
      type: Counter.name,
      createdSeq: 1,
      changedSeq: 3,
      attributes: { value: 3 },
    });
  });

  it("writes nothing for a refused command, its side rows neither", async () => {
    const file = { versionId: counterId("a"), path: "a.csv", digest: "sha256:aa", sizeBytes: 1 };
    const refused = await recorder.record(refusal("a", { side: { files: [file] } }));
    expect(refused).toMatchObject({ ok: false, errors: [{ code: "UNKNOWN_NODE", path: ["name"] }] });
    expect(await database.ledger.head()).toMatchObject({ seq: 0, leafHash: "" });
    expect(await database.nodes.byIds([counterId("a")])).toEqual([]);
    expect(await database.nodes.files(counterId("a"), "", 9)).toEqual([]);
  });

  it("keeps the neighbours of a command that is at fault", async () => {
    const results = await Promise.allSettled(
      [count("a"), faulty("b"), count("a"), count("c")].map((command) => recorder.record(command)),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect((await allEntries(database.ledger)).map(valueIn)).toEqual([1, 2, 1]);
  });

  it("keeps the neighbours of a command whose rows the database refuses", async () => {
    // Without a digest the row breaks a constraint: the whole statement, and so the transaction, fails.
    const broken = { versionId: counterId("x"), path: "x", digest: null as never, sizeBytes: 1 };
    const commands = [count("a"), count("x", { side: { files: [broken] } }), count("a")];
    const results = await Promise.allSettled(commands.map((command) => recorder.record(command)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await allEntries(database.ledger)).map(valueIn)).toEqual([1, 2]);
    expect(await database.nodes.byIds([counterId("x")])).toEqual([]);
    expect(await recorder.record(count("a"))).toMatchObject({ ok: true, seq: 3 });
  });

  it("tells who listens of the newest entry, until they no longer do", async () => {
    const heard: number[] = [];
    const stop = database.ledger.onAppend((seq) => heard.push(seq));
    await recorder.record(count("a", { times: 2 }));
    // A hint may come twice, or late from the test before, on a database that both use.
    await expect.poll(() => heard).toContain(2);
    stop();
    const before = [...heard];
    await recorder.record(count("a"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toEqual(before);
  });
}

function describeIdempotency(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  it("answers a repeated key as the first time, and changes nothing", async () => {
    const first = await recorder.record(count("a", { key: "k" }));
    await recorder.record(count("a"));
    expect(await recorder.record(count("a", { key: "k" }))).toEqual({ ...first, changed: [] });
    expect(first).toMatchObject({ ok: true, answer: { value: 1 }, seq: 1 });
    expect((await database.ledger.head()).seq).toBe(2);
  });

  it("answers the same key twice in one batch once", async () => {
    const [first, again] = await Promise.all([1, 2].map(() => recorder.record(count("a", { key: "k" }))));
    expect(again).toEqual({ ...first, changed: [] });
    expect((await database.ledger.head()).seq).toBe(1);
  });

  it("refuses a key that was used for another input, in the same batch too", async () => {
    const reused = { ok: false, errors: [{ code: "IDEMPOTENCY_KEY_REUSED", path: ["idempotencyKey"] }] };
    const [, other] = await Promise.all([
      recorder.record(count("a", { key: "k" })),
      recorder.record(count("a", { key: "k", note: "another" })),
    ]);
    expect(other).toMatchObject(reused);
    expect(await recorder.record(count("b", { key: "k" }))).toMatchObject(reused);
    expect((await database.ledger.head()).seq).toBe(1);
  });

  it("keeps the keys of principals and mutations apart", async () => {
    const key = "k";
    await recorder.record(count("a", { key, by: "Agent:1" }));
    await recorder.record(count("a", { key, by: "Agent:2" }));
    await recorder.record({ ...count("a", { key, by: "Agent:1" }), mutation: "countElsewhere" });
    expect((await database.ledger.head()).seq).toBe(3);
  });

  it("takes a key of 500 characters", async () => {
    for (const key of ["k".repeat(500), "🧶".repeat(250)]) {
      const first = await recorder.record(count("a", { key }));
      expect(first).toMatchObject({ ok: true });
      expect(await recorder.record(count("a", { key }))).toEqual({ ...first, changed: [] });
    }
    expect((await database.ledger.head()).seq).toBe(2);
  });

  it("does not remember a refusal", async () => {
    const command = refusal("a", { key: "k", unless: "exists" });
    expect(await recorder.record(command)).toMatchObject({ ok: false });
    await recorder.record(count("a"));
    expect(await recorder.record(command)).toMatchObject({ ok: true, answer: { value: 2 } });
  });

  it("remembers a command that changed nothing", async () => {
    const nothing = { ...count("a", { key: "k" }), decide: () => ({ facts: [], answer: { value: 7 } }) };
    const first = await recorder.record(nothing);
    await recorder.record(count("a"));
    expect(first).toMatchObject({ ok: true, answer: { value: 7 }, seq: 0 });
    expect(await recorder.record(nothing)).toEqual({ ...first, changed: [] });
  });

  it("keeps the warnings with the answer", async () => {
    const warnings = [{ code: "LINEAGE_CYCLE", path: [], message: "careful" }];
    const warned = {
      ...count("a", { key: "k" }),
      decide: () => ({ facts: [], answer: { value: 1 }, warnings }),
    };
    expect(await recorder.record(warned)).toMatchObject({ ok: true, warnings });
    expect(await recorder.record(warned)).toMatchObject({ ok: true, warnings });
  });
}
