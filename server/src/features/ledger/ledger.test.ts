import { parseVerifierKey, verifyCheckpoint, verifyInclusion } from "@clew/schema";
import {
  FollowersDocument,
  LedgerDocument,
  LedgerEntriesDocument,
  LedgerProofDocument,
  RebuildGraphDocument,
  VerifyLedgerDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aDataset, aModel } from "../../../../test/support/builders.ts";
import { startTestServer, type TestServer } from "../../../../test/support/server.ts";

describe("the ledger over GraphQL", () => {
  let server: TestServer;
  let viewer: string;
  let insider: string;
  beforeAll(async () => {
    server = await startTestServer();
    viewer = await server.tokenFor({ "*": ["VIEWER"] });
    insider = await server.tokenFor({ team: ["ADMIN"] });
    for (let n = 0; n < 3; n++) await aDataset(server);
  });
  afterAll(() => server.stop());

  const entries = async (variables: { first?: number; after?: number; types?: string[] }, token = viewer) =>
    server.gql(LedgerEntriesDocument, variables, token);

  it("is a change feed that is resumed from where it ended", async () => {
    const size = await server.ledgerSize();
    const seqs: number[] = [];
    for (let after = 0, more = true; more; ) {
      const { data } = await entries({ first: 2, after });
      seqs.push(...data.ledgerEntries.entries.map(({ seq }) => seq));
      ({ endSeq: after, hasMore: more } = data.ledgerEntries);
    }
    expect(seqs).toEqual(Array.from({ length: size }, (_, n) => n + 1));
    const { data } = await entries({ after: size });
    expect(data.ledgerEntries).toEqual({ entries: [], endSeq: size, hasMore: false });
  });

  it("tells what each fact was, and who established it", async () => {
    const { data } = await entries({ first: 1 });
    const [first] = data.ledgerEntries.entries;
    const { name } = first!.payload as { name: unknown };
    expect(first).toMatchObject({ seq: 1, type: "token.created", version: 2 });
    expect(name).toEqual({ $personal: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(first!.by).toMatch(/^Agent:/);
    expect(first!.leafHash).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.now() - Date.parse(first!.recordedAt)).toBeLessThan(60_000);
  });

  it("gives only the types that were asked for", async () => {
    const { data } = await entries({ types: ["dataset-version.published", "alert.raised"], first: 2 });
    const { entries: found, endSeq, hasMore } = data.ledgerEntries;
    expect(found.map(({ type }) => type)).toEqual(Array(2).fill("dataset-version.published"));
    expect({ endSeq, hasMore }).toEqual({ endSeq: found[1]!.seq, hasMore: true });
    const { data: none } = await entries({ types: ["alert.raised"] });
    expect(none.ledgerEntries).toEqual({ entries: [], endSeq: await server.ledgerSize(), hasMore: false });
  });

  it("is closed to who may not read every namespace, and to bad arguments", async () => {
    const codes = await Promise.all(
      [
        entries({}, insider),
        server.gql(FollowersDocument, {}, insider),
        server.gql(LedgerProofDocument, { seq: 1 }, insider),
        server.gql(VerifyLedgerDocument, {}, viewer),
        server.gql(RebuildGraphDocument, {}, viewer),
        entries({ after: -1 }),
        entries({ first: 501 }),
        server.gql(LedgerProofDocument, { seq: 1_000_000 }, viewer),
      ].map(async (asked) => (await asked).errors[0]?.extensions.code),
    );
    expect(codes).toEqual([...Array(5).fill("FORBIDDEN"), "INVALID_INPUT", "INVALID_INPUT", "NOT_FOUND"]);
  });

  it("proves an entry to who holds the verifier key", async () => {
    const { data } = await server.gql(LedgerDocument, {}, insider);
    const { ledgerId, verifierKey, readOnly } = data.ledger;
    expect(readOnly).toBeNull();
    const size = await server.ledgerSize();
    for (const seq of [1, size]) {
      const { ledgerProof } = (await server.gql(LedgerProofDocument, { seq }, viewer)).data;
      const signed = verifyCheckpoint(ledgerProof.checkpoint, `clew/ledger/${ledgerId}`, [
        parseVerifierKey(verifierKey),
      ]);
      expect(Buffer.from(signed.root).toString("hex")).toBe(ledgerProof.root);
      const bytes = (text: string) => Buffer.from(text, "hex");
      const claim = { index: seq - 1, size: signed.size, leaf: bytes(ledgerProof.leafHash), root: signed.root };
      expect(verifyInclusion({ ...claim, proof: ledgerProof.path.map(bytes) })).toBe(true);
    }
  });

  it("is verified by an administrator", async () => {
    const ok = await server.gql(VerifyLedgerDocument, {});
    expect(ok.data.verifyLedger).toMatchObject({ ok: true, entries: await server.ledgerSize(), firstFault: null });
  });

  it("rebuilds the graph while mutations go on, to the same answers", async () => {
    const { id } = await aModel(server, { from: [(await aDataset(server)).id] });
    const counts = () =>
      server.gql(`query C($id: ID!) { lineageCounts(node: $id, follow: [MATERIAL, CAUSAL]) { total } }`, { id });
    const before = (await counts()).data.lineageCounts;
    expect(before.total).toBeGreaterThan(1);
    const writing = Promise.all(Array.from({ length: 10 }, () => aDataset(server)));
    const { data } = await server.gql(RebuildGraphDocument, {});
    await writing;
    expect(data.rebuildGraph.userErrors).toEqual([]);
    const size = await server.ledgerSize();
    await expect
      .poll(async () => (await server.gql(FollowersDocument, {}, viewer)).data.followers)
      .toEqual([{ name: "graph", seq: size, halted: null }]);
    expect((await counts()).data.lineageCounts).toEqual(before);
  });
});
