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

describe("an argument is bounded before a database hears of it:", () => {
  const tags = (count: number) => Array.from({ length: count }, () => ({ key: "k", value: "v" }));
  test.each<[string, string, unknown, readonly string[]]>([
    ["tags", "[TagFilterInput!]", tags(11), ["tags"]],
    ["tags", "[TagFilterInput!]", [...tags(3), { key: "k".repeat(501) }], ["tags", "3", "key"]],
    ["states", "[RunState!]", Array.from({ length: 101 }, () => "FAILED"), ["states"]],
    ["nameContains", "String", "x".repeat(256), ["nameContains"]],
    ["nameContains", "String", "a\u0000b", ["nameContains"]],
    ["namespace", "String", "\ud800", ["namespace"]],
    ["after", "String", "x".repeat(4_001), ["after"]],
  ])("%s", async (name, type, value, path) => {
    const query = `query A($value: ${type}) { runs(${name}: $value) { nodes { id } } }`;
    const { errors } = await server.gql(query, { value });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", path } }]);
    expect(errors[0]!.message).toContain(path.join("."));
  });

  test("of search, of a key and of a node's own field", async () => {
    const { id, key } = await aDataset(server);
    expect(await codes(`{ search(text: "\\u0000") { nodes { id } } }`)).toEqual(["INVALID_INPUT"]);
    expect(await codes(`{ find(key: "${"x".repeat(501)}") { id } }`)).toEqual(["INVALID_INPUT"]);
    const query = `query A($id: ID!, $after: String) { node(id: $id) { ... on DatasetVersion { files(after: $after) { __typename } } } }`;
    expect(await codes(query, { id, after: "\u0000" })).toEqual(["INVALID_INPUT"]);
    expect(await codes("query A($key: String!) { find(key: $key) { id } }", { key })).toEqual([]);
  });

  test("10 tags and the longest of texts are none too many", async () => {
    const query = `query A($tags: [TagFilterInput!], $text: String) { runs(tags: $tags, nameContains: $text) { nodes { id } } }`;
    const most = { key: "k".repeat(500), value: "v".repeat(500) };
    expect(await codes(query, { tags: tags(10).map(() => most), text: "%".repeat(255) })).toEqual([]);
  });

  test("a cursor that was forged with U+0000", async () => {
    const query = "query A($after: String) { runs(orderBy: NAME, after: $after) { nodes { id } } }";
    const after = Buffer.from(JSON.stringify(["NAME Run", 1, "\u0000", "Run:x"])).toString("base64url");
    expect(await codes(query, { after })).toEqual(["INVALID_CURSOR"]);
  });
});
