import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompactRange,
  generateNoteKey,
  leafHash,
  parseSignerKey,
  parseVerifierKey,
  verifyCheckpoint,
  verifyInclusion,
} from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CheckpointFiles } from "../adapters/filesystem/index.ts";
import { openSqlite, type SqlDatabase } from "../adapters/mikro-orm/index.ts";
import { allEntries, count, TEST_FACTS } from "../ports/ledger-store.fixture.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { Checkpointer, originOf } from "./checkpointer.ts";
import { LedgerTail } from "./ledger-tail.ts";
import { Recorder } from "./recorder.ts";

const key = generateNoteKey("clew");
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

describe("the checkpointer", () => {
  let dir: string;
  let database: SqlDatabase;
  const forks: string[] = [];
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "clew-checkpoint-"));
    database = await openSqlite(join(dir, "clew.db"));
    forks.length = 0;
  });
  afterEach(async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The store of whichever database is open. */
  const current = new Proxy({} as LedgerStore, {
    get: (_, name: keyof LedgerStore) => database.ledger[name].bind(database.ledger),
  });
  const ledgerDir = () => join(dir, "ledger");
  async function opened({ signerKey } = key): Promise<Checkpointer> {
    const checkpointer = new Checkpointer({
      store: current,
      tail: new LedgerTail(current, TEST_FACTS),
      files: new CheckpointFiles(ledgerDir()),
      signer: parseSignerKey(signerKey),
      log: quiet,
      onFork: (reason) => forks.push(reason),
    });
    await checkpointer.open();
    return checkpointer;
  }
  async function record(entries: number): Promise<void> {
    const recorder = new Recorder(database.ledger);
    for (let left = entries; left > 0; left -= 200) await recorder.record(count("a", { times: Math.min(200, left) }));
  }
  async function rootOf(size: number): Promise<Buffer> {
    const range = new CompactRange();
    for (const { bytes } of (await allEntries(database.ledger)).slice(0, size)) range.appendRecord(bytes);
    return range.root();
  }
  /** A database beside the real one, which the test then goes on with. */
  async function replacedBy(file: string): Promise<void> {
    await database.close();
    for (const end of ["-wal", "-shm"]) rmSync(join(dir, `clew.db${end}`), { force: true });
    cpSync(file, join(dir, "clew.db"));
    database = await openSqlite(join(dir, "clew.db"));
  }
  async function copied(): Promise<string> {
    const file = join(dir, `copy-${crypto.randomUUID()}.db`);
    await database.close();
    cpSync(join(dir, "clew.db"), file);
    database = await openSqlite(join(dir, "clew.db"));
    return file;
  }

  it("signs nothing before the first entry", async () => {
    const checkpointer = await opened();
    await checkpointer.checkpoint();
    expect(checkpointer.latest).toBeNull();
    expect(await checkpointer.prove(1)).toBeNull();
  });

  it.each([1, 255, 256, 257, 700])(
    "signs the root over %i entries, and goes on from there when opened again",
    async (size) => {
      await record(size);
      const first = await opened();
      await first.checkpoint();
      const note = readFileSync(join(ledgerDir(), "checkpoint"), "utf8");
      const { ledgerId } = await database.ledger.head();
      const signed = verifyCheckpoint(note, originOf(ledgerId), [parseVerifierKey(key.verifierKey)]);
      expect(signed).toMatchObject({ size, root: await rootOf(size) });

      await record(3);
      const second = await opened();
      expect(second.latest).toEqual({ note, size, root: signed.root });
      await second.checkpoint();
      expect(second.latest).toMatchObject({ size: size + 3, root: await rootOf(size + 3) });
      expect(forks).toEqual([]);
    },
  );

  it("writes full tiles as C2SP lays them out", async () => {
    await record(600);
    await (await opened()).checkpoint();
    const leaves = (await allEntries(database.ledger)).map(({ bytes }) => leafHash(bytes));
    expect(readFileSync(join(ledgerDir(), "tile/0/001"))).toEqual(Buffer.concat(leaves.slice(256, 512)));
    expect(() => readFileSync(join(ledgerDir(), "tile/0/002"))).toThrow(/ENOENT/);
  });

  it("proves every entry against the signed head", async () => {
    await record(517);
    const checkpointer = await opened();
    await record(1);
    for (const seq of [1, 256, 257, 512, 517, 518]) {
      const proof = (await checkpointer.prove(seq))!;
      const { head, leafHash: leaf, path } = proof;
      expect(verifyInclusion({ index: seq - 1, size: head.size, leaf, root: head.root, proof: path })).toBe(true);
      const [entry] = await database.ledger.entries(seq - 1, 1);
      expect(Buffer.from(leaf).toString("hex")).toBe(entry!.leafHash);
    }
    expect(await checkpointer.prove(519)).toBeNull();
    expect(await checkpointer.prove(0)).toBeNull();
  });

  it("keeps a checkpoint of each thousand entries", async () => {
    const checkpointer = await opened();
    for (const more of [999, 2, 999]) {
      await record(more);
      await checkpointer.checkpoint();
    }
    const kept = readFileSync(join(ledgerDir(), "checkpoints/1001"), "utf8");
    expect(kept.split("\n")[1]).toBe("1001");
    expect(readFileSync(join(ledgerDir(), "checkpoints/2000"), "utf8").split("\n")[1]).toBe("2000");
    expect(() => readFileSync(join(ledgerDir(), "checkpoints/999"))).toThrow(/ENOENT/);
  });

  it("stops soon although there is much to sign, and goes on from there", async () => {
    await record(3_500);
    const stopping = await opened();
    stopping.start();
    await stopping.stop();
    const { size } = stopping.latest!;
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(3_500);
    const next = await opened();
    await next.checkpoint();
    expect(next.latest).toMatchObject({ size: 3_500, root: await rootOf(3_500) });
    expect(forks).toEqual([]);
  });

  it("signs by itself soon after the ledger has grown, and once more when it stops", async () => {
    const checkpointer = await opened();
    checkpointer.start();
    await record(1);
    await expect.poll(() => checkpointer.latest?.size, { timeout: 5_000 }).toBe(1);
    await record(1_000);
    await expect.poll(() => checkpointer.latest?.size, { timeout: 5_000 }).toBe(1_001);
    await record(1);
    await checkpointer.stop();
    expect(checkpointer.latest?.size).toBe(1_002);
  });

  describe("finds a fork", () => {
    it("when the database is older than the checkpoint", async () => {
      await record(3);
      const older = await copied();
      await record(3);
      await (await opened()).checkpoint();
      await replacedBy(older);
      const checkpointer = await opened();
      expect(checkpointer.fork).toMatch(/^LEDGER_FORK: the database ends at entry 3, but .* over 6 entries/);
      expect(forks).toEqual([checkpointer.fork]);
      await checkpointer.checkpoint();
      expect(readFileSync(join(ledgerDir(), "checkpoint"), "utf8").split("\n")[1]).toBe("6");
    });

    it.each([300, 512, 600])("when an older database has grown past the checkpoint of %i entries", async (size) => {
      await record(280);
      const older = await copied();
      await record(size - 280);
      await (await opened()).checkpoint();
      await replacedBy(older);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await record(600);
      const checkpointer = await opened();
      expect(checkpointer.fork).toMatch(/LEDGER_FORK: the first \d+ entries in the database are not the ones/);
    });

    it("when the database is another ledger", async () => {
      await record(3);
      await (await opened()).checkpoint();
      await database.close();
      for (const end of ["", "-wal", "-shm"]) rmSync(join(dir, `clew.db${end}`), { force: true });
      database = await openSqlite(join(dir, "clew.db"));
      expect((await opened()).fork).toMatch(/LEDGER_FORK: the last checkpoint does not vouch for this ledger/);
    });

    it("when the checkpoint was signed by a stranger, or was changed", async () => {
      await record(3);
      await (await opened()).checkpoint();
      expect((await opened(generateNoteKey("clew"))).fork).toMatch(/no known key/);
      const file = join(ledgerDir(), "checkpoint");
      const note = readFileSync(file, "utf8");
      rmSync(file);
      writeFileSync(file, note.replace("\n3\n", "\n2\n"));
      expect((await opened()).fork).toMatch(/BAD|signature|rejected/i);
    });

    it("while it runs, when the database is exchanged for an older one", async () => {
      await record(3);
      const older = await copied();
      await record(3);
      const checkpointer = await opened();
      await checkpointer.checkpoint();
      await replacedBy(older);
      await checkpointer.checkpoint();
      expect(checkpointer.fork).toMatch(
        /LEDGER_FORK: the database was replaced: it ends at entry 3, and 6 had been seen/,
      );
      expect(await checkpointer.prove(1)).toBeNull();
    });
  });

  describe("makes good", () => {
    it.each([
      ["lost", (file: string) => rmSync(file)],
      [
        "damaged",
        (file: string) => {
          rmSync(file);
          writeFileSync(file, Buffer.alloc(8192, 7));
        },
      ],
      [
        "cut short",
        (file: string) => {
          rmSync(file);
          writeFileSync(file, Buffer.alloc(100));
        },
      ],
    ])("a tile that was %s, from the entries", async (_, harm) => {
      await record(600);
      await (await opened()).checkpoint();
      const file = join(ledgerDir(), "tile/0/000");
      const before = readFileSync(file);
      harm(file);
      const checkpointer = await opened();
      expect(checkpointer.fork).toBeNull();
      expect(readFileSync(file)).toEqual(before);
    });
  });
});
