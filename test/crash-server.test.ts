import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  FollowersDocument,
  type FollowersQuery,
  LedgerDocument,
  LedgerEntriesDocument,
  type LedgerEntriesQuery,
  type LedgerQuery,
  PublishDatasetVersionDocument,
  type PublishDatasetVersionMutation,
  RebuildGraphDocument,
  VerifyLedgerDocument,
  type VerifyLedgerQuery,
} from "@clew/schema/graphql";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshDatabase, postgresForTests, type TestPostgres } from "./support/postgres.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";

const CLIENTS = 12;

/** A mutation on its way, and what was answered before the server died. */
interface Sent {
  readonly key: string;
  readonly input: object;
  answer: { id: string; seq: number } | null;
}

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

async function publish(to: ServerProcess, { key: idempotencyKey, input }: Sent): Promise<{ id: string; seq: number }> {
  const answer = await to.gql<PublishDatasetVersionMutation>(PublishDatasetVersionDocument, { input, idempotencyKey });
  const { datasetVersion, ledgerSeq } = answer.data?.publishDatasetVersion ?? {};
  if (!datasetVersion || ledgerSeq == null) throw new Error(`refused: ${answer.text}`);
  return { id: datasetVersion.id, seq: ledgerSeq };
}

/** Each client publishes version after version, each derived from the one before, until the server is gone. */
async function load(to: ServerProcess, name: string, sent: Sent[]): Promise<void> {
  let before: string | null = null;
  for (let n = 0; ; n++) {
    const input = {
      namespace: "crash",
      name,
      source: { uri: `s3://bucket/${name}`, snapshot: String(n) },
      derivedFrom: before === null ? [] : [before],
    };
    const one: Sent = { key: `${name}-${n}`, input, answer: null };
    sent.push(one);
    try {
      one.answer = await publish(to, one);
    } catch {
      return;
    }
    before = one.answer.id;
  }
}

/** Runs the load, and kills the server in the middle of it. */
async function loadedAndKilled(round: number): Promise<Sent[]> {
  const to = await started();
  const sent: Sent[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, n) => load(to, `r${round}-c${n}`, sent));
  await expect.poll(() => sent.filter(({ answer }) => answer).length, { timeout: 60_000 }).toBeGreaterThan(60);
  await to.kill();
  await Promise.all(clients);
  return sent;
}

async function entriesOf(to: ServerProcess) {
  const found: LedgerEntriesQuery["ledgerEntries"]["entries"] = [];
  for (let after = 0, more = true; more; ) {
    const { data } = await to.gql<LedgerEntriesQuery>(LedgerEntriesDocument, { first: 500, after });
    found.push(...data.ledgerEntries.entries);
    ({ endSeq: after, hasMore: more } = data.ledgerEntries);
  }
  return found;
}

const LINEAGE = `query L($id: ID!, $minSeq: SafeInt) {
  lineage(node: $id, minSeq: $minSeq, maxDepth: 32, first: 500, follow: [MATERIAL, SUBJECT, CAUSAL]) {
    edges { depth via { arrow role nearer } node { id } }
  }
}`;

async function lineagesOf(to: ServerProcess, ids: readonly string[], minSeq: number): Promise<unknown[]> {
  return Promise.all(
    ids.map(async (id) => {
      const { data, text } = await to.gql<{ lineage: { edges: unknown[] } } | null>(LINEAGE, { id, minSeq });
      if (!data) throw new Error(text);
      return data.lineage.edges;
    }),
  );
}

async function graphReaches(to: ServerProcess, seq: number): Promise<void> {
  const state = async () => (await to.gql<FollowersQuery>(FollowersDocument)).data.followers;
  await expect.poll(state, { timeout: 60_000 }).toEqual([{ name: "graph", seq, halted: null }]);
}

function describeCrash(): void {
  it("loses no acknowledged mutation and doubles none, over kill -9 in the middle of a load", async () => {
    const sent = [...(await loadedAndKilled(1)), ...(await loadedAndKilled(2))];
    const acknowledged = sent.filter(({ answer }) => answer);
    expect(acknowledged.length).toBeLessThan(sent.length);
    const to = await started();

    for (const one of acknowledged) expect(await publish(to, one)).toEqual(one.answer);
    // What was not answered is sent again, as a client would: done once, whether it had been done or not.
    const all = await Promise.all(sent.map((one) => publish(to, one)));
    const entries = await entriesOf(to);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, n) => n + 1));
    expect(entries.length).toBe(1 + sent.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(sent.length);
    expect(new Set(all.map(({ seq }) => seq)).size).toBe(sent.length);

    const { verifyLedger } = (await to.gql<VerifyLedgerQuery>(VerifyLedgerDocument)).data;
    expect(verifyLedger).toMatchObject({ ok: true, entries: entries.length, firstFault: null });
    await graphReaches(to, entries.length);
    const ids = all.map(({ id }) => id);
    const before = await lineagesOf(to, ids, entries.length);
    expect(before.flat().length).toBeGreaterThan(sent.length);
    await to.gql(RebuildGraphDocument);
    await graphReaches(to, entries.length);
    expect(await lineagesOf(to, ids, entries.length)).toEqual(before);
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
  const file = (name: string) => join(dir, "data", name);
  async function published(to: ServerProcess, from: number, upTo: number): Promise<void> {
    for (let n = from; n <= upTo; n++) {
      const input = { namespace: "fork", name: "d", source: { uri: "s3://b/d", snapshot: String(n) } };
      await publish(to, { key: `k${n}`, input, answer: null });
    }
  }

  /** Three entries, a copy of the database, three more; then the copy is put back. */
  async function restoredFromOlder(): Promise<void> {
    const first = await started();
    await published(first, 1, 3);
    await first.stop();
    copyFileSync(file("clew.db"), join(dir, "older.db"));
    const second = await started();
    await published(second, 4, 6);
    await second.stop();
    for (const end of ["-wal", "-shm"]) rmSync(file(`clew.db${end}`), { force: true });
    copyFileSync(join(dir, "older.db"), file("clew.db"));
  }

  it("is told from the one that was signed: nothing is written, the graph halts, reads still work", async () => {
    await restoredFromOlder();

    const third = await started();
    const fork = /^LEDGER_FORK: the database ends at entry 4, but a checkpoint was signed over 7 entries/;
    expect((await third.gql<LedgerQuery>(LedgerDocument)).data.ledger.readOnly).toMatch(fork);
    expect(third.log.some((line) => line.includes('"level":50') && line.includes("LEDGER_FORK"))).toBe(true);
    const input = { namespace: "fork", name: "d", source: { uri: "s3://b/d", snapshot: "7" } };
    const refused = await third.gql(PublishDatasetVersionDocument, { input, idempotencyKey: "k7" });
    expect(refused.errors[0]).toMatchObject({ extensions: { code: "LEDGER_READ_ONLY" } });
    expect(refused.errors[0]!.message).toMatch(fork);

    const versions = await third.gql<{ dataset: { versions: { nodes: unknown[] } } }>(
      `{ dataset(key: "fork/d") { versions { nodes { id } } } }`,
    );
    expect(versions.data.dataset.versions.nodes).toHaveLength(3);
    const { verifyLedger } = (await third.gql<VerifyLedgerQuery>(VerifyLedgerDocument)).data;
    expect(verifyLedger).toMatchObject({ ok: false, entries: 0, firstFault: { seq: null } });
    const [graph] = (await third.gql<FollowersQuery>(FollowersDocument)).data.followers;
    expect(graph!.halted).toMatch(/^GRAPH_FORK: /);
    const ready = await fetch(`${third.url}/health/ready`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringMatching(/LEDGER_FORK.*|GRAPH_FORK.*/)]);
    await third.stop();
  });

  it("is accepted when the folder of the signed heads was moved away, and the graph is rebuilt", async () => {
    await restoredFromOlder();
    rmSync(file("ledger"), { recursive: true });

    const third = await started();
    await third.gql(RebuildGraphDocument);
    await graphReaches(third, 4);
    await published(third, 7, 7);
    await graphReaches(third, 5);
    await third.stop();
  });
});
