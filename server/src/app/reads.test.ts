import { LineageDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function codes(query: string, variables: Record<string, unknown> = {}) {
  const { errors } = await server.gql(query, variables);
  return errors.map(({ extensions: { code } }) => code);
}

describe("a cursor", () => {
  test("leads on in its own list and order only", async () => {
    const namespace = unique("cursors");
    for (const name of ["b", "a", "c"]) await aDataset(server, { namespace, name });
    const list = (field: string, order: string) =>
      `query A($after: String) { ${field}(namespace: "${namespace}", first: 1, after: $after, orderBy: ${order}) { nodes { id } pageInfo { endCursor } } }`;
    const { data } = await server.gql(list("datasets", "NAME"), {});
    const after = data.datasets.pageInfo.endCursor as string;
    expect(await codes(list("datasets", "NAME"), { after })).toEqual([]);
    expect(await codes(list("datasets", "NEWEST"), { after })).toEqual(["INVALID_CURSOR"]);
    expect(await codes(list("models", "NAME"), { after })).toEqual(["INVALID_CURSOR"]);
  });
});

describe("what cannot be meant is refused, and not answered with nothing", () => {
  test.each([
    ["a node type", `{ lineage(node: $node, types: ["Nonsense"]) { isPartial } }`],
    ["a node type to count", `{ lineageCounts(node: $node, types: ["Nonsense"]) { total } }`],
    ["a digest", `{ fileUses(digest: "x") { path } node(id: $node) { id } }`],
    ["a type of entries", `{ ledgerEntries(types: ["no"]) { endSeq } node(id: $node) { id } }`],
  ])("%s", async (_, query) => {
    const { id: node } = await aDataset(server);
    expect(await codes(`query A($node: ID!) ${query}`, { node })).toEqual(["INVALID_INPUT"]);
  });

  test("a walk from what was not there then", async () => {
    const rows = await aDataset(server);
    const model = await aModel(server, { from: [rows.id] });
    const walk = async (time: { asOf?: string; knownAt?: number }) => {
      const { data, errors } = await server.gql(LineageDocument, { node: model.id, ...time });
      return errors[0]?.extensions.code ?? data!.lineage.edges.length;
    };
    expect(await walk({ asOf: "2020-01-01T00:00:00Z" })).toBe("NOT_FOUND");
    expect(await walk({ knownAt: 1 })).toBe("NOT_FOUND");
    expect(await walk({ asOf: new Date(Date.now() + 1000).toISOString() })).toBeGreaterThan(1);
  });
});
