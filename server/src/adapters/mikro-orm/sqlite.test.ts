import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Recorder } from "../../ledger/recorder.ts";
import { describeLedgerStore } from "../../ports/ledger-store.contract.ts";
import { allEntries, count } from "../../ports/ledger-store.fixture.ts";
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
});
