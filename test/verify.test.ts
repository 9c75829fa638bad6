import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { leafHash } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../cli/src/program.ts";
import { plain } from "../cli/src/terminal/paint.ts";
import { aDataset, aModel } from "./support/builders.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

/** What an auditor does, with a token that reads every namespace and may do nothing. */
describe("clew verify", () => {
  let dir: string;
  let server: TestServer;
  let model: string;
  let auditor: string;
  let noted: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "clew-verify-"));
    server = await startTestServer({ dataDir: join(dir, "data") });
    const made = ["token", "create", "--agent", "audit", "--name", "audit", "--grant", "*=VIEWER"];
    auditor = (await clew("--url", server.url, "--token", server.adminToken, ...made)).out;
    ({ id: model } = await aModel(server, { metrics: [{ name: "auc", value: 0.625 }] }));
    noted = join(dir, "noted.checkpoint");
  });
  afterEach(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function clew(...args: string[]): Promise<{ status: number; out: string; err: string }> {
    const out: string[] = [];
    const err: string[] = [];
    const io = {
      out: (line: string) => void out.push(line),
      err: (line: string) => void err.push(line),
      paint: plain,
      terminal: null,
    };
    const status = await runCli(args, io);
    return { status, out: out.join("\n"), err: err.join("\n") };
  }
  const verify = (...args: string[]) => clew("--url", server.url, "--token", auditor, "verify", ...args);

  function tamper(work: (database: DatabaseSync) => void): void {
    const database = new DatabaseSync(join(server.dataDir, "clew.db"));
    work(database);
    database.close();
  }

  /** With no checkpoint of before: what the server signs then, it signs anew. */
  async function restartedWithoutCheckpoint(work: (database: DatabaseSync) => void): Promise<void> {
    await server.running.stop();
    tamper(work);
    rmSync(join(server.dataDir, "ledger"), { recursive: true });
    server = await startTestServer({ dataDir: server.dataDir });
  }

  it("notes a checkpoint, and proves later that the ledger has only grown", async () => {
    const first = await verify("--save", noted);
    expect(first).toMatchObject({ status: 0, err: "" });
    await aDataset(server);
    const size = await server.ledgerSize();
    const later = await verify("--checkpoint", noted, "--entries", "--save", noted);
    expect(later).toMatchObject({ status: 0, err: "" });
    expect(later.out).toContain(
      `signed over ${size} entries with ${JSON.parse(readFileSync(noted, "utf8")).verifierKey}`,
    );
    expect(later.out).toContain(`the ${size - 1} entries of the noted checkpoint are its beginning: proved here`);
    expect(later.out).toContain(`${size} entries have the signed root`);
    expect((await verify("--checkpoint", noted, "--json")).out).toContain('"records"');
  });

  it("refuses a checkpoint that its key has not signed, and what is none", async () => {
    await verify("--save", noted);
    const { checkpoint, ...rest } = JSON.parse(readFileSync(noted, "utf8")) as { checkpoint: string };
    writeFileSync(noted, JSON.stringify({ ...rest, checkpoint: checkpoint.replace(/\n\d+\n/, "\n1\n") }));
    const forged = await verify("--checkpoint", noted);
    expect(forged.status).toBe(1);
    expect(forged.err).toMatch(/the checkpoint in .* does not hold/);
    writeFileSync(noted, checkpoint);
    expect(await verify("--checkpoint", noted)).toMatchObject({
      status: 2,
      err: expect.stringMatching(/is no checkpoint/),
    });
  });

  it("names what was changed in the tables, and --ledger-only leaves them out", async () => {
    const change = (from: string, to: string) =>
      tamper((database) =>
        database.prepare("update node set attributes = replace(attributes, ?, ?) where id = ?").run(from, to, model),
      );
    change("0.625", "0.99");
    const found = await verify("--save", noted);
    expect(found.status).toBe(1);
    expect(found.err).toContain(`node ${model} attributes.metrics.0.value: the ledger says 0.625, the row 0.99 (entry`);
    expect(existsSync(noted)).toBe(false);
    expect((await verify("--ledger-only")).status).toBe(0);

    // While the server holds the embedded stores nothing is made again.
    const rebuild = () => clew("--data-dir", server.dataDir, "rebuild", "--records");
    const refused = await rebuild();
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/another one holds/);
    await server.running.stop();
    const rebuilt = await rebuild();
    expect(rebuilt).toMatchObject({ status: 0, err: "" });
    server = await startTestServer({ dataDir: server.dataDir });
    expect(await verify()).toMatchObject({ status: 0, err: "" });
  });

  it("finds a ledger that was rewritten and signed anew, which the server vouches for", async () => {
    await aModel(server, { metrics: [{ name: "auc", value: 0.875 }] });
    await verify("--save", noted);
    await restartedWithoutCheckpoint((database) => {
      const find = "select seq, cast(bytes as text) as text from ledger where cast(bytes as text) like '%0.875%'";
      const { seq, text } = database.prepare(find).get() as { seq: number; text: string };
      const forged = Buffer.from(text.replace("0.875", "0.999"));
      database
        .prepare("update ledger set bytes = ?, leaf_hash = ? where seq = ?")
        .run(forged, leafHash(forged).toString("hex"), seq);
      database.prepare("update node set attributes = replace(attributes, '0.875', '0.999')").run();
      database.prepare("update value set number = 0.999 where number = 0.875").run();
    });
    await aDataset(server);
    // The key is the same, and all is well as far as the server can tell.
    const { verifierKey } = JSON.parse(readFileSync(noted, "utf8")) as { verifierKey: string };
    expect(await verify("--key", verifierKey)).toMatchObject({ status: 0 });
    for (const more of [[], ["--entries"]]) {
      const found = await verify("--checkpoint", noted, ...more);
      expect(found.status).toBe(1);
      expect(found.err).toMatch(/the ledger was changed: its first \d+ entries are not those of the noted checkpoint/);
    }
  });

  it("finds a ledger that ends before the noted checkpoint", async () => {
    await verify("--save", noted);
    await restartedWithoutCheckpoint((database) => {
      const { seq, recorded_at, leaf_hash } = database
        .prepare("select seq, recorded_at, leaf_hash from ledger order by seq desc limit 1 offset 1")
        .get() as { seq: number; recorded_at: number; leaf_hash: string };
      database.prepare("delete from ledger where seq > ?").run(seq);
      database
        .prepare("update ledger_head set seq = ?, recorded_at = ?, leaf_hash = ?")
        .run(seq, recorded_at, leaf_hash);
    });
    const found = await verify("--checkpoint", noted, "--ledger-only");
    expect(found.status).toBe(1);
    expect(found.err).toMatch(/the noted checkpoint covers \d+ entries, but the ledger ends at \d+/);
  });
});
