import * as documents from "@clew/schema/graphql";
import { getIntrospectionQuery, getOperationAST, type GraphQLSchema, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";
import { QUERY_LIMITS, QueryMeter } from "../graphql/limits.ts";
import { emptySchema } from "./server-schema.ts";

let server: TestServer;
let schema: GraphQLSchema;
beforeAll(async () => {
  server = await startTestServer();
  schema = await emptySchema();
});
afterAll(() => server.stop());

function measure(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  return new QueryMeter(schema).measure(document, getOperationAST(document)!, variables);
}

describe("what an operation costs", () => {
  test.each<[string, number, Record<string, unknown>]>([
    ["{ tokens { id } }", 10, {}],
    ['{ dataset(key: "a/b") { id name } }', 1, {}],
    ["{ datasets { nodes { id } } }", 51, {}],
    ["{ datasets(first: 10) { nodes { versions(first: 5) { nodes { id } } } } }", 1 + 10 * (1 + (1 + 5)), {}],
    ["query A($n: Int) { datasets(first: $n) { nodes { id } } }", 8, { n: 7 }],
    ["query A($n: Int = 20) { datasets(first: $n) { nodes { id } } }", 21, {}],
    ["query A($n: Int) { datasets(first: $n) { nodes { id } } }", 51, { n: null }],
    [
      "{ datasets(first: 3) { ...F } } fragment F on DatasetConnection { nodes { id } edges { cursor } }",
      1 + 3 + 3,
      {},
    ],
    ["{ datasets(first: 3) { totalCount { count } } }", 1 + 20, {}],
    ['{ lineageCounts(node: "x") { total } }', 1_000, {}],
    ["{ __schema { types { name } } }", 1_000, {}],
  ])("%s: %d", (text, cost, variables) => {
    expect(measure(text, variables).cost).toBe(cost);
  });

  test("is measured anew when the page sizes change, and only then", () => {
    const document = parse(
      "query A($n: Int, $key: String!) { datasets(first: $n) { nodes { id } } dataset(key: $key) { id } }",
    );
    const meter = new QueryMeter(schema);
    const ask = (n: number, key: string) => meter.measure(document, getOperationAST(document)!, { n, key });
    const first = ask(1, "a");
    expect(ask(1, "b")).toBe(first);
    expect(ask(2, "b").cost).toBe(first.cost + 1);
    expect(ask(1, "b").cost).toBe(first.cost);
  });

  test.each(Object.entries(documents).filter(([name]) => name.endsWith("Document")))(
    "of the operation %s is within the limits, with pages of 100",
    (_, document) => {
      const { depth, aliases, cost } = measure(String(document), { first: 100 });
      expect(depth).toBeLessThanOrEqual(QUERY_LIMITS.maxDepth);
      expect(aliases).toBeLessThanOrEqual(QUERY_LIMITS.maxAliases);
      expect(cost).toBeLessThanOrEqual(QUERY_LIMITS.maxCost);
    },
  );
});

describe("the server", () => {
  const refused = async (text: string, variables: Record<string, unknown> = {}) => {
    const begun = performance.now();
    const answer = await server.gql(text, variables);
    expect(answer.status).toBe(400);
    expect(answer.data).toBeNull();
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["QUERY_TOO_COSTLY"]);
    // What is not stopped in time takes for ever.
    expect(performance.now() - begun).toBeLessThan(15_000);
    return answer;
  };

  test("tells what a query cost", async () => {
    await aDataset(server);
    expect((await server.gql("{ datasets(first: 3) { nodes { id } } }")).extensions).toEqual({ cost: 4 });
  });

  test("refuses what costs too much, and says how much is allowed", async () => {
    const text = "query A($n: Int) { datasets(first: $n) { nodes { versions(first: $n) { nodes { id } } } } }";
    const { errors, extensions } = await refused(text, { n: 500 });
    const cost = 1 + 500 * (2 + 500);
    expect(errors[0]).toMatchObject({ extensions: { cost, maxCost: QUERY_LIMITS.maxCost, retryable: false } });
    expect(errors[0]?.extensions).not.toHaveProperty("http");
    expect(extensions).toEqual({ cost });
    expect((await server.gql(text, { n: 100 })).errors).toEqual([]);
  });

  test("refuses a mutation whose answer costs too much, before it does anything", async () => {
    const before = await server.ledgerSize();
    const runs = "inputs { node { ... on DatasetVersion { files(first: 500) { nodes { path } } } } }".replace(
      "{ node",
      "{ a: node",
    );
    const text = `mutation { recordRun(input: {namespace: "tests"}) { run { ${Array.from({ length: 6 }, (_, n) => `i${n}: ${runs}`).join(" ")} } } }`;
    await refused(text);
    expect(await server.ledgerSize()).toBe(before);
  });

  test("refuses what is nested too deep", async () => {
    const nest = (levels: number): string =>
      levels === 0 ? "id" : `generatedBy { inputs { node { ... on DatasetVersion { ${nest(levels - 1)} } } } }`;
    const text = (levels: number) => `{ datasetVersion(key: "a/b@1") { ${nest(levels)} } }`;
    expect((await refused(text(5))).errors[0]?.message).toMatch(/17 fields deep, at most 16/);
    expect((await server.gql(text(1))).errors).toEqual([]);
  });

  test("refuses more than 100 aliases, also through fragments", async () => {
    const aliases = (count: number) =>
      Array.from({ length: count }, (_, n) => `a${n}: dataset(key: "a/b") { id }`).join(" ");
    expect((await server.gql(`{ ${aliases(100)} }`)).errors).toEqual([]);
    await refused(`{ ${aliases(101)} }`);
    await refused(`{ ${aliases(51)} ...F } fragment F on Query { ${aliases(51)} }`);
  });

  test("refuses fragments that double and double again", async () => {
    const fragments = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Query { ...F${n + 1} x: node(id: "a") { id } ...F${n + 1} }`,
    );
    await refused(`{ ...F0 } ${fragments.join(" ")} fragment F30 on Query { tokens { id } }`);
  });

  test("refuses more tokens than it is ready to parse", async () => {
    const { errors } = await refused(`{ ${"tokens { id } ".repeat(1_250)} }`);
    expect(errors[0]?.message).toContain(`${QUERY_LIMITS.maxTokens} tokens`);
    await refused(`{ ${"id ".repeat(600_000)} }`);
  });

  test("answers an introspection, and not many of them at once", async () => {
    expect((await server.gql(getIntrospectionQuery())).data.__schema.queryType.name).toBe("Query");
    await refused(`{ ${Array.from({ length: 26 }, (_, n) => `a${n}: __schema { types { name } }`).join(" ")} }`);
  });

  test.each(["datasets", "models", "codeVersions", "runs", "reports", "runners", "plugins"])(
    "has pages of at most 500: %s",
    async (list) => {
      for (const first of [501, 2_000_000_000, 0, -1]) {
        const { errors } = await server.gql(`query A($first: Int) { ${list}(first: $first) { nodes { id } } }`, {
          first,
        });
        expect(errors).toMatchObject([{ path: [list], extensions: { code: "INVALID_INPUT", path: ["first"] } }]);
      }
      expect((await server.gql(`{ ${list}(first: 500) { nodes { id } } }`)).errors).toEqual([]);
    },
  );

  test("has pages of at most 500 in what stands below, and in walks", async () => {
    const { id } = await aDataset(server);
    const texts = [
      "node(id: $id) { ... on DatasetVersion { files(first: 501) { nodes { path } } } }",
      "node(id: $id) { ... on DatasetVersion { dataset { versions(first: 501) { nodes { id } } } } }",
      "lineage(node: $id, first: 501) { edges { depth } }",
      'search(text: "a", first: 501) { nodes { id } }',
    ];
    for (const text of texts) {
      const { errors } = await server.gql(
        `query A($id: ID!) { ${text.startsWith("search") ? `node(id: $id) { id } ${text}` : text} }`,
        { id },
      );
      expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", path: ["first"] } }]);
    }
  });

  test.each([0, 33])("walks at least 1 and at most 32 arrows far, not %d", async (maxDepth) => {
    const { id } = await aDataset(server);
    const text = "query A($id: ID!, $maxDepth: Int!) { lineage(node: $id, maxDepth: $maxDepth) { edges { depth } } }";
    const { errors } = await server.gql(text, { id, maxDepth });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", path: ["maxDepth"] } }]);
  });
});
