import { canonicalJson } from "@clew/schema";
import {
  CancelRunDocument,
  ClaimRunDocument,
  DocumentOfLedgerDocument,
  FinishRunDocument,
  type FinishRunInput,
  LedgerEntriesDocument,
  type RecordRunInput,
  RecordRunDocument,
  RegisterPluginDocument,
  StartRunDocument,
  SubmitRunDocument,
  type SubmitRunInput,
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
  aRunner,
} from "../../../test/support/builders.ts";
import { refusal } from "../../../test/support/refusals.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { lineageOf, schemaOf } from "../../../test/support/wide-tables.ts";
import { loseAttempt } from "../features/runs/cancel-run.ts";

const NOWHERE = "Run:00000000-0000-7000-8000-000000000000";
const SCHEMA = [{ name: "x", type: "DOUBLE", nullable: true }];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const submit = (input: Partial<SubmitRunInput> & { plugin: string }) =>
  server.gql(SubmitRunDocument, { input: { namespace: "tests", ...input } });
const record = (input: Partial<RecordRunInput>) =>
  server.gql(RecordRunDocument, { input: { namespace: "tests", inputs: [], ...input } });

describe("a submitted run", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["of another type", { epochs: "ten" }, ["parameters", "epochs"]],
    ["out of range", { epochs: 101 }, ["parameters", "epochs"]],
    ["that the plugin does not know", { epoch: 1 }, ["parameters", "epoch"]],
    ["that every object has", JSON.parse('{"__proto__": 1}') as Record<string, unknown>, ["parameters", "__proto__"]],
  ])("is refused with a parameter %s", async (_, parameters, path) => {
    const { name } = await aPlugin(server);
    const refused = await refusal(server, () => submit({ plugin: name, parameters }));
    expect(refused).toMatchObject({ code: "PARAMETERS_INVALID", path, grown: 0 });
  });

  test("is told how to name what it lacks: a version, and what an output becomes a version of", async () => {
    const inputs = { data: { type: "DatasetVersion" as const, description: "Rows.", required: true, many: false } };
    const outputs = { table: { type: "DatasetVersion" as const, description: "Rows.", required: true } };
    const { name } = await aPlugin(server, { inputs, outputs });
    const { key } = await aDataset(server);
    const { data } = await submit({ plugin: name, inputs: [{ role: "data", node: key.split("@")[0]! }] });
    expect(data?.submitRun.userErrors.map(({ message }) => message)).toEqual([
      "data takes a DatasetVersion, not a Dataset; name one of its versions, as @1 or @latest",
      "say which Dataset the output table becomes a version of (clew run --output table=<namespace/name>)",
    ]);
  });

  test("is refused when no runner ever offered its plugin", async () => {
    const refused = await refusal(server, () => submit({ plugin: unique("nobody") }));
    expect(refused).toMatchObject({ code: "PLUGIN_UNKNOWN", path: ["plugin"], grown: 0 });
    const { name } = await aPlugin(server);
    const other = await refusal(server, () => submit({ plugin: name, pluginVersion: "2.0.0" }));
    expect(other).toMatchObject({ code: "PLUGIN_UNKNOWN", path: ["plugin"], grown: 0 });
  });

  test("waits, and says why, when no runner is there", async () => {
    const { name } = await aPlugin(server);
    const run = await aQueuedRun(server, { plugin: name });
    const { data } = await server.gql("query A($id: ID!) { node(id: $id) { ... on Run { state whyWaiting } } }", {
      id: run,
    });
    expect(data.node).toEqual({ state: "QUEUED", whyWaiting: expect.stringContaining(`no runner that hosts ${name}`) });
  });

  test.each<[string, () => Promise<Partial<SubmitRunInput>>, string, string[]]>([
    [
      "an input that names nothing",
      async () => ({ inputs: [{ role: "train", node: "tests/none@1" }] }),
      "UNKNOWN_NODE",
      ["inputs", "0", "node"],
    ],
    [
      "an input of another type",
      async () => ({ inputs: [{ role: "train", node: (await aModel(server)).id }] }),
      "WRONG_TYPE",
      ["inputs", "0", "node"],
    ],
    [
      "a role that every object has",
      async () => ({ inputs: [{ role: "constructor", node: (await aDataset(server)).id }] }),
      "INVALID_INPUT",
      ["inputs", "0", "role"],
    ],
    [
      "an output role that every object has",
      async () => ({ outputs: [{ role: "toString", key: "tests/a" }] }),
      "INVALID_INPUT",
      ["outputs", "0", "role"],
    ],
    [
      "an output that is no key",
      async () => ({ outputs: [{ role: "model", key: "no key" }] }),
      "INVALID_INPUT",
      ["outputs", "0", "key"],
    ],
    ["code that names nothing", async () => ({ code: NOWHERE }), "UNKNOWN_NODE", ["code"]],
    ["code that is none", async () => ({ code: (await aDataset(server)).id }), "WRONG_TYPE", ["code"]],
    ["a seed above 32 bits", async () => ({ seed: 2 ** 32 }), "INVALID_INPUT", ["seed"]],
    ["a name with a zero byte", async () => ({ name: "a\u0000" }), "INVALID_INPUT", ["name"]],
  ])("is refused with %s", async (_, makeInput, code, path) => {
    const { name } = await aPlugin(server);
    const input = await makeInput();
    expect(await refusal(server, () => submit({ plugin: name, ...input }))).toMatchObject({ code, path, grown: 0 });
  });
});

test("a plugin's parameters must be a JSON Schema", async () => {
  const manifest = aManifest({ parameters: { type: "nonsense" } });
  const refused = await refusal(server, () =>
    server.gql(RegisterPluginDocument, { input: { manifest: manifest as never } }),
  );
  expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["manifest", "parameters"], grown: 0 });
});

describe("an attempt", () => {
  const finish = (input: FinishRunInput, token: string) => server.gql(FinishRunDocument, { input }, token);
  const lose = async (run: string, attempt: number) => {
    const key = { principal: "Agent:test", mutation: "loseAttempt", idempotencyKey: unique("lost") };
    const recorded = await server.running.server.ledger.recorder.record({
      ...key,
      inputDigest: `sha256:${"0".repeat(64)}`,
      ...loseAttempt(run, attempt),
    });
    expect(recorded.ok).toBe(true);
  };

  test("that lost its lease may say as much as one that holds it", async () => {
    const run = await aQueuedRun(server);
    const { token } = await anAttempt(server, run);
    await lose(run, 1);
    const [files, columns] = [[await anArtifact(server)], schemaOf(10_000)];
    const datasetVersion = { files, schema: columns, rows: null, columnLineage: lineageOf(10_000, "raw") };
    const { data } = await finish({ run, attempt: 1, outputs: [{ role: "table", datasetVersion }] }, token);
    expect(data.finishRun.userErrors).toMatchObject([{ code: "LEASE_LOST" }]);
    const { ledgerEntries } = (await server.gql(LedgerEntriesDocument, { after: (await server.ledgerSize()) - 1 }))
      .data;
    const { said } = ledgerEntries.entries[0]!.payload as { said: { $document: string } };
    const told = (await server.gql(DocumentOfLedgerDocument, { digest: said.$document })).data.ledgerDocument;
    const { outputs } = told as { outputs: { datasetVersion: { schema: unknown } }[] };
    expect(JSON.stringify(outputs[0]!.datasetVersion.schema)).toBe(canonicalJson(columns));
  });

  test("that lost its lease is told so, and what it says is kept apart", async () => {
    const run = await aQueuedRun(server);
    const { token } = await anAttempt(server, run);
    await lose(run, 1);
    const { token: nextToken } = await anAttempt(server, run, undefined, 2);
    const start = () => server.gql(StartRunDocument, { input: { run, attempt: 1, environment: {} } }, token);
    expect(await refusal(server, start)).toMatchObject({ code: "LEASE_LOST", path: ["attempt"], grown: 0 });

    const before = await server.ledgerSize();
    const { data } = await finish({ run, attempt: 1, failure: aFailure("late words") }, token);
    expect(data.finishRun.userErrors).toMatchObject([{ code: "LEASE_LOST", path: ["attempt"] }]);
    const entries = await server.running.server.stores.database.ledger.entries(before, 10);
    expect(entries.map(({ type }) => type)).toEqual(["run.orphan-reported"]);
    expect(Buffer.from(entries[0]?.bytes ?? []).toString()).toContain("late words");
    // The attempt that holds the run now is not disturbed.
    const ended = await finish({ run, attempt: 2, outputs: [] }, nextToken);
    expect(ended.data.finishRun).toMatchObject({ userErrors: [], run: { state: "SUCCEEDED" } });
  });

  test("cannot be claimed twice, nor out of turn, nor for another runner", async () => {
    const run = await aQueuedRun(server);
    const [one, two] = [await aRunner(server), await aRunner(server)];
    const claim = (runner: string, token: string, attempt: number) =>
      server.gql(ClaimRunDocument, { input: { run, attempt, runner } }, token);
    const early = await refusal(server, () => claim(one.id, one.token, 2));
    expect(early).toMatchObject({ code: "RUN_NOT_QUEUED", path: ["run"], grown: 0 });
    const both = await Promise.all([claim(one.id, one.token, 1), claim(two.id, two.token, 1)]);
    expect(both.flatMap(({ data }) => data.claimRun.userErrors.map(({ code }) => code))).toEqual(["RUN_NOT_QUEUED"]);
    const size = await server.ledgerSize();
    expect((await claim(one.id, two.token, 2)).errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect(await server.ledgerSize()).toBe(size);
  });

  test.each([
    ["plugins", { plugins: ["another"] }],
    ["namespaces", { namespaces: ["another"] }],
    ["pools", { pools: ["another"] }],
  ])("is claimed only within the %s that its runner was enrolled for", async (_, scope) => {
    const run = await aQueuedRun(server);
    const { id, token } = await aRunner(server, scope);
    const claim = () => server.gql(ClaimRunDocument, { input: { run, attempt: 1, runner: id } }, token);
    expect(await refusal(server, claim)).toMatchObject({ code: "UNKNOWN_NODE", path: ["run"], grown: 0 });
  });

  test("of a run that was cancelled never changes it, and the run cannot be cancelled again", async () => {
    const run = await aQueuedRun(server);
    const { token } = await anAttempt(server, run);
    await server.gql(CancelRunDocument, { input: { run } });
    const late = await finish({ run, attempt: 1, outputs: [] }, token);
    expect(late.data.finishRun).toMatchObject({ run: { state: "CANCELLED" }, userErrors: [{ code: "LEASE_LOST" }] });
    const again = await refusal(server, () => server.gql(CancelRunDocument, { input: { run } }));
    expect(again).toMatchObject({ code: "RUN_FINAL", path: ["run"], grown: 0 });
  });

  test("cannot make two outputs of one role, nor outputs together with a failure", async () => {
    const run = await aQueuedRun(server, { outputs: [{ role: "data", key: `tests/${unique("data")}` }] });
    const { token } = await anAttempt(server, run);
    const files = [await anArtifact(server)];
    const output = { role: "data", datasetVersion: { files, schema: SCHEMA, rows: 1 } };
    const twice = await refusal(server, () => finish({ run, attempt: 1, outputs: [output, output] }, token));
    expect(twice).toMatchObject({ code: "INVALID_INPUT", path: ["outputs", "1", "role"], grown: 0 });
    const both = { run, attempt: 1, outputs: [output], failure: aFailure("both") };
    expect(await refusal(server, () => finish(both, token))).toMatchObject({ path: ["outputs"], grown: 0 });
    const empty = { run, attempt: 1, outputs: [{ role: "data" }] };
    expect(await refusal(server, () => finish(empty, token))).toMatchObject({ path: ["outputs", "0"], grown: 0 });
  });
});

describe("a run that happened elsewhere", () => {
  test("cannot have made what it used", async () => {
    const { id, name } = await aDataset(server, { files: [await anArtifact(server, Buffer.from("the same"))] });
    const outputs = [
      {
        role: "out",
        datasetVersion: { files: [await anArtifact(server, Buffer.from("the same"))], schema: [], rows: null },
      },
    ];
    const targets = [{ role: "out", namespace: "tests", name }];
    const refused = await refusal(server, () => record({ inputs: [{ role: "in", node: id }], targets, outputs }));
    expect(refused).toMatchObject({ code: "LINEAGE_CYCLE", path: ["outputs"], grown: 0 });
  });

  test.each<[string, () => Promise<Partial<RecordRunInput>>, string, string[]]>([
    [
      "an input that names nothing",
      async () => ({ inputs: [{ role: "in", node: NOWHERE }] }),
      "UNKNOWN_NODE",
      ["inputs", "0", "node"],
    ],
    [
      "an input that is no version",
      async () => ({ inputs: [{ role: "in", node: (await aRun(server)).id }] }),
      "WRONG_TYPE",
      ["inputs", "0", "node"],
    ],
    [
      "two outputs for one asset",
      async () => ({ targets: ["a", "b"].map((role) => ({ role, namespace: "tests", name: "one" })) }),
      "INVALID_INPUT",
      ["targets"],
    ],
    [
      "an output that goes nowhere",
      async () => ({
        outputs: [{ role: "x", datasetVersion: { files: [await anArtifact(server)], schema: [], rows: 1 } }],
      }),
      "INVALID_INPUT",
      ["outputs", "0", "role"],
    ],
  ])("is refused with %s", async (_, makeInput, code, path) => {
    const input = await makeInput();
    expect(await refusal(server, () => record(input))).toMatchObject({ code, path, grown: 0 });
  });

  test("keeps metrics that are no finite numbers", async () => {
    const values = [Number.NaN, Infinity, -Infinity, 5e-324, 0.1, -1e300];
    const metrics = values.map((value, n) => ({
      name: `m${n}`,
      value: Number.isFinite(value) ? value : String(value),
    }));
    const { id } = await aModel(server, { metrics });
    const text = "query A($id: ID!) { node(id: $id) { ... on ModelVersion { metrics { name value } } } }";
    expect((await server.gql(text, { id })).data.node.metrics).toEqual(metrics);
    await expect(aModel(server, { metrics: [{ name: "m", value: "nan" }] })).rejects.toThrow(/MetricValue/);
  });
});

function aFailure(message: string) {
  return { type: "PLUGIN_ERROR" as const, message, retryable: false };
}
