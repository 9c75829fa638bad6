import { afterAll, beforeAll, expect, test } from "vitest";
import { aDataset, aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";
import { DEFAULT_QUERY } from "./default-query.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("the query that GraphiQL opens with leads from the newest model to its data", async () => {
  const rows = await aDataset(server);
  const model = await aModel(server, { from: [rows.id] });
  const { data, errors } = await server.gql(DEFAULT_QUERY, {});
  expect(errors).toEqual([]);
  const [newest] = data.models.nodes[0].versions.nodes;
  expect(newest.key).toBe(model.key);
  expect(newest.generatedBy.inputs[0].node).toMatchObject({ __typename: "DatasetVersion", key: rows.key });
});
