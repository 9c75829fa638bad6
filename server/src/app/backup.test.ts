import { createWriteStream, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { generateNoteKey, parseSignerKey, sha256 } from "@clew/schema";
import { CreateWebhookDocument } from "@clew/schema/graphql";
import Database from "better-sqlite3";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  answersOf,
  backUp,
  folderWithKeys,
  requestBackup,
  somethingOfEverything,
  type Subject,
  truncated,
} from "../../../test/support/backup.ts";
import { aDataset } from "../../../test/support/builders.ts";
import { readAnswer } from "../../../test/support/answer.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";
import { schemaOf } from "../../../test/support/wide-tables.ts";
import { openSqlite } from "../adapters/mikro-orm/index.ts";
import { Config } from "../config/config.ts";
import { FactCatalogue } from "../core/define-fact.ts";
import { rewritten } from "../ledger/backup/rewritten.fixture.ts";
import { type BackupSource, writeBackup } from "../ledger/backup/write-backup.ts";
import { restore, type RestoreOptions } from "./restore.ts";

const silent = pino({ level: "silent" });
/** More entries than one member holds. */
const ENTRIES_MIN = 260;

let server: TestServer;
let subject: Subject;
let dir: string;
let backup: string;
let before: Awaited<ReturnType<typeof answersOf>>;
beforeAll(async () => {
  server = await startTestServer({ webhookAllowPrivate: true });
  subject = await somethingOfEverything(server, ENTRIES_MIN);
  before = await answersOf(server, subject);
  dir = await mkdtemp(join(tmpdir(), "clew-backup-"));
  backup = join(dir, "backup.tar");
  await backUp(server, backup);
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

let dataDir: string;
let nth = 0;
beforeEach(async () => {
  dataDir = join(dir, `data-${++nth}`);
  await folderWithKeys(server, dataDir);
});

const config = () => Config.parse({ dataDir, port: 0 });
const restored = (options: Partial<RestoreOptions> = {}) =>
  restore(config(), { file: backup, verifierKey: null, newKey: false, ...options }, silent);
const changed = async (change: (name: string, bytes: Buffer) => Buffer | null) => {
  const file = join(dir, `changed-${nth}.tar`);
  await rewritten(backup, file, change);
  return restored({ file });
};
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
};

async function expectEmpty(): Promise<void> {
  const database = await openSqlite(join(dataDir, "clew.db"));
  expect((await database.ledger.head()).seq).toBe(0);
  expect(await database.ledger.entries(0, 10)).toEqual([]);
  expect(await database.operations.tokens()).toEqual([]);
  await database.close();
  const left = (await readdir(dataDir)).filter((name) => !/\.key$|\.token$|^clew\.db/.test(name));
  expect(left).toEqual([]);
}

describe("a backup", () => {
  test("restored on SQLite answers everything as before", async () => {
    const outcome = await restored();
    expect(outcome).toMatchObject({ ledgerId: before.ledger.ledgerId, entries: before.ledger.size });
    expect(outcome.artifacts).toBe(before.held.length);
    const again = await startTestServer({ dataDir });
    expect(await answersOf(again, subject)).toEqual(before);
    const { verifyLedger } = (await again.gql("{ verifyLedger { ok records { ok rows } } }")).data;
    expect(verifyLedger).toMatchObject({ ok: true, records: { ok: true } });
    expect(again.log.filter((line) => (JSON.parse(line) as { level: number }).level >= 40)).toEqual([]);
    await again.stop();
  });

  test("is made at one moment, whatever is written meanwhile", async () => {
    const { copies, ledger } = server.running.server.stores.database;
    const snapshot = await copies.snapshot();
    const { seq } = await snapshot.ledger.head();
    await server.tokenFor({ tests: ["VIEWER"] });
    expect((await ledger.head()).seq).toBeGreaterThan(seq);
    expect((await snapshot.ledger.head()).seq).toBe(seq);
    const seqs: number[] = [];
    for await (const rows of snapshot.rows("idempotency")) seqs.push(...rows.map((row) => row.seq));
    expect(Math.max(...seqs)).toBe(seq);
    await snapshot.close();
  });

  test("ends, and lets go of its snapshot, when its reader goes away", async () => {
    const source = await sourceOf(server);
    writeBackup(source).destroy();
    const state = () =>
      source.snapshot.ledger.head().then(
        () => "open",
        () => "closed",
      );
    await expect.poll(state).toBe("closed");
  });

  test("is for administrators of every namespace", async () => {
    for (const token of [subject.viewerToken, await server.tokenFor({ tests: ["ADMIN"] })]) {
      const { status, errors } = await readAnswer(await requestBackup(server, token));
      expect([status, errors[0]?.extensions.code]).toEqual([403, "FORBIDDEN"]);
    }
    expect((await requestBackup(server, "nonsense")).status).toBe(401);
  });

  test("holds no token and no key", () => {
    const bytes = readFileSync(backup);
    for (const name of ["admin.token", "attempt-token.key", "checkpoint.key"]) {
      const secret = readFileSync(join(server.dataDir, name), "utf8").trim();
      const text = name === "checkpoint.key" ? (JSON.parse(secret) as { signerKey: string }).signerKey : secret;
      expect(bytes.includes(text)).toBe(false);
    }
    expect(bytes.includes(subject.viewerToken)).toBe(false);
  });
});

describe("a backup that was changed is refused, and leaves nothing behind:", () => {
  test.each<[string, (name: string, bytes: Buffer) => Buffer | null, RegExp]>([
    [
      "a byte of an entry",
      (name, bytes) => (name === "entries/000000000257.txt" ? flipped(bytes, 300) : bytes),
      /entry 257 \(entries\/000000000257\.txt\): its bytes do not have the leaf hash/,
    ],
    [
      "an entry and its hash",
      (name, bytes) => (name === "entries/000000000001.txt" ? withAnotherEntry(bytes) : bytes),
      /the root over the first \d+ entries is not the one that was signed/,
    ],
    [
      "a byte of an artifact",
      (name, bytes) => (name.startsWith("artifacts/") && bytes.length > 0 ? flipped(bytes, 0) : bytes),
      /artifact sha256:[0-9a-f]{64}: the bytes have the digest/,
    ],
    [
      "a token's roles",
      (name, bytes) =>
        name.startsWith("tables/token/") ? Buffer.from(bytes.toString().replace("VIEWER", "ADMIN")) : bytes,
      /tables\/token\/000001\.jsonl is missing or not as sums\/000001\.sha256 says/,
    ],
    [
      "a table's row",
      (name, bytes) => (name.startsWith("tables/lease/") ? Buffer.from('{"runId":1}\n') : bytes),
      /line 1 of tables\/lease\/000001\.jsonl is no row of lease/,
    ],
    [
      "a document",
      (name, bytes) =>
        name === "tables/document/000001.jsonl" ? Buffer.from(bytes.toString().replace("feature_", "feature-")) : bytes,
      /tables\/document\/000001\.jsonl: the document sha256:[0-9a-f]{64} has another digest/,
    ],
    [
      "no entries",
      (name, bytes) => (name.startsWith("entries/") ? null : bytes),
      /it has 0 of its \d+ entries|missing/,
    ],
    ["no end", (name, bytes) => (name === "end" ? null : bytes), /its end is missing/],
    ["no manifest", (name, bytes) => (name === "clew-backup.json" ? null : bytes), /does not begin with clew-backup/],
    [
      "another manifest",
      (name, bytes) => (name === "clew-backup.json" ? manifestWith(bytes, { seq: 1 }) : bytes),
      /its manifest does not say what its checkpoint says/,
    ],
    [
      "a sum as well",
      (name, bytes) => (/^(tables\/token|sums)\//.test(name) ? consistently(name, bytes) : bytes),
      /its members are not those that were signed/,
    ],
  ])("%s", async (_, change, message) => {
    await expect(changed(change)).rejects.toMatchObject({
      code: "BACKUP_DAMAGED",
      message: expect.stringMatching(message) as string,
    });
    await expectEmpty();
  });

  test.each(["named by a version", "named by none"])("an artifact is missing, %s", async (how) => {
    const name = `artifacts/${subject.digests[how === "named by none" ? 1 : 0]!.slice(7)}`;
    await expect(changed((one, bytes) => (one === name ? null : bytes))).rejects.toMatchObject({
      code: "BACKUP_DAMAGED",
      message: expect.stringContaining(name) as string,
    });
    await expectEmpty();
  });

  test.each([1, 700, 100_000, -600, -2_000])("it ends after %d bytes", async (bytes) => {
    const file = join(dir, `cut-${nth}.tar`);
    await truncated(backup, file, bytes);
    await expect(restored({ file })).rejects.toMatchObject({ code: "BACKUP_DAMAGED" });
    await expectEmpty();
  });

  test("and the same folder takes a whole one afterwards", async () => {
    const file = join(dir, "cut.tar");
    await truncated(backup, file, -2_000);
    await expect(restored({ file })).rejects.toThrow();
    await expect(restored()).resolves.toMatchObject({ artifacts: expect.any(Number) as number });
  });
});

describe("a restore", () => {
  test.each(["what was restored", "a server's first start"])("is refused over %s", async (what) => {
    if (what === "what was restored") await restored();
    else await (await startTestServer({ dataDir })).running.stop();
    await expect(restored()).rejects.toMatchObject({ code: "LEDGER_NOT_EMPTY" });
  });

  test("is refused over a database that has entries, when the folder has no trace of it", async () => {
    await restored();
    for (const name of ["ledger", "artifacts"]) await rm(join(dataDir, name), { recursive: true });
    await expect(restored()).rejects.toMatchObject({ code: "LEDGER_NOT_EMPTY" });
  });

  test("is refused over artifacts", async () => {
    await mkdir(join(dataDir, "artifacts/sha256/e3/b0"), { recursive: true });
    const hex = sha256(new Uint8Array()).slice("sha256:".length);
    await backUp(server, join(dataDir, `artifacts/sha256/e3/b0/${hex}`));
    await expect(restored()).rejects.toMatchObject({ code: "LEDGER_NOT_EMPTY" });
  });

  test("asks for the key; without it takes the one noted, or trusts the backup's when told to, and signs with a new one", async () => {
    await rm(join(dataDir, "checkpoint.key"));
    await expect(restored()).rejects.toMatchObject({ code: "CHECKPOINT_KEY_UNKNOWN" });
    await expect(restored({ verifierKey: generateNoteKey("clew").verifierKey })).rejects.toMatchObject({
      code: "CHECKPOINT_KEY_UNKNOWN",
    });
    await expectEmpty();
    await restored({ newKey: true });
    const again = await startTestServer({ dataDir });
    const { data } = await again.gql("{ ledger { readOnly verifierKey } verifyLedger { ok } }");
    expect(data.verifyLedger.ok).toBe(true);
    expect(data.ledger.verifierKey).not.toBe((await server.gql("{ ledger { verifierKey } }")).data.ledger.verifierKey);
    await again.stop();
  });

  test("knows no later format", async () => {
    const change = (name: string, bytes: Buffer) =>
      name === "clew-backup.json" ? manifestWith(bytes, { format: "clew/backup/2" }) : bytes;
    await expect(changed(change)).rejects.toMatchObject({ code: "BACKUP_UNSUPPORTED" });
  });
});

test("what a store has lost is told before anything is sent", async () => {
  const own = await startTestServer({ webhookAllowPrivate: true });
  const { digests } = await somethingOfEverything(own);
  const hex = digests[0]!.slice("sha256:".length);
  await rm(join(own.dataDir, "artifacts/sha256", hex.slice(0, 2), hex.slice(2, 4), hex));
  const { status, errors } = await readAnswer(await requestBackup(own));
  expect([status, errors[0]?.extensions.code]).toEqual([409, "FILE_MISSING"]);
  expect(errors[0]?.message).toContain(digests[0]);
  // One that is lost after that was looked at is missed by the restore.
  const file = join(dir, "lost.tar");
  await pipeline(writeBackup(await sourceOf(own)), createWriteStream(file));
  await folderWithKeys(own, dataDir);
  await expect(restored({ file })).rejects.toMatchObject({
    code: "BACKUP_DAMAGED",
    message: expect.stringContaining(`the artifact ${digests[0]} is missing`) as string,
  });
  await expectEmpty();
  await own.stop();
});

test("a backup with a row that could not be restored fails while it is made", async () => {
  const own = await startTestServer();
  const input = { namespace: "*", url: "https://example.com/" };
  const { webhook } = (await own.gql(CreateWebhookDocument, { input })).data.createWebhook;
  const { webhooks } = own.running.server.stores.database;
  await webhooks.save(webhook!, { ...(await webhooks.find(webhook!))!, deliveredAt: 0.5 });
  await expect(backUp(own, join(dir, "unsound.tar"))).rejects.toThrow();
  expect(own.log.join("")).toContain("a row of webhook could not be restored: deliveredAt: ");
  await own.stop();
});

test.each([
  ["lost", "delete from document", /the document sha256:[0-9a-f]{64} is missing, to which entry \d+ refers/],
  ["altered", "update document set text = '[]'", /the document sha256:[0-9a-f]{64} has another digest/],
])("a backup fails rather than be made of documents that were %s", async (_, change, message) => {
  const own = await startTestServer();
  await aDataset(own, { schema: schemaOf(1_000) });
  const database = new Database(join(own.dataDir, "clew.db"));
  database.exec(change);
  database.close();
  const file = join(dir, "broken.tar");
  await expect(pipeline(writeBackup(await sourceOf(own)), createWriteStream(file))).rejects.toThrow(message);
  await own.stop();
});

test("a restore misses a document that the server did not", async () => {
  const own = await startTestServer();
  await aDataset(own, { schema: schemaOf(1_000) });
  const database = new Database(join(own.dataDir, "clew.db"));
  database.exec("delete from document");
  database.close();
  const file = join(dir, "lacking.tar");
  const source = { ...(await sourceOf(own)), facts: new FactCatalogue([]) };
  await pipeline(writeBackup(source), createWriteStream(file));
  await folderWithKeys(own, dataDir);
  await expect(restored({ file })).rejects.toMatchObject({
    code: "BACKUP_DAMAGED",
    message: expect.stringMatching(/the document sha256:[0-9a-f]{64} is missing, to which entry \d+ refers/) as string,
  });
  await expectEmpty();
  await own.stop();
});

async function sourceOf({ running: { server: parts } }: TestServer): Promise<BackupSource> {
  const { database, artifacts } = parts.stores;
  const snapshot = await database.copies.snapshot();
  const { ledgerId, seq } = await snapshot.ledger.head();
  const head = await parts.ledger.checkpointer.signAt(seq);
  if (head === null) throw new Error("nothing is signed");
  return {
    ledgerId,
    snapshot,
    artifacts,
    head,
    signer: parseSignerKey(parts.secrets.signerKey),
    facts: parts.ledger.facts,
  };
}

function manifestWith(bytes: Buffer, change: object): Buffer {
  return Buffer.from(JSON.stringify({ ...(JSON.parse(bytes.toString()) as object), ...change }));
}

/** Puts another entry in the first one's place, with the leaf hash that it has. */
function withAnotherEntry(bytes: Buffer): Buffer {
  const [first = "", ...rest] = bytes.toString("latin1").split("\n");
  const entry = first.slice(65).replace(`"kind":"USER"`, `"kind":"TEAM"`);
  const hash = sha256(Buffer.concat([Buffer.of(0), Buffer.from(entry, "latin1")])).slice("sha256:".length);
  return Buffer.from([`${hash} ${entry}`, ...rest].join("\n"), "latin1");
}

let changedTokens = "";
/** Gives a token's table other bytes and the sums that go with them, as somebody would who has no key. */
function consistently(name: string, bytes: Buffer): Buffer {
  if (name.startsWith("tables/")) {
    const other = Buffer.from(bytes.toString().replace("VIEWER", "ADMIN"));
    changedTokens = sha256(other).slice("sha256:".length);
    return other;
  }
  return Buffer.from(bytes.toString().replace(/[0-9a-f]{64}(?= {2}tables\/token)/, changedTokens));
}
