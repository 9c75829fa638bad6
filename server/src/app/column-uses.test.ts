import { ColumnUsesDocument, type ColumnUsesQuery, type RecordRunInput } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { aDataset, aModel, anArtifact, aRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

type Lineage = NonNullable<NonNullable<RecordRunInput["outputs"]>[number]["modelVersion"]>["columnLineage"];

const schema = ["age", "postcode", "income"].map((name) => ({ name, type: "BIGINT" }));
const feature = (column: string, ...from: { input?: string; dataset?: string; column: string }[]) => ({
  column,
  via: "TRANSFORMATION" as const,
  from: from.map((source) => ({ input: "train", ...source })),
});

/** A dataset that a run made of another. */
async function prepared(of: string, columnLineage: NonNullable<Lineage>, namespace = "tests") {
  const target = { role: "table", namespace, name: unique("prepared") };
  const files = [await anArtifact(server)];
  const run = await aRun(server, {
    namespace,
    inputs: [{ role: "raw", node: of }],
    targets: [target],
    outputs: [{ role: "table", datasetVersion: { files, schema: [], rows: 1, columnLineage } }],
  });
  return { id: run.outputs["table"]!, key: `${namespace}/${target.name}@1` };
}

async function usesOf(dataset: string, column: string, page: { first?: number; after?: string } = {}, token?: string) {
  const minSeq = await server.ledgerSize();
  const { data, text } = await server.gql(ColumnUsesDocument, { dataset, column, minSeq, ...page }, token);
  if (!data) throw new Error(text);
  return data.columnUses;
}
const found = ({ edges }: ColumnUsesQuery["columnUses"]) =>
  edges.map(({ node, features }) => [node.id, features.map(({ name }) => name)]);

async function refused(dataset: string, column: string, token?: string) {
  const { errors, text } = await server.gql(ColumnUsesDocument, { dataset, column }, token);
  if (errors[0] === undefined) throw new Error(text);
  const { message, extensions } = errors[0];
  return { code: extensions.code, path: extensions["path"], message };
}

test("a column leads to the model versions that use it, newest first, and to the features", async () => {
  const rows = await aDataset(server, { schema });
  const columnLineage = [
    feature("young", { column: "age" }),
    feature("area", { column: "postcode" }, { column: "age" }),
  ];
  const first = await aModel(server, { from: [rows.id], columnLineage });
  const second = await aModel(server, { from: [rows.id], columnLineage: [feature("where", { column: "postcode" })] });
  const uses = await usesOf(rows.key, "postcode");
  expect(found(uses)).toEqual([
    [second.id, ["where"]],
    [first.id, ["area"]],
  ]);
  expect(uses).toMatchObject({ isPartial: false, reasons: [], untold: [], pageInfo: { hasNextPage: false } });
  const version = { id: first.id, key: first.key };
  expect(uses.edges[1]!.features[0]!.steps).toEqual([
    { version, column: "area", via: "TRANSFORMATION", expression: null, masking: false },
  ]);
  expect(found(await usesOf(rows.id, "age"))).toEqual([[first.id, ["area", "young"]]]);
  expect(await usesOf(rows.id, "income")).toMatchObject({ edges: [], isPartial: false });
});

test("the way goes through the datasets between, and says where something is masked", async () => {
  const rows = await aDataset(server, { schema });
  const masked = {
    ...feature("area", { input: "raw", column: "postcode" }),
    masking: true,
    expression: "left(postcode, 2)",
  };
  const table = await prepared(rows.id, [masked, feature("age", { input: "raw", column: "age" })]);
  const model = await aModel(server, { from: [table.id], columnLineage: [feature("x", { column: "area" })] });
  const uses = await usesOf(rows.key, "postcode");
  expect(found(uses)).toEqual([[model.id, ["x"]]]);
  expect(uses.edges[0]!.features[0]!.steps).toMatchObject([
    { version: { key: model.key }, column: "x", masking: false },
    { version: { key: table.key }, column: "area", masking: true, expression: "left(postcode, 2)" },
  ]);
  expect(await usesOf(rows.id, "age")).toMatchObject({ edges: [], isPartial: false });
});

test("a dataset is asked about with all its versions, or one of them", async () => {
  const name = unique("rows");
  const [one, two] = [await aDataset(server, { name, schema }), await aDataset(server, { name, schema })];
  const columnLineage = [feature("f", { column: "age" })];
  const models = [];
  for (const { id } of [one, two]) models.push((await aModel(server, { from: [id], columnLineage })).id);
  expect(found(await usesOf(one.id, "age"))).toEqual([[models[0], ["f"]]]);
  expect(found(await usesOf(`tests/${name}@2`, "age"))).toEqual([[models[1], ["f"]]]);
  expect(found(await usesOf(`tests/${name}`, "age"))).toEqual(models.toReversed().map((id) => [id, ["f"]]));
});

test("what does not say of which columns it was made is named, for it may use them", async () => {
  const rows = await aDataset(server, { schema });
  const silent = await aModel(server, { from: [rows.id] });
  const uses = await usesOf(rows.id, "age");
  expect(uses).toMatchObject({ edges: [], untold: [{ id: silent.id }], isPartial: true, reasons: ["UNKNOWN_COLUMNS"] });
});

test("what may not be read is left out, and that something was is told", async () => {
  const [open, closed] = [unique("open"), unique("closed")];
  const rows = await aDataset(server, { namespace: open, schema });
  const columnLineage = [feature("f", { column: "age" })];
  const seen = await aModel(server, { namespace: open, from: [rows.id], columnLineage });
  await aModel(server, { namespace: closed, from: [rows.id], columnLineage });
  // What lies behind something that may not be read is not told either.
  const between = await prepared(rows.id, [feature("age", { input: "raw", column: "age" })], closed);
  await aModel(server, { namespace: open, from: [between.id], columnLineage });
  const token = await server.tokenFor({ [open]: ["VIEWER"] });
  const uses = await usesOf(rows.id, "age", {}, token);
  expect(found(uses)).toEqual([[seen.id, ["f"]]]);
  expect(uses).toMatchObject({ isPartial: true, reasons: ["NO_ACCESS"], untold: [] });
  expect((await usesOf(rows.id, "age")).edges).toHaveLength(3);
  const outsider = await server.tokenFor({ other: ["ADMIN"] });
  const missing = await refused(`${rows.key}0`, "age", outsider);
  expect(missing).toMatchObject({ code: "NOT_FOUND" });
  const forbidden = await refused(rows.key, "age", outsider);
  expect({ ...forbidden, message: forbidden.message.replace(rows.key, `${rows.key}0`) }).toEqual(missing);
});

test("pages miss nothing, whatever comes between", async () => {
  const rows = await aDataset(server, { schema });
  const columnLineage = [feature("f", { column: "age" })];
  const models: string[] = [];
  for (let n = 0; n < 5; n++) models.unshift((await aModel(server, { from: [rows.id], columnLineage })).id);
  const seen: string[] = [];
  for (let after: string | undefined; ; ) {
    const { edges, pageInfo } = await usesOf(rows.id, "age", { first: 2, ...(after === undefined ? {} : { after }) });
    seen.push(...edges.map(({ node }) => node.id));
    if (seen.length === 2) await aModel(server, { from: [rows.id], columnLineage });
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor!;
  }
  expect(seen).toEqual(models);
});

test("many model versions take as many reads as one, large lineage too", async () => {
  const rows = await aDataset(server, { schema });
  const columnLineage = Array.from({ length: 150 }, (_, n) => feature(`feature ${n}`, { column: "age" }));
  const { nodes } = server.running.server.stores.database;
  const reads = [vi.spyOn(nodes, "byIds"), vi.spyOn(nodes, "documents")];
  onTestFinished(() => void vi.restoreAllMocks());
  const counts = async () => {
    for (const one of reads) one.mockClear();
    const uses = await usesOf(rows.id, "age", { first: 10 });
    expect(uses.edges[0]).toMatchObject({ featureCount: 150, features: { length: 100 } });
    return reads.map(({ mock }) => mock.calls.length);
  };
  await aModel(server, { from: [rows.id], columnLineage });
  const ofOne = await counts();
  for (let n = 0; n < 12; n++) await aModel(server, { from: [rows.id], columnLineage });
  expect(await counts()).toEqual(ofOne);
});

test("what cannot be meant is refused", async () => {
  const rows = await aDataset(server, { schema });
  const message = `nothing is made of a column agee, and ${rows.key} has none`;
  expect(await refused(rows.key, "agee")).toEqual({ code: "INVALID_INPUT", path: ["column"], message });
  expect(await refused(`${rows.namespace}/${rows.name}`, "agee")).toMatchObject({ code: "INVALID_INPUT" });
  const model = await aModel(server);
  expect(await refused(model.id, "age")).toMatchObject({ code: "INVALID_INPUT", path: ["dataset"] });
  // Of a version that does not tell its columns every one may be meant.
  expect(await usesOf((await aDataset(server)).id, "age")).toMatchObject({ edges: [], isPartial: false });
});
