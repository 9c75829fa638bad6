import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Recorder } from "../../ledger/recorder.ts";
import { describeLedgerStore } from "../../ports/ledger-store.contract.ts";
import { allEntries, count, counterId } from "../../ports/ledger-store.fixture.ts";
import { erasure, meet } from "../../ports/personal-data.contract.ts";
import { openSqlite } from "./open-sqlite.ts";

describeLedgerStore("SQLite", async () => {
  const database = await openSqlite(":memory:");
  const dispose = async () => {
    await database.ledger.close();
    await database.close();
  };
  return { ...database, dispose };
});

describe("SQLite in a file", () => {
  it("keeps ledger id and entries when it is opened again", async () => {
    const dir = mkdtempSync(join(tmpdir(), "clew-sqlite-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, "clew.db");
    const first = await openSqlite(file);
    await new Recorder(first.ledger).record(count("a", { times: 2 }));
    const head = await first.ledger.head();
    const entries = await allEntries(first.ledger);
    await first.close();
    const second = await openSqlite(file);
    expect(await second.ledger.head()).toEqual(head);
    expect(await allEntries(second.ledger)).toEqual(entries);
    expect(await second.pendingSchemaChanges()).toBe("");
    await second.close();
  });

  it("holds no byte of what was erased, on whichever page it was, once no export reads it", async () => {
    const dir = mkdtempSync(join(tmpdir(), "clew-sqlite-"));
    const database = await openSqlite(join(dir, "clew.db"));
    onTestFinished(async () => {
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    });
    const recorder = new Recorder(database.ledger);
    // Of different lengths, so that rows move between pages.
    const people = Array.from({ length: 600 }, (_, n) => `person ${n} ${"x".repeat((n * 37) % 400)}.`);
    const token = (name: string, n: number) => ({
      id: `Token:${n}`,
      hash: String(n),
      name: `token of ${name}`,
      agentId: counterId(name),
      grants: "{}",
      expiresAt: null,
      revokedAt: null,
    });
    for (const [n, name] of people.entries()) await recorder.record(meet(name, { tokens: [token(name, n)] }));
    const erased = people.filter((_, n) => n % 3 === 0);
    const held = () => {
      const bytes = Buffer.concat(readdirSync(dir).map((file) => readFileSync(join(dir, file))));
      return erased.filter((name) => bytes.includes(name));
    };
    expect(held()).toEqual(erased);
    const snapshot = await database.copies.snapshot();
    await Promise.all(erased.map((name) => recorder.record(erasure(name))));
    expect(await database.personalData.scrub()).toBe(false);
    await snapshot.close();
    expect(await database.personalData.scrub()).toBe(true);
    expect(held()).toEqual([]);
    expect(await database.personalData.of(counterId(people[1]!))).toMatchObject([{ value: people[1] }]);
  });
});
