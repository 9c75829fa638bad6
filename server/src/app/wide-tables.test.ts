import { join } from "node:path";
import { canonicalJson, sha256 } from "@clew/schema";
import {
  DocumentOfLedgerDocument,
  LedgerEntriesDocument,
  PublishDatasetVersionDocument,
  RecordRunDocument,
  VerifyLedgerDocument,
} from "@clew/schema/graphql";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { aDataset, anArtifact } from "../../../test/support/builders.ts";
import { refusal } from "../../../test/support/refusals.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { expectWide, lineageOf, schemaOf, statisticsOf, WIDE } from "../../../test/support/wide-tables.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const wide = (columns: number) => ({ schema: schemaOf(columns), statistics: statisticsOf(columns) });
const source = () => ({ uri: "s3://features", snapshot: unique("s") });

/** Records a run that made a table of so many columns, and a model of it. */
async function aWideRun(columns: number, lineage = lineageOf(columns, "raw")) {
  const { id } = await aDataset(server);
  const files = [await anArtifact(server)];
  const signature = {
    inputs: schemaOf(columns).map(({ name, type }) => ({ name, type })),
    outputs: [{ name: "y", type: "DOUBLE" }],
  };
  return {
    namespace: "tests",
    inputs: [{ role: "raw", node: id }],
    targets: ["table", "model"].map((role) => ({ role, namespace: "tests", name: unique(role) })),
    outputs: [
      { role: "table", datasetVersion: { files, rows: 3, ...wide(columns), columnLineage: lineage } },
      { role: "model", modelVersion: { files, format: "onnx", signature, columnLineage: lineage } },
    ],
  };
}

test.each([5_000, 10_000])("a dataset version of %d columns is published, and answers all of them", async (columns) => {
  const { id } = await aDataset(server, wide(columns));
  await expectWide(server, id, columns);
  const { data } = await server.gql(WIDE, { id });
  expect(data.node.schemaDigest).toBe(sha256(canonicalJson(schemaOf(columns))));
});

test("a run's outputs have 10,000 columns with their lineage, and so has a model's signature", async () => {
  const input = await aWideRun(10_000);
  const { data, text } = await server.gql(RecordRunDocument, { input });
  const outputs = data?.recordRun.run?.outputs;
  if (!outputs) throw new Error(text.slice(0, 500));
  await expectWide(server, outputs[0]!.node.id, 10_000, "raw");
  const model = (await server.gql(WIDE, { id: outputs[1]!.node.id })).data.node;
  expect(model.signature.inputs).toHaveLength(10_000);
  expect(JSON.stringify(model.columnLineage)).toBe(JSON.stringify(lineageOf(10_000, "raw")));
});

test("10,001 columns are refused, and so is a field above 8 MiB, by its name", async () => {
  const publish = (more: object) =>
    refusal(server, () =>
      server.gql(PublishDatasetVersionDocument, {
        input: { namespace: "tests", name: "d", source: source(), ...more },
      }),
    );
  expect(await publish(wide(10_001))).toMatchObject({ code: "INVALID_INPUT", path: ["schema"], grown: 0 });
  const long = "☃".repeat(200);
  const statistics = statisticsOf(10_000).map((one) => ({ ...one, min: long, max: long }));
  const refused = await publish({ ...wide(10_000), statistics });
  expect(refused).toMatchObject({ code: "DOCUMENT_TOO_LARGE", grown: 0 });
  expect(refused.message).toMatch(/^\/version\/statistics has \d+ bytes/);
});

test("wrong sources are told once for each role, and not once for each column", async () => {
  const lineage = lineageOf(10_000, "raw").map((one, n) =>
    n < 3 ? one : { ...one, from: [{ input: "none", column: "x" }] },
  );
  const { data } = await server.gql(RecordRunDocument, { input: await aWideRun(10, lineage) });
  expect(data.recordRun.userErrors.map(({ path }) => path.join("."))).toEqual([
    "outputs.0.datasetVersion.columnLineage.3.from.0.input",
    "outputs.1.modelVersion.columnLineage.3.from.0.input",
  ]);
});

test("what says of many versions that they have the same columns is stored once", async () => {
  const documents = () => inside((db) => (db.prepare("select count(*) as n from document").get() as { n: number }).n);
  const { schema } = wide(4_321);
  const before = documents();
  for (const _ of [1, 2, 3]) await aDataset(server, { schema });
  expect(documents()).toBe(before + 1);
});

test("the feed has digest and size, and who reads it may ask for the rest", async () => {
  await aDataset(server, wide(2_000));
  const size = await server.ledgerSize();
  const { data } = await server.gql(LedgerEntriesDocument, { after: size - 1 });
  const { version } = data.ledgerEntries.entries[0]!.payload as { version: Record<string, unknown> };
  const text = canonicalJson(schemaOf(2_000));
  expect(version["schema"]).toEqual({ $document: sha256(text), sizeBytes: Buffer.byteLength(text) });
  expect(version["columnLineage"]).toEqual([]);
  const told = await server.gql(DocumentOfLedgerDocument, { digest: sha256(text) });
  expect(canonicalJson(told.data.ledgerDocument)).toBe(text);
  expect((await server.gql(DocumentOfLedgerDocument, { digest: sha256("no") })).data.ledgerDocument).toBeNull();
  const insider = await server.tokenFor({ tests: ["ADMIN"] });
  const { errors } = await server.gql(DocumentOfLedgerDocument, { digest: sha256(text) }, insider);
  expect(errors[0]?.extensions.code).toBe("FORBIDDEN");
});

test("lists read large fields when they are asked for, all of a page at once, and say when that is too much", async () => {
  const name = unique("listed");
  for (const n of [1, 2, 3]) await aDataset(server, { name, ...wide(6_000 + n) });
  const { nodes } = server.running.server.stores.database;
  const read = vi.spyOn(nodes, "documents");
  const list = (fields: string) =>
    server.gql(`query L($key: String!) { dataset(key: $key) { versions { nodes { id version ${fields} } } } }`, {
      key: `tests/${name}`,
    });
  expect((await list("rows")).data.dataset.versions.nodes).toHaveLength(3);
  expect(read).not.toHaveBeenCalled();
  const shown = (await list("schema { name }")).data.dataset.versions.nodes as { schema: object[] }[];
  expect(shown.map(({ schema }) => schema.length)).toEqual([6_003, 6_002, 6_001]);
  expect(read.mock.calls.map(([digests]) => digests.length)).toEqual([3]);
  read.mockRestore();
  const many = Array.from({ length: 20 }, (_, n) => `s${n}: statistics { column }`).join(" ");
  expect((await list(many)).errors[0]?.extensions.code).toBe("QUERY_TOO_COSTLY");
});

test("what is altered beside the ledger is found, and named by the entry", async () => {
  await aDataset(server, { schema: schemaOf(1_234) });
  const seq = await server.ledgerSize();
  const digest = sha256(canonicalJson(schemaOf(1_234)));
  const verified = async () => (await server.gql(VerifyLedgerDocument, {})).data.verifyLedger;
  expect(await verified()).toMatchObject({ ok: true, firstFault: null });
  const change = (from: string, to: string) =>
    inside((db) => db.prepare("update document set text = replace(text, ?, ?) where digest = ?").run(from, to, digest));
  change("feature_00007", "feature_x0007");
  const reason = `the document ${digest} to which it refers was altered`;
  expect(await verified()).toMatchObject({ ok: false, firstFault: { seq, reason } });
  change("feature_x0007", "feature_00007");
  expect(await verified()).toMatchObject({ ok: true });
});

function inside<T>(use: (db: Database.Database) => T): T {
  const db = new Database(join(server.dataDir, "clew.db"));
  try {
    return use(db);
  } finally {
    db.close();
  }
}
