import { FinishRunDocument, LineageDocument, StartRunDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aModel, anArtifact, anAttempt, aPlugin, aQueuedRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const SIGNATURE = { inputs: [{ name: "x", type: "DOUBLE" }], outputs: [{ name: "y", type: "DOUBLE" }] };

/** The arrows from what a run of this type made of a model to that model. */
async function arrowsTo(runType: "EXPORT" | "TUNING") {
  const input = { type: "ModelVersion" as const, description: "A model.", required: true, many: false };
  const { name: plugin } = await aPlugin(server, { runType, inputs: { model: input } });
  const source = await aModel(server);
  const inputs = [{ role: "model", node: source.id }];
  const outputs = [{ role: "model", key: `tests/${unique("made")}` }];
  const run = await aQueuedRun(server, { plugin, parameters: {}, inputs, outputs });
  const { attempt, token } = await anAttempt(server, run);
  await server.gql(StartRunDocument, { input: { run, attempt, environment: {} } }, token);
  const modelVersion = { files: [await anArtifact(server)], format: "onnx", signature: SIGNATURE };
  const finish = { input: { run, attempt, outputs: [{ role: "model", modelVersion }] } };
  const { text } = await server.gql(FinishRunDocument, finish, token);
  const node = `${outputs[0]!.key}@1`;
  const minSeq = await server.ledgerSize();
  const { data } = await server.gql(LineageDocument, { node, direction: "UPSTREAM", minSeq });
  const found = data?.lineage.edges.find((edge) => edge.node.id === source.id);
  if (found === undefined) throw new Error(text);
  return found.via.map(({ arrow }) => arrow).toSorted();
}

test("what an EXPORT makes derives from the model that it read; what another run makes does not", async () => {
  expect(await arrowsTo("EXPORT")).toContain("DERIVED_FROM");
  expect(await arrowsTo("TUNING")).toEqual(["USED"]);
});
