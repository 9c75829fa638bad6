import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectAgreement } from "./support/agreement.ts";
import { type Sent, startLoad } from "./support/load.ts";
import { expectAcceptedOnceRebuilt, expectForkIsNamed, restoredFromOlder } from "./support/older-database.ts";
import { freshDatabase, postgresForTests, type TestPostgres } from "./support/postgres.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";

let dir: string;
let server: ServerProcess | undefined;
let environment: Record<string, string>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-crash-"));
  environment = {};
});
afterEach(async () => {
  await server?.kill();
  rmSync(dir, { recursive: true, force: true });
});

async function started(): Promise<ServerProcess> {
  server = await startServerProcess(join(dir, "data"), environment);
  return server;
}

/** Runs the load, and kills the server in the middle of it. */
async function loadedAndKilled(round: number): Promise<Sent[]> {
  const to = await started();
  const load = startLoad(to, { name: `r${round}`, clients: 12 });
  await expect.poll(() => load.acknowledged(), { timeout: 60_000 }).toBeGreaterThan(60);
  await to.kill();
  await load.stop();
  return [...load.sent];
}

function describeCrash(): void {
  it("loses no acknowledged mutation and doubles none, over kill -9 in the middle of a load", async () => {
    const sent = [...(await loadedAndKilled(1)), ...(await loadedAndKilled(2))];
    expect(sent.filter(({ answer }) => answer).length).toBeLessThan(sent.length);
    const to = await started();
    await expectAgreement(to, sent);
    await to.stop();
  }, 240_000);
}

describe("a server on SQLite that is killed", () => {
  describeCrash();
});

describe("a server on PostgreSQL that is killed", () => {
  let postgres: TestPostgres | undefined;
  let drop: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    postgres ??= await postgresForTests();
    const fresh = await freshDatabase(postgres);
    ({ drop } = fresh);
    environment = { CLEW_POSTGRES_URL: fresh.url };
  });
  afterEach(async () => {
    await server?.kill();
    await drop?.();
  });
  afterAll(() => postgres?.stop());
  describeCrash();
});

describe("a database that was brought back from an older copy", () => {
  it("is told from the one that was signed: nothing is written, the graph halts, reads still work", async () => {
    const fork = await restoredFromOlder(dir, started);
    await expectForkIsNamed(await started(), fork);
  });

  it("is accepted when the folder of the signed heads was moved away, and the graph is rebuilt", async () => {
    const fork = await restoredFromOlder(dir, started);
    await expectAcceptedOnceRebuilt(dir, started, fork);
  });
});
