import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestServer } from "../../../test/support/server.ts";
import { FROM_SOURCE, serverEnvironment } from "../../../test/support/server-process.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "clew-admin-token-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function makeToken(): Promise<string> {
  const env = serverEnvironment(dataDir);
  return (await promisify(execFile)(process.execPath, [...FROM_SOURCE, "admin-token"], { env })).stdout;
}

/** Starts, asks and stops, and keeps the folder. */
async function served<Answer>(ask: (server: Awaited<ReturnType<typeof startTestServer>>) => Promise<Answer>) {
  const server = await startTestServer({ dataDir });
  try {
    return await ask(server);
  } finally {
    await server.running.stop();
  }
}

const ADMIN_ONLY = "{ ledger { size } tokens { name } }";
const names = async (server: Awaited<ReturnType<typeof startTestServer>>, token: string) =>
  (await server.gql(ADMIN_ONLY, {}, token)).data?.tokens.map(({ name }: { name: string }) => name).sort();

test("a lost administrator's token is replaced by one that the ledger tells of", async () => {
  const lost = await served(async ({ adminToken }) => adminToken);
  const file = join(dataDir, "admin.token");
  await rm(file);
  expect(await makeToken()).toBe(`${file} holds a new administrator's token\n`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await served(async (server) => {
    expect(server.adminToken).not.toBe(lost);
    const both = ["first start", "made with the server stopped"];
    expect(await names(server, server.adminToken)).toEqual(both);
    expect(await names(server, lost), "the one that was lost is for its owner to revoke").toEqual(both);
    expect(server.running.server.ledger.checkpointer.fork).toBeNull();
    expect(await server.ledgerSize()).toBe(3);
  });
});

test("while a server runs on the folder, nothing is made", async () => {
  await served(async (server) => {
    await expect(makeToken()).rejects.toThrow("the embedded graph is for one server process");
    expect((await readFile(join(dataDir, "admin.token"), "utf8")).trim()).toBe(server.adminToken);
    expect(await server.ledgerSize()).toBe(2);
  });
});

test("a ledger that does not match its checkpoint gets no token, and the file stays", async () => {
  await served(async (server) => server.running.server.ledger.checkpointer.checkpoint());
  const note = join(dataDir, "ledger", "checkpoint");
  await writeFile(note, (await readFile(note, "utf8")).replace(/\n\d+\n/, "\n999\n"));
  const before = await readFile(join(dataDir, "admin.token"), "utf8");
  await expect(makeToken()).rejects.toThrow("LEDGER_FORK");
  expect(await readFile(join(dataDir, "admin.token"), "utf8")).toBe(before);
});

test("a folder without a ledger gets none", async () => {
  await expect(makeToken()).rejects.toThrow("has no ledger yet");
});
