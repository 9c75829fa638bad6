import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  FollowersDocument,
  LedgerDocument,
  PublishDatasetVersionDocument,
  RebuildGraphDocument,
  VerifyLedgerDocument,
} from "@clew/schema/graphql";
import { expect } from "vitest";
import { followerReaches, ledgerSize } from "./agreement.ts";
import { publish, type Sent } from "./load.ts";
import type { ReachableServer } from "./answer.ts";
import type { ServerProcess } from "./server-process.ts";

type Start = () => Promise<ServerProcess>;

const version = (n: number): Sent => ({
  key: `k${n}`,
  input: { namespace: "fork", name: "d", source: { uri: "s3://b/d", snapshot: String(n) } },
  answer: null,
});

export async function publishVersions(to: ReachableServer, from: number, upTo: number): Promise<void> {
  for (let n = from; n <= upTo; n++) await publish(to, version(n));
}

/** How many entries the copy has, and how many were signed and in the graph before it was put back. */
interface Fork {
  readonly older: number;
  readonly newer: number;
}

/** Three versions, a copy of the SQLite database, three more versions in database and graph; then the copy is put back. */
export async function restoredFromOlder(dir: string, start: Start): Promise<Fork> {
  const file = join(dir, "data", "clew.db");
  const first = await start();
  await publishVersions(first, 1, 3);
  const older = await ledgerSize(first);
  await first.stop();
  copyFileSync(file, join(dir, "older.db"));
  const second = await start();
  await publishVersions(second, 4, 6);
  const newer = await ledgerSize(second);
  await followerReaches(second, newer);
  await second.stop();
  for (const end of ["-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  copyFileSync(join(dir, "older.db"), file);
  return { older, newer };
}

export async function expectForkIsNamed(to: ServerProcess, { older, newer }: Fork): Promise<void> {
  const fork = `LEDGER_FORK: the database ends at entry ${older}, but a checkpoint was signed over ${newer} entries`;
  expect((await to.gql(LedgerDocument, {})).data.ledger.readOnly).toContain(fork);
  expect(to.log.some((line) => line.includes('"level":50') && line.includes("LEDGER_FORK"))).toBe(true);
  const { key: idempotencyKey, input } = version(7);
  const refused = await to.gql(PublishDatasetVersionDocument, { input, idempotencyKey });
  expect(refused.errors[0]).toMatchObject({ extensions: { code: "LEDGER_READ_ONLY" } });
  expect(refused.errors[0]!.message).toContain(fork);

  const versions = await to.gql<{ dataset: { versions: { nodes: unknown[] } } }>(
    `{ dataset(key: "fork/d") { versions { nodes { id } } } }`,
  );
  expect(versions.data.dataset.versions.nodes).toHaveLength(3);
  const { verifyLedger } = (await to.gql(VerifyLedgerDocument, {})).data;
  expect(verifyLedger).toMatchObject({ ok: false, entries: 0, firstFault: { seq: null } });
  await expectGraphFork(to, `the ledger has no entry ${newer}`);
  const ready = await fetch(`${to.url}/health/ready`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringMatching(/LEDGER_FORK.*|GRAPH_FORK.*/)]);
  await to.stop();
}

export async function expectGraphFork(to: ReachableServer, why: string): Promise<void> {
  const halted = async () => (await to.gql(FollowersDocument, {})).data.followers[0]?.halted;
  await expect
    .poll(halted, { timeout: 10_000 })
    .toContain(`GRAPH_FORK: the graph does not belong to this ledger (${why})`);
}

/** An operator takes the older database for the truth: moves the signed heads away, and has the graph rebuilt. */
export async function expectAcceptedOnceRebuilt(dir: string, start: Start, { older }: Fork): Promise<void> {
  rmSync(join(dir, "data", "ledger"), { recursive: true });
  const to = await start();
  await to.gql(RebuildGraphDocument, {});
  await followerReaches(to, older);
  await publishVersions(to, 7, 7);
  await followerReaches(to, older + 1);
  await to.stop();
}
