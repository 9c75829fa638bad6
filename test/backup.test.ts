import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../cli/src/program.ts";
import { plain } from "../cli/src/terminal/paint.ts";
import { Config } from "../server/src/app/index.ts";
import { restore } from "../server/src/app/restore.ts";
import { answersOf, backUp, folderWithKeys, somethingOfEverything, type Subject, truncated } from "./support/backup.ts";
import { freshDatabase, postgresForTests, sql, type TestPostgres } from "./support/postgres.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const silent = pino({ level: "silent" });
const ENTRIES_MIN = 300;

let dir: string;
let server: TestServer;
let subject: Subject;
let backup: string;
let postgres: TestPostgres;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "clew-backup-"));
  [server, postgres] = await Promise.all([startTestServer({ webhookAllowPrivate: true }), postgresForTests()]);
  subject = await somethingOfEverything(server, ENTRIES_MIN);
  backup = join(dir, "backup.tar");
  await backUp(server, backup);
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe("a backup from SQLite on PostgreSQL", () => {
  test("answers everything as before, and so does its own backup on SQLite", async () => {
    const database = await freshDatabase(postgres);
    const before = await answersOf(server, subject);
    const there = await copied(backup, "to-postgres", database.url);
    expect(sorted(await answersOf(there, subject))).toEqual(sorted(before));
    const second = join(dir, "second.tar");
    await backUp(there, second);
    const back = await copied(second, "and-back", null);
    expect(sorted(await answersOf(back, subject))).toEqual(sorted(before));
    await Promise.all([there.stop(), back.stop()]);
    await database.drop();
  });

  test("that is cut short leaves the database empty, and what is not empty is refused", async () => {
    const database = await freshDatabase(postgres);
    const cut = join(dir, "cut.tar");
    await truncated(backup, cut, -2_000);
    const dataDir = join(dir, "refused");
    await folderWithKeys(server, dataDir);
    const config = Config.parse({ dataDir, port: 0, postgresUrl: database.url });
    const options = { verifierKey: null, newKey: false };
    await expect(restore(config, { file: cut, ...options }, silent)).rejects.toMatchObject({ code: "BACKUP_DAMAGED" });
    const counted = `select (select seq from ledger_head)::int as head, (select count(*) from ledger)::int as entries,
      (select count(*) from node)::int as nodes, (select count(*) from token)::int as tokens`;
    expect(await sql(database.url, counted)).toEqual([{ head: 0, entries: 0, nodes: 0, tokens: 0 }]);
    await restore(config, { file: backup, ...options }, silent);
    for (const name of ["ledger", "artifacts"]) await rm(join(dataDir, name), { recursive: true });
    await expect(restore(config, { file: backup, ...options }, silent)).rejects.toMatchObject({
      code: "LEDGER_NOT_EMPTY",
    });
    await database.drop();
  });
});

describe("clew export and clew import", () => {
  test("carry a running server to a new folder, which a server then starts on", async () => {
    const file = join(dir, "cli.tar");
    const before = await answersOf(server, subject);
    const exported = await clew("--url", server.url, "--token", server.adminToken, "export", file);
    expect(exported).toMatchObject({ status: 0, err: "" });
    expect(exported.out).toMatch(/^✓ export: up to ledger entry \d+, with all artifacts, .* in .*cli\.tar/);
    const dataDir = join(dir, "cli-data");
    await folderWithKeys(server, dataDir);
    const imported = await clew("--data-dir", dataDir, "import", file);
    expect(imported).toMatchObject({ status: 0, err: "" });
    expect(imported.out).toContain(`up to ledger entry ${before.ledger.size}, ${before.held.length} artifacts of`);
    const again = await startTestServer({ dataDir });
    expect(await answersOf(again, subject)).toEqual(before);
    await again.running.stop();
    const refused = await clew("--data-dir", dataDir, "import", file);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/\(LEDGER_NOT_EMPTY\)\n {2}→ name a new folder/);
  });

  test("say what is wrong with an archive, and leave nothing", async () => {
    const cut = join(dir, "cut-cli.tar");
    await truncated(backup, cut, 20_000);
    const dataDir = join(dir, "cut-data");
    await folderWithKeys(server, dataDir);
    const { status, err } = await clew("--data-dir", dataDir, "import", cut);
    expect(status).toBe(1);
    expect(err).toMatch(/^clew: the backup is not whole or was changed: .*\(BACKUP_DAMAGED\)\n {2}→ take another copy/);
    expect(await readdir(dataDir)).not.toContain("artifacts");
  });

  test("need a token of an administrator", async () => {
    const target = join(dir, "viewer");
    await mkdir(target);
    const { status, err } = await clew(
      "--url",
      server.url,
      "--token",
      subject.viewerToken,
      "export",
      join(target, "b.tar"),
    );
    expect(status).toBe(1);
    expect(err).toMatch(/^clew: a backup is for administrators \(FORBIDDEN\)/);
    expect(await readdir(target)).toEqual([]);
  });
});

/** A server on what was restored from a file. */
async function copied(file: string, name: string, postgresUrl: string | null): Promise<TestServer> {
  const dataDir = join(dir, name);
  await folderWithKeys(server, dataDir);
  const settings = { dataDir, ...(postgresUrl === null ? {} : { postgresUrl }) };
  await restore(Config.parse({ ...settings, port: 0 }), { file, verifierKey: null, newKey: false }, silent);
  return startTestServer(settings);
}

/** The databases order text differently. */
function sorted({ tables, ...rest }: Awaited<ReturnType<typeof answersOf>>) {
  const text = (row: unknown) => JSON.stringify(row);
  return {
    ...rest,
    tables: Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.map(text).toSorted()])),
  };
}

async function clew(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const write = (to: string[]) => (line: string) => void to.push(line);
  const status = await runCli(args, { out: write(out), err: write(err), paint: plain, terminal: null });
  return { status, out: out.join("\n"), err: err.join("\n") };
}
