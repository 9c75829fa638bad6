import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresService, startPostgres } from "@clew/cli/services";
import { afterEach, beforeEach, expect, it } from "vitest";
import { expectAgreement } from "./support/agreement.ts";
import { startLoad } from "./support/load.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";

const CLIENTS = 8;

let dir: string;
/** PostgreSQL runs as a user of its own when we are root, and must be able to enter. */
let postgresDir: string;
let postgres: PostgresService | undefined;
let server: ServerProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clew-crash-"));
  postgresDir = await mkdtemp(join(tmpdir(), "clew-postgres-"));
});
afterEach(async () => {
  await server?.kill();
  await postgres?.stop();
  for (const each of [dir, postgresDir]) await rm(each, { recursive: true, force: true });
});

it("a PostgreSQL that is killed in the middle of a load, twice, loses nothing acknowledged and nothing is done twice", async () => {
  const first = await startPostgres({ dir: postgresDir, own: true });
  postgres = first;
  const to = await startServerProcess(dir, { CLEW_POSTGRES_URL: first.url });
  server = to;
  const load = startLoad(to, { name: "p", clients: CLIENTS, pauseMs: 30, isPatient: true });
  const refusals = () => {
    expect(to.isAlive()).toBe(true);
    return load.heard.filter(({ codes }) => codes.length > 0).length;
  };
  const codes = () => [...new Set(load.heard.flatMap((heard) => heard.codes))];
  const acknowledges = async (more: number) => {
    const before = load.acknowledged();
    const found = () => {
      // Who is refused for good, as when a version that was acknowledged is gone, sends no more.
      expect(codes().filter((code) => code !== "DATABASE_UNAVAILABLE")).toEqual([]);
      return load.acknowledged();
    };
    await expect.poll(found, { timeout: 30_000 }).toBeGreaterThan(before + more);
  };
  for (let round = 1; round <= 2; round++) {
    const refused = refusals();
    await acknowledges(60);
    await postgres.kill();
    await expect.poll(refusals, { timeout: 10_000 }).toBeGreaterThan(refused + CLIENTS);
    postgres = await startPostgres({ dir: postgresDir, port: first.port, own: true });
  }
  await acknowledges(60);
  await load.stop();

  expect(to.isAlive()).toBe(true);
  expect(codes()).toEqual(["DATABASE_UNAVAILABLE"]);
  expect(load.acknowledged()).toBe(load.sent.length);
  await expectAgreement(to, load.sent);
  await to.stop();
});
