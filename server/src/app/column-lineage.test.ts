import { RecordRunDocument, type RecordRunInput } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDataset, aModel, anArtifact } from "../../../test/support/builders.ts";
import { refusal } from "../../../test/support/refusals.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const signature = { inputs: [{ name: "x", type: "DOUBLE" }], outputs: [{ name: "y", type: "DOUBLE" }] };

/** A recorded run that joined two datasets, and made a model with one feature from the given source. */
async function aJoin(source: { input: string; dataset?: string }): Promise<RecordRunInput> {
  const [flights, weather] = [await aDataset(server), await aDataset(server)];
  const columnLineage = [{ column: "x", via: "IDENTITY" as const, from: [{ column: "temp", ...source }] }];
  const files = [await anArtifact(server, undefined, "model.json")];
  return {
    namespace: "tests",
    inputs: [flights, weather].map(({ id }) => ({ role: "join", node: id })),
    targets: [{ role: "model", namespace: "tests", name: unique("model") }],
    outputs: [{ role: "model", modelVersion: { format: "onnx", signature, files, columnLineage } }],
  };
}

test("a source names its dataset, and leads to the versions that the run was given of it", async () => {
  const [flights, weather] = [await aDataset(server), await aDataset(server)];
  const dataset = `${weather.namespace}/${weather.name}`;
  const columnLineage = [
    { column: "x", via: "IDENTITY" as const, from: [{ input: "train", dataset, column: "temp" }] },
    { column: "z", via: "IDENTITY" as const, from: [{ input: "train", column: "temp" }] },
  ];
  const model = await aModel(server, { from: [flights.id, weather.id], columnLineage });
  const text = `query A($id: ID!) { node(id: $id) { ... on ModelVersion { columnLineage { from { dataset versions { id } } } } } }`;
  const { data } = await server.gql(text, { id: model.id });
  expect(data.node.columnLineage.map(({ from }: { from: unknown }) => from)).toEqual([
    [{ dataset, versions: [{ id: weather.id }] }],
    [{ dataset: null, versions: [{ id: flights.id }, { id: weather.id }] }],
  ]);
});

test.each([
  ["of a role that the run has not", { input: "data" }, "input", "no input with the role data"],
  [
    "of a dataset that is none of its inputs",
    { input: "join", dataset: "tests/another" },
    "dataset",
    "is a version of",
  ],
  ["of a dataset that is no key", { input: "join", dataset: "another" }, "dataset", "must be namespace/name"],
])("a source %s is refused", async (_, source, field, why) => {
  const input = await aJoin(source);
  const refused = await refusal(server, () => server.gql(RecordRunDocument, { input }));
  const path = ["outputs", "0", "modelVersion", "columnLineage", "0", "from", "0", field];
  expect(refused).toMatchObject({ code: "INVALID_INPUT", path, grown: 0, message: expect.stringContaining(why) });
});
