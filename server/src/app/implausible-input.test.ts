import {
  CreateTokenDocument,
  type FinishedDatasetVersionInput,
  type FinishedOutputInput,
  FinishRunDocument,
  PublishDatasetVersionDocument,
  type PublishDatasetVersionInput,
  RecordCodeVersionDocument,
  RecordRunDocument,
  type RecordRunInput,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aDataset,
  aManifest,
  aModel,
  anArtifact,
  anAttempt,
  aPlugin,
  aQueuedRun,
  aRun,
} from "../../../test/support/builders.ts";
import { refusal } from "../../../test/support/refusals.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

const MINUTE_MS = 60_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const publish = (input: Partial<PublishDatasetVersionInput>) =>
  server.gql(PublishDatasetVersionDocument, { input: { namespace: "tests", name: unique("data"), ...input } });
const record = (input: Partial<RecordRunInput>) =>
  server.gql(RecordRunDocument, { input: { namespace: "tests", inputs: [], ...input } });
const fromNow = (ms: number) => new Date(Date.now() + ms).toISOString();
const invalid = (...path: string[]) => ({ code: "INVALID_INPUT", path, grown: 0 });

describe("a table is refused with", () => {
  const source = { uri: "postgres://host/db", snapshot: "1" };
  const column = (name: string) => ({ name, type: "DOUBLE" });
  const statistics = (name: string) => ({ column: name, nulls: 0, distinctApprox: 1 });

  test.each<[string, Pick<FinishedDatasetVersionInput, "schema" | "statistics">, string[]]>([
    ["two columns of one name", { schema: [column("a"), column("b"), column("a")] }, ["schema", "2", "name"]],
    [
      "statistics of a column that it has not",
      { schema: [column("a")], statistics: [statistics("a"), statistics("b")] },
      ["statistics", "1", "column"],
    ],
    [
      "two statistics of one column",
      { schema: [column("a")], statistics: [statistics("a"), statistics("a")] },
      ["statistics", "1", "column"],
    ],
  ])("%s", async (_, table, path) => {
    expect(await refusal(server, () => publish({ source, ...table }))).toMatchObject(invalid(...path));
    const datasetVersion = { files: [await anArtifact(server)], rows: 1, ...table };
    const outputs = [{ role: "out", datasetVersion }];
    const targets = [{ role: "out", namespace: "tests", name: unique("data") }];
    const made = await refusal(server, () => record({ outputs, targets }));
    expect(made).toMatchObject(invalid("outputs", "0", "datasetVersion", ...path));
  });
});

describe("a report is refused with", () => {
  const metric = (name: string) => ({ name, value: 1 });
  const slice = { where: [{ column: "c", value: "v" }], count: 1, metrics: [metric("a")], intervals: [] };
  const interval = { name: "a", low: 0, high: 1 };

  test.each([
    ["two metrics of one name", { metrics: [metric("a"), metric("a")] }, ["metrics", "1", "name"]],
    [
      "a slice with two",
      { metrics: [], slices: [slice, { ...slice, metrics: [metric("b"), metric("b")] }] },
      ["slices", "1", "metrics", "1", "name"],
    ],
    [
      "a slice with two intervals of one",
      { metrics: [], slices: [{ ...slice, intervals: [interval, interval] }] },
      ["slices", "0", "intervals", "1", "name"],
    ],
  ])("%s", async (_, said, path) => {
    const report = { reportType: "EVALUATION" as const, about: ["model"], ...said };
    const inputs = [{ role: "model", node: (await aModel(server)).id }];
    const act = () => record({ inputs, outputs: [{ role: "report", report } as FinishedOutputInput] });
    expect(await refusal(server, act)).toMatchObject(invalid("outputs", "0", "report", ...path));
  });
});

describe("a run that happened elsewhere", () => {
  test.each<[string, () => Partial<RecordRunInput>, string]>([
    ["ends before it starts", () => ({ startedAt: fromNow(-1_000), endedAt: fromNow(-2_000) }), "endedAt"],
    ["ends in the future", () => ({ endedAt: fromNow(10 * MINUTE_MS) }), "endedAt"],
    ["starts in the future", () => ({ startedAt: fromNow(10 * MINUTE_MS) }), "startedAt"],
    ["starts before there were clocks", () => ({ startedAt: "0000-01-01T00:00:00Z" }), "startedAt"],
  ])("is refused when it %s", async (_, times, field) => {
    const refused = await refusal(server, () => record(times()));
    expect(refused).toMatchObject(invalid(field));
    expect(refused.message).not.toContain("Too small");
  });

  test.each<[Partial<RecordRunInput>, boolean]>([
    [{}, true],
    [{ startedAt: fromNow(MINUTE_MS) }, true],
    [{ endedAt: fromNow(MINUTE_MS) }, false],
    [{ endedAt: "2020-01-01T00:00:00Z" }, false],
  ])("with the times %j has ended after it started", async (times, knowsStart) => {
    const { id } = await aRun(server, times);
    const query = "query A($id: ID!) { node(id: $id) { ... on Run { startedAt endedAt } } }";
    const { startedAt, endedAt } = (await server.gql(query, { id })).data.node;
    expect(startedAt !== null).toBe(knowsStart);
    expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt ?? endedAt));
  });

  test("has an output for each of its targets", async () => {
    const targets = [{ role: "out", namespace: "tests", name: unique("data") }];
    expect(await refusal(server, () => record({ targets }))).toMatchObject(invalid("targets", "0", "role"));
  });
});

test("a run has not succeeded without the outputs that its plugin must make", async () => {
  const { outputs } = aManifest();
  const { name } = await aPlugin(server, { outputs: { report: { ...outputs["report"]!, required: true } } });
  const run = await aQueuedRun(server, { plugin: name });
  const { token } = await anAttempt(server, run);
  const act = () => server.gql(FinishRunDocument, { input: { run, attempt: 1, outputs: [] } }, token);
  const refused = await refusal(server, act);
  expect(refused).toMatchObject(invalid("outputs"));
  expect(refused.message).toContain("report");
});

describe("a tagged whole number", () => {
  const recordSet = (value: unknown) =>
    server.gql(
      "mutation A($input: RecordHyperparameterSetInput!) { recordHyperparameterSet(input: $input) { hyperparameterSet { id } ledgerSeq userErrors { code path message } } }",
      { input: { parameters: { seeds: [1, value] } } },
    );

  test.each(["9223372036854775808", "-9223372036854775809", "9".repeat(30), "1.5", "-0", "", 7])(
    "is refused with %j",
    async (digits) => {
      const refused = await refusal(server, () => recordSet({ $int64: digits }));
      expect(refused).toMatchObject(invalid("parameters", "seeds", "1"));
    },
  );

  test.each(["9223372036854775807", "-9223372036854775808", "0"])("is kept: %s", async (digits) => {
    expect((await recordSet({ $int64: digits })).data.recordHyperparameterSet.userErrors).toEqual([]);
  });
});

test("a runner's token is made by enrolling it", async () => {
  const grants = [{ namespace: "*", roles: ["RUNNER" as const] }];
  const input = { agent: unique("runner"), kind: "RUNNER" as const, name: "n", grants };
  const refused = await refusal(server, () => server.gql(CreateTokenDocument, { input }));
  expect(refused).toMatchObject(invalid("kind"));
});

describe("where a repository is", () => {
  const recordAt = (url: string | null, name = unique("repository"), commit = "a".repeat(40)) =>
    server.gql(RecordCodeVersionDocument, { input: { namespace: "tests", name, url, commit } });

  test.each([
    "https://u:secret@h/x",
    "https://ghp_token@github.com/o/r",
    "ssh://git:secret@h/x",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "file:///srv/git/x",
    "/srv/git/x",
    "git@host://path",
    "u:secret@host:path",
  ])("is refused: %j", async (url) => {
    expect(await refusal(server, () => recordAt(url))).toMatchObject(invalid("url"));
  });

  test.each(["https://h/o/r.git", "http://h:8080/x", "ssh://git@h:22/x", "git://h/x", "git@h:o/r.git"])(
    "is taken: %s",
    async (url) => {
      expect((await recordAt(url)).data.recordCodeVersion.userErrors).toEqual([]);
    },
  );

  test("is what was told first", async () => {
    const name = unique("repository");
    const urls = [null, "https://h/first", "https://h/second", null];
    for (const [n, url] of urls.entries()) await recordAt(url, name, String(n).repeat(40));
    const query = "query A($of: String!) { codeVersions(nameContains: $of) { nodes { repository { url } } } }";
    const { nodes } = (await server.gql(query, { of: name })).data.codeVersions;
    expect(nodes).toEqual(urls.map(() => ({ repository: { url: "https://h/first" } })));
  });
});

describe("where data is", () => {
  test.each([
    "postgres://u:secret@h/db",
    "jdbc:postgresql://u:secret@h/db",
    "jdbc:postgresql://h/db?user=u&password=secret",
    "mongodb+srv://u:p@ss@h/db",
  ])("is refused with a password: %s", async (uri) => {
    const refused = await refusal(server, () => publish({ source: { uri, snapshot: "1" } }));
    expect(refused).toMatchObject(invalid("source", "uri"));
  });

  test.each(["s3://bucket/a:b@c", "postgres://u@h:5432/db?at=1@2", "jdbc:oracle:thin:@h:1521:x", "kafka:topic@4"])(
    "is taken in any scheme: %s",
    async (uri) => {
      expect((await publish({ source: { uri, snapshot: "1" } })).data.publishDatasetVersion.userErrors).toEqual([]);
    },
  );
});

describe("an input takes what its type says", () => {
  const schema = [{ name: "a", type: "DOUBLE" }];

  test("and what is nullable may be left out, or be null", async () => {
    const source = { uri: unique("s3://bucket/"), snapshot: "1" };
    const statistics = [{ column: "a", nulls: 0, distinctApprox: 1, mean: null }];
    const { data } = await publish({ source, files: null, schema, statistics, rows: null });
    expect(data.publishDatasetVersion.userErrors).toEqual([]);
    const { id } = data.publishDatasetVersion.datasetVersion!;
    const query =
      "query A($id: ID!) { node(id: $id) { ... on DatasetVersion { statistics { min max mean stddev } } } }";
    const none = { min: null, max: null, mean: null, stddev: null };
    expect((await server.gql(query, { id })).data.node).toEqual({ statistics: [none] });
  });

  test("and what names a version is its id or its key", async () => {
    const from = await aDataset(server);
    const { data } = await publish({ files: [await anArtifact(server)], derivedFrom: [from.key, from.id] });
    expect(data.publishDatasetVersion.userErrors).toEqual([]);
    const model = await aModel(server);
    const latest = `${model.namespace}/${model.name}@latest`;
    const used = await aRun(server, { inputs: [from.key, latest].map((node) => ({ role: "in", node })) });
    const query = "query A($id: ID!) { node(id: $id) { ... on Run { inputs { node { id } } } } }";
    const { inputs } = (await server.gql(query, { id: used.id })).data.node;
    expect(inputs.map((end: { node: { id: string } }) => end.node.id)).toEqual([from.id, model.id]);
  });

  test("but a key that names no version, or two", async () => {
    const { name, namespace, key } = await aDataset(server);
    await aModel(server, { namespace, name });
    const files = [await anArtifact(server)];
    for (const named of [`${namespace}/${name}`, "tests/none@1", `${key}0`, "no key"])
      expect(await refusal(server, () => publish({ files, derivedFrom: [named] }))).toMatchObject({
        code: "UNKNOWN_NODE",
        path: ["derivedFrom", "0"],
        grown: 0,
      });
    const twice = await refusal(server, () => record({ inputs: [{ role: "in", node: key }] }));
    expect(twice).toMatchObject(invalid("inputs", "0", "node"));
    const stranger = await server.tokenFor({ other: ["CONTRIBUTOR"] });
    const input = { namespace: "other", name, source: { uri: "x:y", snapshot: "1" }, derivedFrom: [key] };
    const hidden = await server.gql(PublishDatasetVersionDocument, { input }, stranger);
    expect(hidden.data.publishDatasetVersion.userErrors).toMatchObject([{ code: "UNKNOWN_NODE" }]);
  });
});
