import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, leafHash, sha256 } from "@clew/schema";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { DOCUMENT_FACTS, table } from "../ports/documents.contract.ts";
import { allEntries, count } from "../ports/ledger-store.fixture.ts";
import { meet } from "../ports/personal-data.contract.ts";
import { Recorder } from "./recorder.ts";
import { verifyLedger } from "./verify-ledger.ts";
import { personalFault } from "./verify-personal.ts";

const SIZE = 1_500;

describe("verifying the ledger", () => {
  let database: SqlDatabase;
  let file: string;
  beforeEach(async () => {
    const dir = mkdtempSync(join(tmpdir(), "clew-verify-"));
    file = join(dir, "clew.db");
    database = await openSqlite(file);
    onTestFinished(async () => {
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    });
    const recorder = new Recorder(database.ledger);
    for (let n = 0; n < SIZE; n += 500) await recorder.record(count(`c${n}`, { times: 500 }));
  });

  /** Changes the database behind the server's back. */
  function tamper(text: string, ...values: unknown[]): void {
    const other = new Database(file);
    other.prepare(text).run(...values);
    other.close();
  }
  const verify = (signed: { size: number; root: Uint8Array } | null = null) =>
    verifyLedger({ store: database.ledger, signed });

  it("finds nothing where nothing was changed", async () => {
    const found = await verify();
    expect(found).toMatchObject({ ok: true, entries: SIZE, firstFault: null });
    expect(found.root).toMatch(/^[0-9a-f]{64}$/);
    const root = Buffer.from(found.root, "hex");
    expect(await verify({ size: SIZE, root })).toEqual(found);
  });

  it("passes an empty ledger", async () => {
    const empty = await openSqlite(":memory:");
    expect(await verifyLedger({ store: empty.ledger, signed: null })).toMatchObject({ ok: true, entries: 0 });
    await empty.close();
  });

  it("names the first entry with a changed byte", async () => {
    const { bytes } = (await allEntries(database.ledger))[1_234]!;
    const changed = Buffer.from(bytes);
    changed[40]! ^= 1;
    tamper("update ledger set bytes = ? where seq = 1235", changed);
    tamper("update ledger set leaf_hash = 'x' where seq = 1400");
    expect(await verify()).toMatchObject({
      ok: false,
      entries: 1_234,
      firstFault: { seq: 1_235, reason: expect.stringMatching(/leaf hash/) },
    });
  });

  it("finds a change that was hashed anew, by the root that was signed", async () => {
    const signed = { size: 1_300, root: Buffer.from((await verify()).root, "hex") };
    const [first] = await allEntries(database.ledger);
    const forged = Buffer.from(Buffer.from(first!.bytes).toString("utf8").replace('"value":1', '"value":9'));
    tamper("update ledger set bytes = ?, leaf_hash = ? where seq = 1", forged, leafHash(forged).toString("hex"));
    expect((await verify()).ok).toBe(true);
    expect(await verify(signed)).toMatchObject({
      ok: false,
      firstFault: { seq: 1_300, reason: expect.stringMatching(/not the one that was signed/) },
    });
  });

  it.each([
    ["a missing entry", "delete from ledger where seq = 1100", 1_101, /entry 1100 is missing/],
    ["a missing end", "delete from ledger where seq > 1499", 1_500, /missing/],
    [
      "another time",
      "update ledger set recorded_at = recorded_at + 1 where seq = 7",
      7,
      /says that it was recorded at/,
    ],
    ["another type", "update ledger set type = 'test.other' where seq = 8", 8, /says that it is a test.counted/],
    ["another head", "update ledger_head set leaf_hash = 'ff'", 1_500, /head/],
  ])("finds %s", async (_, text, seq, reason) => {
    tamper(text);
    const { ok, firstFault } = await verify();
    expect({ ok, seq: firstFault?.seq }).toEqual({ ok: false, seq });
    expect(firstFault?.reason).toMatch(reason);
  });

  it("finds an entry that was recorded before the one before it", async () => {
    const [first] = await allEntries(database.ledger);
    const late = first!.recordedAt + 1_000_000;
    const bytes = Buffer.from(
      Buffer.from(first!.bytes)
        .toString("utf8")
        .replace(/"at":\d+/, `"at":${late}`),
    );
    const leaf = leafHash(bytes).toString("hex");
    tamper("update ledger set bytes = ?, leaf_hash = ?, recorded_at = ? where seq = 1", bytes, leaf, late);
    expect((await verify()).firstFault).toMatchObject({
      seq: 2,
      reason: expect.stringMatching(/before the entry before it/),
    });
  });

  it("finds that less is there than was signed", async () => {
    const fault = { seq: null, reason: /9999 entries were signed, but the ledger ends at 1500/ };
    const { firstFault } = await verify({ size: 9_999, root: Buffer.alloc(32) });
    expect(firstFault?.seq).toBe(fault.seq);
    expect(firstFault?.reason).toMatch(fault.reason);
  });

  it("ends when it is aborted", async () => {
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(verifyLedger({ store: database.ledger, signed: null, signal: aborted })).rejects.toThrow("enough");
  });

  it.each([
    ["is not the one that was recorded", "value = 'Eve'", "the personal value /person/name does not have its digest"],
    ["is laid to another entry", "seq = 7", "it does not hold the digest of the personal value /person/name"],
  ])("finds a personal value that %s", async (_, change, reason) => {
    const { ledger: store, personalData: personal } = database;
    await new Recorder(store).record(meet("Ada"));
    expect(await verifyLedger({ store, personal, signed: null })).toMatchObject({ ok: true, firstFault: null });
    tamper(`update personal set ${change}`);
    const seq = change === "seq = 7" ? 7 : SIZE + 1;
    expect(await verifyLedger({ store, personal, signed: null })).toMatchObject({
      ok: false,
      firstFault: { seq, reason },
    });
  });

  it("reads the entries of personal values in ranges, and names the first of two that are wrong", async () => {
    const { ledger, personalData: personal } = database;
    const recorder = new Recorder(ledger);
    // Two values each, more than a page of them; one of the first entries that hold some is far from the others.
    const people = Array.from({ length: 600 }, (_, n) => meet(`p${n}`, { note: `of p${n}` }));
    await recorder.record(meet("Ada"));
    await recorder.record(count("between", { times: 400 }));
    await Promise.all(people.map((command) => recorder.record(command)));
    const reads: number[] = [];
    const entries = async (after: number, limit: number) => {
      reads.push(limit);
      return ledger.entries(after, limit);
    };
    const fault = () => personalFault(personal, { entries }, undefined);
    expect(await fault()).toBeNull();
    // Ada alone; 499 values of 250 entries; 500 of 251; 202 of 101.
    expect(reads).toEqual([1, 200, 50, 200, 51, 101]);
    tamper("update personal set value = 'Eve' where path = '/note' and value in ('of p599', 'of p300')");
    expect(await fault()).toMatchObject({
      seq: SIZE + 702,
      reason: expect.stringMatching(/value \/note does not have/),
    });
  });

  it.each([
    ["is missing", "delete from document where digest = ?", "to which it refers is missing"],
    [
      "was altered",
      "update document set text = replace(text, '7', '8') where digest = ?",
      "to which it refers was altered",
    ],
  ])("finds a document that %s, by the first entry that refers to it", async (_, change, reason) => {
    const { ledger: store, nodes: reader } = database;
    // More than are read at once.
    const long = "x".repeat(6_000_000);
    const made = ["a", "b", "c", "d"].map((name) => table(name, [name, "7", long]));
    const recorder = new Recorder(store);
    for (const command of [...made, table("again", ["c", "7", long]), table("small", ["7"])])
      await recorder.record(command);
    const verifyAll = () => verifyLedger({ store, documents: { reader, facts: DOCUMENT_FACTS }, signed: null });
    expect(await verifyAll()).toMatchObject({ ok: true, entries: SIZE + 6, firstFault: null });
    const digest = sha256(canonicalJson(["c", "7", long]));
    tamper(change, digest);
    const fault = { seq: SIZE + 3, reason: `the document ${digest} ${reason}` };
    expect(await verifyAll()).toMatchObject({ ok: false, firstFault: fault });
    tamper("update ledger set leaf_hash = 'x' where seq = ?", SIZE + 4);
    expect(await verifyAll()).toMatchObject({ ok: false, firstFault: fault });
    tamper("update ledger set leaf_hash = 'x' where seq = ?", SIZE + 2);
    expect(await verifyAll()).toMatchObject({ ok: false, firstFault: { seq: SIZE + 2 } });
  });
});
