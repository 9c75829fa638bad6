import { join } from "node:path";
import { parseVerifierKey, verifyCheckpoint, verifyConsistency, verifyInclusion } from "@clew/schema";
import {
  FollowersDocument,
  LedgerConsistencyDocument,
  LedgerDocument,
  LedgerEntriesDocument,
  LedgerProofDocument,
  LedgerVerificationDocument,
  RebuildGraphDocument,
  VerifyLedgerDocument,
} from "@clew/schema/graphql";
import Database from "better-sqlite3";
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
        server.gql(VerifyLedgerDocument, {}, insider),
        server.gql(LedgerVerificationDocument, {}, insider),
        server.gql(LedgerConsistencyDocument, { first: 1, second: 1 }, insider),
        server.gql(RebuildGraphDocument, {}, viewer),
        entries({ after: -1 }),
        entries({ first: 501 }),
        server.gql(LedgerConsistencyDocument, { first: 2, second: 1 }, viewer),
        server.gql(LedgerProofDocument, { seq: 1_000_000 }, viewer),
        server.gql(LedgerConsistencyDocument, { first: 1, second: 1_000_000 }, viewer),
      ].map(async (asked) => (await asked).errors[0]?.extensions.code),
    );
    expect(codes).toEqual([
      ...Array(7).fill("FORBIDDEN"),
      ...Array(3).fill("INVALID_INPUT"),
      ...Array(2).fill("NOT_FOUND"),
    ]);
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

  it("proves that it has only grown to who noted an earlier head", async () => {
    const { ledgerId, verifierKey } = (await server.gql(LedgerDocument, {}, viewer)).data.ledger;
    const signedOver = async (first: number, second: number) => {
      const { ledgerConsistency: proof } = (await server.gql(LedgerConsistencyDocument, { first, second }, viewer))
        .data;
      const head = verifyCheckpoint(proof.checkpoint, `clew/ledger/${ledgerId}`, [parseVerifierKey(verifierKey)]);
      return { head, proof: proof.path.map((text) => Buffer.from(text, "hex")) };
    };
    const size = await server.ledgerSize();
    const { head: noted } = await signedOver(size, size);
    for (let n = 0; n < 3; n++) await aDataset(server);
    const { head, proof } = await signedOver(size, await server.ledgerSize());
    const claim = { first: noted.size, second: head.size, firstRoot: noted.root, secondRoot: head.root, proof };
    expect(head.size).toBe(size + 3);
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstRoot: head.root })).toBe(false);
  });

  it("is verified, with what people read of it, by who may read every namespace", async () => {
    const size = await server.ledgerSize();
    const { verifyLedger } = (await server.gql(VerifyLedgerDocument, {}, viewer)).data;
    expect(verifyLedger).toMatchObject({ ok: true, entries: size, firstFault: null });
    expect(verifyLedger.records).toMatchObject({ ok: true, entries: size, firstFault: null });
    const short = (await server.gql(VerifyLedgerDocument, { records: false }, viewer)).data.verifyLedger;
    expect(short).toEqual({ ...verifyLedger, records: null });
    expect((await server.gql(LedgerVerificationDocument, {}, viewer)).data).toEqual({
      ledgerVerification: { isRunning: false, entries: 0, size: 0 },
    });
  });

  it("is verified once for all who ask meanwhile; who asks for more waits for an answer that has it", async () => {
    const ask = (records: boolean) => server.gql(VerifyLedgerDocument, { records }, viewer);
    const [short, whole, joined] = await Promise.all([ask(false), ask(true), ask(true)]);
    expect(short.data.verifyLedger.records).toBeNull();
    expect(whole.data.verifyLedger.records?.ok).toBe(true);
    expect(joined.data).toEqual(whole.data);
  });

  it("names a forged metric", async () => {
    const { id } = await aModel(server, { metrics: [{ name: "auc", value: 0.625 }] });
    const forge = (from: string, to: string) => {
      const file = new Database(join(server.dataDir, "clew.db"));
      file.prepare("update node set attributes = replace(attributes, ?, ?) where id = ?").run(from, to, id);
      file.close();
    };
    forge("0.625", "0.99");
    const { verifyLedger } = (await server.gql(VerifyLedgerDocument, {}, viewer)).data;
    const fault = { table: "node", id, field: "attributes.metrics.0.value" };
    expect(verifyLedger.records?.firstFault).toMatchObject({
      ...fault,
      reason: "the ledger says 0.625, the row 0.99",
    });
    expect(verifyLedger).toMatchObject({ ok: false, firstFault: { seq: verifyLedger.records!.firstFault!.seq } });
    forge("0.99", "0.625");
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
      .toContainEqual({ name: "graph", seq: size, halted: null });
    expect((await counts()).data.lineageCounts).toEqual(before);
  });
});
