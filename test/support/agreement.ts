import {
  FollowersDocument,
  LedgerDocument,
  LedgerEntriesDocument,
  type LedgerEntriesQuery,
  RebuildGraphDocument,
  VerifyLedgerDocument,
} from "@clew/schema/graphql";
import { expect } from "vitest";
import { publish, type Sent } from "./load.ts";
import type { ReachableServer } from "./answer.ts";

/** Walks that are compared: as many as a test has time for, taken evenly. */
const WALKS_MAX = 200;

/** All of the ledger's entries; they have no gap, and their tree is as it was signed. */
export async function expectSoundLedger(to: ReachableServer): Promise<LedgerEntriesQuery["ledgerEntries"]["entries"]> {
  const found: LedgerEntriesQuery["ledgerEntries"]["entries"] = [];
  for (let after = 0, more = true; more; ) {
    const { data } = await to.gql(LedgerEntriesDocument, { first: 500, after });
    found.push(...data.ledgerEntries.entries);
    ({ endSeq: after, hasMore: more } = data.ledgerEntries);
  }
  expect(found.map(({ seq }) => seq)).toEqual(found.map((_, n) => n + 1));
  const { verifyLedger } = (await to.gql(VerifyLedgerDocument, {})).data;
  expect(verifyLedger).toMatchObject({ ok: true, entries: found.length, firstFault: null });
  return found;
}

export async function ledgerSize(to: ReachableServer): Promise<number> {
  return (await to.gql(LedgerDocument, {})).data.ledger.size;
}

/** Waits until a follower has done the entry `seq`; it has not halted. */
export async function followerReaches(to: ReachableServer, seq: number, name = "graph"): Promise<void> {
  const state = async () =>
    (await to.gql(FollowersDocument, {})).data.followers.find((follower) => follower.name === name);
  await expect.poll(state, { timeout: 60_000 }).toEqual({ name, seq, halted: null });
}

/**
 * Ledger, lists, graph and what was answered say the same of everything that was sent, each of it there once; what had no answer is
 * sent again first, as a client would. The graph is the one that a rebuild from the ledger makes.
 * @param graph more that a rebuild must not change.
 */
export async function expectAgreement(
  to: ReachableServer,
  sent: readonly Sent[],
  graph: () => Promise<unknown> = () => Promise.resolve(null),
): Promise<void> {
  const answers = await Promise.all(sent.map((one) => publish(to, one)));
  const acknowledged = sent.map(({ answer }, n) => answer ?? answers[n]);
  expect(answers).toEqual(acknowledged);
  const ids = answers.map(({ id }) => id);
  expect(new Set(ids).size).toBe(sent.length);

  const entries = await expectSoundLedger(to);
  const published = entries.filter(({ type }) => type === "dataset-version.published");
  expect(published.map(({ seq }) => seq)).toEqual(answers.map(({ seq }) => seq).toSorted((a, b) => a - b));
  expect((await listed(to, sent)).toSorted()).toEqual(ids.toSorted());

  const state = async () => ({ walks: await walksFrom(to, ids, entries.length), graph: await graph() });
  await followerReaches(to, entries.length);
  const before = await state();
  expect(before.walks.flat().length).toBeGreaterThan(before.walks.length);
  await to.gql(RebuildGraphDocument, {});
  await followerReaches(to, entries.length);
  expect(await state()).toEqual(before);
}

const VERSIONS = `query V($key: String!, $after: String) {
  dataset(key: $key) { versions(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }
}`;
interface Versions {
  dataset: { versions: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
}

/** The versions of every dataset that was published to, as the lists of SQL have them. */
async function listed(to: ReachableServer, sent: readonly Sent[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of new Set(sent.map(({ input }) => input.name))) {
    for (let after: string | null = null, more = true; more; ) {
      const { data }: { data: Versions } = await to.gql<Versions>(VERSIONS, { key: `crash/${name}`, after });
      found.push(...data.dataset.versions.nodes.map(({ id }) => id));
      ({ hasNextPage: more, endCursor: after } = data.dataset.versions.pageInfo);
    }
  }
  return found;
}

const LINEAGE = `query L($id: ID!, $minSeq: SafeInt) {
  lineage(node: $id, minSeq: $minSeq, maxDepth: 32, first: 500, follow: [MATERIAL, SUBJECT, CAUSAL]) {
    edges { depth via { arrow role nearer } node { id } }
  }
}`;

async function walksFrom(to: ReachableServer, ids: readonly string[], minSeq: number): Promise<unknown[][]> {
  const step = Math.ceil(ids.length / WALKS_MAX);
  const walks: unknown[][] = [];
  for (const id of ids.filter((_, n) => n % step === 0)) {
    const { data, text } = await to.gql<{ lineage: { edges: unknown[] } } | null>(LINEAGE, { id, minSeq });
    if (!data) throw new Error(text);
    walks.push(data.lineage.edges);
  }
  return walks;
}
