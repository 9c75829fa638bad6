import { LineageCountsDocument, LineageDocument, LineagePathsDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDataset, aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("every walk says when the graph has not reached the entry that it must have", async () => {
  const rows = await aDataset(server);
  const model = await aModel(server, { from: [rows.id] });
  const end = await server.ledgerSize();
  const codes = async (minSeq: number) => {
    const answers = await Promise.all([
      server.gql(LineageDocument, { node: model.id, minSeq }),
      server.gql(LineageCountsDocument, { node: model.id, minSeq }),
      server.gql(LineagePathsDocument, { from: model.id, to: rows.id, minSeq }),
    ]);
    return answers.map(({ errors }) => errors[0]?.extensions.code ?? "ok");
  };
  expect(await codes(end)).toEqual(["ok", "ok", "ok"]);
  expect(await codes(end + 1)).toEqual(["GRAPH_BEHIND", "GRAPH_BEHIND", "GRAPH_BEHIND"]);
});
