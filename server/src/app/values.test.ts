import { CreateTokenDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aModel, aRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const metric = (name: string, value: number | "NaN") => ({ name, value: value as never });

/** A run that evaluates versions and says their area under the curve. */
async function anEvaluation(namespace: string, about: readonly string[], auc: number | "NaN", parameters = {}) {
  const report = { reportType: "EVALUATION" as const, about: ["model"], metrics: [metric("auc", auc)] };
  return aRun(server, {
    namespace,
    parameters,
    inputs: about.map((node) => ({ role: "model", node })),
    outputs: [{ role: "report", report }],
  });
}

const RUNS = `query A($namespace: String, $parameters: [ParameterFilterInput!], $metrics: [MetricFilterInput!]) {
  runs(namespace: $namespace, parameters: $parameters, metrics: $metrics, orderBy: OLDEST) { nodes { id } totalCount { count } }
}`;
const REPORTS = `query A($namespace: String, $metrics: [MetricFilterInput!], $order: MetricOrderInput, $after: String) {
  reports(namespace: $namespace, metrics: $metrics, orderByMetric: $order, first: 2, after: $after) {
    nodes { run { id } } totalCount { count isExact } pageInfo { hasNextPage endCursor }
  }
}`;

it("runs are found by parameters and by what their reports and models measured", async () => {
  const namespace = unique("values");
  const trained = await aModel(server, { namespace, metrics: [metric("auc", 0.6)] });
  const good = await anEvaluation(namespace, [trained.id], 0.9, { optimizer: { lr: 0.01 }, name: "adam", deep: true });
  const bad = await anEvaluation(namespace, [trained.id], 0.5, { optimizer: { lr: 0.1 }, name: "sgd", deep: true });
  const runs = async (asked: object) => {
    const { data, text } = await server.gql(RUNS, { namespace, ...asked });
    const ids = data?.runs.nodes.map(({ id }: { id: string }) => id);
    expect(data?.runs.totalCount.count, text).toBe(ids.length);
    return ids;
  };
  const lr = (test: object) => ({ parameters: [{ name: "optimizer.lr", ...test }] });
  expect(await runs(lr({ equals: 0.01 }))).toEqual([good.id]);
  expect(await runs(lr({ in: [0.1, 0.2] }))).toEqual([bad.id]);
  expect(await runs(lr({ greaterThan: 0.01, atMost: 0.1 }))).toEqual([bad.id]);
  expect(await runs(lr({ in: [0.1, 0.01], lessThan: 0.1 }))).toEqual([good.id]);
  expect(await runs({ parameters: [{ name: "deep", equals: true }] })).toEqual([good.id, bad.id]);
  expect(await runs({ metrics: [{ name: "auc", greaterThan: 0.55 }] })).toEqual([trained.run, good.id]);
  const both = { parameters: [{ name: "name", equals: "adam" }], metrics: [{ name: "auc", lessThan: 0.6 }] };
  expect(await runs(both)).toEqual([]);
  expect(await runs({ ...both, metrics: [] })).toEqual([good.id]);
});

it("reports are ordered by a metric, NaN last, and their cursor survives what comes in between", async () => {
  const namespace = unique("values");
  const { id } = await aModel(server, { namespace });
  const made: Record<string, string> = {};
  for (const auc of [0.7, "NaN", 0.9, 0.8] as const) made[(await anEvaluation(namespace, [id], auc)).id] = String(auc);
  const reports = async (asked: object) => (await server.gql(REPORTS, { namespace, ...asked })).data.reports;
  const shown = ({ nodes }: { nodes: { run: { id: string } }[] }) => nodes.map(({ run }) => made[run.id]);
  const order = { name: "auc" };
  const first = await reports({ order });
  expect(first.totalCount).toEqual({ count: 4, isExact: true });
  made[(await anEvaluation(namespace, [id], 0.95)).id] = "0.95";
  const rest = await reports({ order, after: first.pageInfo.endCursor });
  expect([...shown(first), ...shown(rest)]).toEqual(["0.9", "0.8", "0.7", "NaN"]);
  expect(rest.pageInfo.hasNextPage).toBe(false);
  expect(shown(await reports({ order: { ...order, direction: "ASC" } }))).toEqual(["0.7", "0.8"]);
  expect(shown(await reports({ order, metrics: [{ name: "auc", lessThan: 0.9 }] }))).toEqual(["0.8", "0.7"]);
  expect((await reports({ order: { name: "loss" } })).nodes).toEqual([]);
  const foreign = await server.gql(REPORTS, { order: { name: "loss" }, after: first.pageInfo.endCursor });
  expect(foreign.errors).toMatchObject([{ extensions: { code: "INVALID_CURSOR", path: ["after"] } }]);
});

it("the best versions of a model are those of the reports that the caller may read", async () => {
  const [namespace, other] = [unique("values"), unique("others")];
  const name = unique("model");
  const versions = [await aModel(server, { namespace, name }), await aModel(server, { namespace, name })];
  const [one, two] = versions.map(({ id }) => id) as [string, string];
  await anEvaluation(namespace, [one], 0.7);
  await anEvaluation(namespace, [one], 0.8);
  await anEvaluation(namespace, [two], 0.75);
  await anEvaluation(other, [two], 0.9);
  const best = async (metric: object, token?: string) => {
    const text = `query A($key: String!, $metric: MetricOrderInput!) { model(key: $key) { best(metric: $metric) { edges { value node { id } } } } }`;
    const { data } = await server.gql(text, { key: `${namespace}/${name}`, metric }, token);
    return data.model.best.edges.map(({ value, node }: { value: number; node: { id: string } }) => [node.id, value]);
  };
  expect(await best({ name: "auc" })).toEqual([
    [two, 0.9],
    [one, 0.8],
  ]);
  expect(await best({ name: "auc", direction: "ASC" })).toEqual([
    [one, 0.7],
    [two, 0.75],
  ]);
  const grants = [{ namespace, roles: ["VIEWER" as const] }];
  const { data } = await server.gql(CreateTokenDocument, {
    input: { agent: unique("viewer"), kind: "SERVICE", name: "viewer", grants },
  });
  const token = data!.createToken.secret!;
  expect(await best({ name: "auc" }, token)).toEqual([
    [one, 0.8],
    [two, 0.75],
  ]);
  const hidden = await server.gql(REPORTS, { order: { name: "auc" }, namespace: other }, token);
  expect(hidden.data.reports.nodes).toEqual([]);
});

it.each<[string, Record<string, unknown>, string[]]>([
  ["no operator", { parameters: [{ name: "lr" }] }, ["parameters", "0"]],
  ["an operator on nothing", { parameters: [{ name: "lr", equals: null }] }, ["parameters", "0"]],
  ["an object", { parameters: [{ name: "lr", in: [1, { a: 1 }] }] }, ["parameters", "0", "in", "1"]],
  ["a long text", { parameters: [{ name: "lr", equals: "x".repeat(201) }] }, ["parameters", "0", "equals"]],
  ["no name", { metrics: [{ name: "", atLeast: 1 }] }, ["metrics", "0", "name"]],
  ["11 conditions", { metrics: Array.from({ length: 11 }, () => ({ name: "auc", atLeast: 1 })) }, ["metrics"]],
])("a filter with %s is refused, and its field named", async (_, asked, path) => {
  const { errors } = await server.gql(RUNS, asked);
  expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", path } }]);
});
