import { type ExecutionResult, getOperationAST, type GraphQLSchema, Kind, parse } from "graphql";
import { newInferenceId } from "@clew/schema";
import * as documents from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  aDataset,
  aManifest,
  aModel,
  anArtifact,
  anAttempt,
  aPlugin,
  aQueuedRun,
} from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { emptySchema } from "./server-schema.ts";

const SIGNATURE = { inputs: [{ name: "x", type: "DOUBLE" }], outputs: [{ name: "y", type: "DOUBLE" }] };

let server: TestServer;
let schema: GraphQLSchema;
const called = new Set<string>();
/** They need NATS (test/dead-letters.test.ts, test/labels.test.ts, test/observations.test.ts), and a large value (wide-tables.test.ts). */
const ELSEWHERE = new Set([
  "query deadLetters",
  "mutation resendDeadLetter",
  "mutation recordLabels",
  "mutation openObservations",
  "mutation settleObservations",
  "query ledgerDocument",
]);
beforeAll(async () => {
  server = await startTestServer();
  schema = await emptySchema();
});
afterAll(() => server.stop());

/** Executes an operation that must succeed, and remembers its root fields as called. */
async function call<Data, Asked>(
  document: documents.TypedDocumentString<Data, Asked>,
  variables: Asked,
  token?: string,
): Promise<Data> {
  const { data, errors, text } = await server.gql(document, variables, token);
  expect(errors, text).toEqual([]);
  const operation = getOperationAST(parse(String(document)))!;
  for (const selection of operation.selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) throw new Error("an operation's root has fields only");
    const value = (data as NonNullable<ExecutionResult["data"]>)[selection.name.value];
    expect((value as { userErrors?: unknown } | null)?.userErrors ?? [], text).toEqual([]);
    expect(value, text).not.toBeNull();
    called.add(`${operation.operation} ${selection.name.value}`);
  }
  return data;
}

const untyped = (text: string) => new documents.TypedDocumentString<never, Record<string, unknown>>(text);

test("every query and mutation of the schema works against a live server", async () => {
  const namespace = unique("tour");
  // Who may do what.
  const grants = [{ namespace: "*", roles: ["CONTRIBUTOR" as const] }];
  const made = await call(documents.CreateTokenDocument, {
    input: { agent: "tour", kind: "SERVICE", name: "tour", grants },
  });
  expect((await call(documents.TokensDocument, {})).tokens.map(({ id }) => id)).toContain(made.createToken.token);
  await call(documents.RevokeTokenDocument, { input: { token: made.createToken.token! } });
  const agent = made.createToken.agent!.id;
  expect((await call(documents.PersonalDataDocument, { agent })).personalData).toHaveLength(2);
  await call(documents.ErasePersonalDataDocument, { input: { agent, reason: "tour" } });

  const { viewer } = await call(documents.ViewerDocument, {});
  expect(viewer).toMatchObject({ grants: [{ namespace: "*", roles: ["ADMIN"] }], run: null });
  const listed = (await call(documents.TokensDocument, {})).tokens.find(({ id }) => id === made.createToken.token);
  expect(listed?.grants).toEqual(grants);

  // The catalogue.
  const file = await anArtifact(server, Buffer.from("a,b\n1,2\n"), "part.csv");
  const files = [file];
  const { publishDatasetVersion } = await call(documents.PublishDatasetVersionDocument, {
    input: { namespace, name: "rows", files, schema: [{ name: "a", type: "BIGINT" }], rows: 1 },
  });
  const dataset = publishDatasetVersion.datasetVersion!;
  expect((await call(documents.DatasetByKeyDocument, { key: `${namespace}/rows` })).dataset?.key).toBe(
    `${namespace}/rows`,
  );
  const byKey = await call(documents.DatasetVersionByKeyDocument, { key: `${namespace}/rows@latest` });
  expect(byKey.datasetVersion?.id).toBe(dataset.id);
  expect((await call(documents.DatasetsDocument, { namespace })).datasets.nodes).toHaveLength(1);
  const uses = untyped("query A($digest: String!) { fileUses(digest: $digest) { path version { id } } }");
  expect(await call(uses, { digest: file.digest })).toEqual({
    fileUses: [{ path: "part.csv", version: { id: dataset.id } }],
  });
  const code = { namespace, name: "repo", commit: "c0ffee".repeat(6) + "c0ff" };
  const { recordCodeVersion } = await call(documents.RecordCodeVersionDocument, { input: code });
  const codes = await call(
    untyped(
      "query A($namespace: String!) { codeVersions(namespace: $namespace) { nodes { id commit repository { name } } } }",
    ),
    { namespace },
  );
  expect(codes).toEqual({
    codeVersions: {
      nodes: [{ id: recordCodeVersion.codeVersion!.id, commit: code.commit, repository: { name: "repo" } }],
    },
  });
  await call(documents.RecordEnvironmentDocument, { input: { values: { node: "24" } } });
  await call(documents.RecordHyperparameterSetDocument, { input: { parameters: { epochs: 3 } } });

  expect((await call(documents.DatasetVersionsDocument, { namespace })).datasetVersions.nodes).toHaveLength(1);
  expect((await call(documents.CodeRepositoriesDocument, { namespace })).codeRepositories.nodes).toHaveLength(1);
  expect((await call(documents.CodeVersionsDocument, { namespace })).codeVersions.nodes).toHaveLength(1);
  expect((await call(documents.EnvironmentsDocument, {})).environments.nodes).toHaveLength(1);
  expect((await call(documents.HyperparameterSetsDocument, {})).hyperparameterSets.nodes).toHaveLength(1);
  const { agents } = await call(documents.AgentsDocument, { kinds: ["USER"] });
  expect(agents.nodes.map(({ name }) => name)).toEqual(["administrator"]);

  // A run that a runner executes.
  const manifest = aManifest();
  const { enrolRunner } = await call(documents.EnrolRunnerDocument, { input: { name: unique("runner") } });
  const [runner, secret] = [enrolRunner.runner!.id, enrolRunner.secret!];
  await call(documents.RegisterPluginDocument, { input: { manifest: manifest as never } }, secret);
  expect((await call(documents.PluginsDocument, {})).plugins.nodes[0]?.name).toBe(manifest.name);
  expect((await call(documents.RunnersDocument, {})).runners.nodes[0]?.id).toBe(runner);
  const submit = (name: string) =>
    call(documents.SubmitRunDocument, {
      input: {
        namespace,
        name,
        plugin: manifest.name,
        parameters: { epochs: 2 },
        inputs: [{ role: "train", node: `${namespace}/rows@1` }],
        outputs: [{ role: "model", key: `${namespace}/model` }],
        code: recordCodeVersion.codeVersion!.id,
      },
    });
  const run = (await submit("train")).submitRun.run!.id;
  const { claimRun } = await call(documents.ClaimRunDocument, { input: { run, attempt: 1, runner } }, secret);
  const token = claimRun.token!;
  expect(claimRun.run?.inputs).toContainEqual(expect.objectContaining({ role: "train" }));
  await call(documents.StartRunDocument, { input: { run, attempt: 1, environment: { os: "linux" } } }, token);
  const model = { files, format: "onnx", signature: SIGNATURE, metrics: [{ name: "auc", value: 0.9 }] };
  const report = { reportType: "EVALUATION" as const, about: ["train"], metrics: [{ name: "auc", value: 0.9 }] };
  const finished = await call(
    documents.FinishRunDocument,
    {
      input: {
        run,
        attempt: 1,
        outputs: [
          { role: "model", modelVersion: model },
          { role: "report", report },
        ],
      },
    },
    token,
  );
  expect(finished.finishRun.run?.state).toBe("SUCCEEDED");
  expect((await call(documents.RunDocument, { id: run })).node).toMatchObject({ id: run, state: "SUCCEEDED" });
  const cancelled = (await submit("cancelled")).submitRun.run!.id;
  await call(documents.CancelRunDocument, { input: { run: cancelled } });
  const runs = await call(untyped("query A { runs(states: [CANCELLED]) { nodes { id } } }"), {});
  expect(runs).toEqual({ runs: { nodes: [{ id: cancelled }] } });
  const reports = await call(
    untyped("query A { reports { nodes { name run { id } about { role node { id } } } } }"),
    {},
  );
  expect(reports).toEqual({
    reports: { nodes: [{ name: "report", run: { id: run }, about: [{ role: "train", node: { id: dataset.id } }] }] },
  });
  expect((await call(documents.ModelByKeyDocument, { key: `${namespace}/model` })).model?.key).toBe(
    `${namespace}/model`,
  );
  const version = (await call(documents.ModelVersionByKeyDocument, { key: `${namespace}/model@1` })).modelVersion!;
  expect((await call(documents.ModelVersionsDocument, { namespace })).modelVersions.nodes[0]?.key).toBe(version.key);
  expect((await call(documents.ModelsDocument, { namespace })).models.nodes[0]?.key).toBe(`${namespace}/model`);
  expect((await call(documents.SearchDocument, { text: manifest.name })).search.nodes).toHaveLength(1);

  // A model version goes live.
  const [endpoint, reason] = [`${namespace}/live`, "tour"];
  await call(documents.DecideDocument, { input: { about: version.id, decisionType: "APPROVAL", reason } });
  await call(documents.CreateEndpointDocument, { input: { namespace, name: "live" } });
  for (let n = 0; n < 2; n++) {
    const { deploy } = await call(documents.DeployDocument, {
      input: { endpoint, serves: [{ modelVersion: version.id }], reason },
    });
    await call(documents.ReportDeploymentDocument, { input: { deployment: deploy.deployment!.id } });
  }
  await reportOfAService(namespace, endpoint);
  await call(documents.SuspendDeploymentDocument, { input: { endpoint, reason } });
  await call(documents.ResumeDeploymentDocument, { input: { endpoint, reason } });
  await call(documents.RollBackDocument, { input: { endpoint, toVersion: 1, reason } });
  const served = (await call(documents.EndpointDocument, { key: endpoint })).endpoint!;
  expect([served.activeDeployment?.key, served.wantedDeployment?.key]).toEqual([`${endpoint}@2`, `${endpoint}@3`]);
  const inference = newInferenceId({ deployment: served.activeDeployment!.id, place: 0, at: Date.now() });
  expect((await call(documents.InferenceDocument, { id: inference })).inference?.model).not.toBeNull();
  expect((await call(documents.EndpointsDocument, { namespace })).endpoints.nodes).toHaveLength(1);
  expect((await call(documents.DeploymentDocument, { key: `${endpoint}@latest` })).deployment?.state).toBe("PENDING");
  const active = await call(documents.DeploymentsDocument, { namespace, states: ["ACTIVE"] });
  expect(active.deployments.nodes.map(({ key }) => key)).toEqual([`${endpoint}@2`]);
  expect((await call(documents.DecisionsDocument, { namespace })).decisions.nodes).toHaveLength(6);
  const raise = { about: served.activeDeployment!.id, cause: "tour", message: "tour" };
  const { raiseAlert } = await call(documents.RaiseAlertDocument, { input: raise });
  const alert = raiseAlert.alert!.id;
  await call(documents.AcknowledgeAlertDocument, { input: { alert } });
  await call(documents.ResolveAlertDocument, { input: { alert, resolution: "tour" } });
  expect((await call(documents.AlertsDocument, { namespace, states: ["RESOLVED"] })).alerts.nodes).toHaveLength(1);

  // What it is for.
  const owner = { name: unique("desk"), kind: "TEAM" as const };
  const kpis = [{ name: "accepted", unit: "%", direction: "HIGHER" as const, target: 90, baseline: null }];
  const useCase = `${namespace}/use`;
  await call(documents.CreateUseCaseDocument, {
    input: { namespace, name: "use", purpose: "tour", owner, riskTier: "MINIMAL", kpis },
  });
  await call(documents.ChangeUseCaseDocument, { input: { useCase, state: "ACTIVE" } });
  await call(documents.SetUseCaseDocument, { input: { of: endpoint, useCase } });
  const month = { from: "2026-10-01T00:00:00Z", to: "2026-11-01T00:00:00Z" };
  await call(documents.RecordKpiDocument, { input: { useCase, kpi: "accepted", value: 91, ...month } });
  expect((await call(documents.UseCaseDocument, { key: useCase })).useCase?.state).toBe("ACTIVE");
  expect((await call(documents.UseCasesDocument, { namespace })).useCases.nodes).toHaveLength(1);
  const { inventory } = await call(documents.InventoryDocument, { namespaces: [namespace] });
  await call(documents.UnassignedDeploymentsDocument, { namespaces: [namespace] });
  expect(inventory.rows[0]).toMatchObject({ endpoints: [{ key: endpoint }], kpis: [{ last: { value: 91 } }] });

  // A pipeline, and a second run of it that takes the first one's step over.
  const definition = { steps: { look: { type: "run", plugin: manifest.name } } };
  const { publishPipelineVersion } = await call(documents.PublishPipelineVersionDocument, {
    input: { namespace, name: "steps", definition: definition as never },
  });
  const pipeline = publishPipelineVersion.pipelineVersion!.key;
  const { startPipeline } = await call(documents.StartPipelineDocument, { input: { pipeline } });
  const started = startPipeline.run!.id;
  await call(documents.RerunPipelineDocument, { input: { run: started, steps: ["look"] } });
  expect((await call(documents.PipelineRunDocument, { id: started })).node).toMatchObject({
    steps: [{ name: "look" }],
  });
  expect((await call(documents.PipelineDocument, { key: `${namespace}/steps` })).pipeline?.latestVersion).toBe(1);
  expect((await call(documents.PipelineVersionDocument, { key: pipeline })).pipelineVersion?.definition).toMatchObject(
    definition,
  );
  expect((await call(documents.PipelinesDocument, { namespace })).pipelines.nodes).toHaveLength(1);
  expect((await call(documents.PipelineVersionsDocument, { namespace })).pipelineVersions.nodes).toHaveLength(1);

  // What is done when something happens.
  const onHand = { on: { hand: {} }, do: [{ ask: { about: endpoint } }] } as never;
  const trigger = `${namespace}/press`;
  await call(documents.CreateTriggerDocument, { input: { namespace, name: "press", definition: onHand } });
  await call(documents.ChangeTriggerDocument, { input: { trigger, definition: onHand } });
  await call(documents.SetTriggerStateDocument, { input: { trigger, state: "DISABLED" } });
  await call(documents.FireTriggerDocument, { input: { trigger } });
  expect((await call(documents.TriggerDocument, { key: trigger })).trigger?.firings.nodes).toHaveLength(1);
  expect((await call(documents.TriggersDocument, { namespace })).triggers.nodes).toHaveLength(1);

  // What is said of things.
  const asset = `${namespace}/model`;
  await call(documents.SetAliasDocument, { input: { asset, alias: "production", version: 1, expectedVersion: 0 } });
  const production = { key: `${namespace}/model@production` };
  expect((await call(documents.ResolveKeyDocument, production)).find).toEqual([{ id: version.id }]);
  await call(documents.DeleteAliasDocument, { input: { asset, alias: "production", expectedVersion: 1 } });
  await call(documents.SetTagDocument, { input: { node: version.id, key: "team", value: "red" } });
  await call(documents.DeleteTagDocument, { input: { node: version.id, key: "team" } });

  // A run from elsewhere, and what all of it is made of.
  await call(documents.RecordRunDocument, { input: { namespace, inputs: [{ role: "model", node: version.id }] } });
  const { lineage } = await call(documents.LineageDocument, { node: version.id });
  expect(lineage.edges.map(({ node }) => node.id)).toEqual(expect.arrayContaining([run, dataset.id]));
  expect((await call(documents.LineageCountsDocument, { node: version.id })).lineageCounts.total).toBe(
    lineage.edges.length,
  );
  const { columnUses } = await call(documents.ColumnUsesDocument, { dataset: dataset.id, column: "a" });
  expect(columnUses.untold.map(({ id }) => id)).toContain(version.id);
  const { nodeHistory } = await call(documents.NodeHistoryDocument, { id: version.id });
  expect(nodeHistory?.nodes.at(-1)).toMatchObject({ type: "model-version.registered", by: { id: runner } });
  const { lineagePaths } = await call(documents.LineagePathsDocument, { from: version.id, to: dataset.id });
  expect(lineagePaths[0]?.nodes.map(({ id }) => id)).toEqual([version.id, run, dataset.id]);

  // Who outside is told.
  const input = { namespace, url: "https://example.com/hook" };
  const { webhook } = (await call(documents.CreateWebhookDocument, { input })).createWebhook;
  expect((await call(documents.WebhooksDocument, {})).webhooks).toMatchObject([{ id: webhook, ...input, failures: 0 }]);
  await call(documents.EnableWebhookDocument, { input: { webhook: webhook! } });
  await call(documents.DeleteWebhookDocument, { input: { webhook: webhook! } });

  // The record itself.
  const record = untyped(`query A {
    ledger { ledgerId size readOnly }
    ledgerEntries(first: 1) { entries { seq type } endSeq hasMore }
    followers { name halted }
    verifyLedger { ok records { ok firstFault { table id field reason } } }
    ledgerVerification { isRunning }
  }`);
  expect(await call(record, {})).toEqual({
    ledger: { ledgerId: expect.any(String), size: await server.ledgerSize(), readOnly: null },
    ledgerEntries: { entries: [{ seq: 1, type: "token.created" }], endSeq: 1, hasMore: true },
    followers: [
      { name: "graph", halted: null },
      { name: "pipelines", halted: null },
      { name: "triggers", halted: null },
    ],
    verifyLedger: { ok: true, records: { ok: true, firstFault: null } },
    ledgerVerification: { isRunning: expect.any(Boolean) },
  });
  const grown = await call(documents.LedgerConsistencyDocument, { first: 1, second: 2 });
  expect(grown.ledgerConsistency.path).toHaveLength(1);
  await vi.waitFor(() => call(untyped("query A { ledgerProof(seq: 1) { seq path root } }"), {}), { timeout: 10_000 });
  const rebuild = untyped("mutation A { rebuildGraph { ledgerSeq userErrors { code } } }");
  const { rebuildGraph } = (await call(rebuild, {})) as { rebuildGraph: { ledgerSeq: number } };
  const again = untyped("query A($id: ID!, $minSeq: SafeInt) { lineageCounts(node: $id, minSeq: $minSeq) { total } }");
  expect(await call(again, { id: version.id, minSeq: rebuildGraph.ledgerSeq })).toEqual({
    lineageCounts: { total: lineage.edges.length },
  });

  const roots = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) =>
    Object.keys(type.getFields()).map((field) => `${type.name.toLowerCase()} ${field}`),
  );
  expect(roots.filter((root) => !called.has(root) && !ELSEWHERE.has(root))).toEqual([]);
});

/** A service may report on the way of what its endpoint serves. */
async function reportOfAService(namespace: string, endpoint: string): Promise<void> {
  const { name: plugin } = await aPlugin(server, { kind: "service", runType: "MONITORING", inputs: {}, outputs: {} });
  const run = await aQueuedRun(server, { namespace, plugin, endpoint });
  const { token } = await anAttempt(server, run);
  const served = (await call(documents.EndpointDocument, { key: endpoint })).endpoint!;
  const input = {
    run,
    attempt: 1,
    name: "x",
    about: [served.activeDeployment!.id],
    reportType: "DRIFT" as const,
    metrics: [],
  };
  expect((await call(documents.AddReportDocument, { input }, token)).addReport.report).not.toBeNull();
}

test("a list's cursor survives what is published in between", async () => {
  const namespace = unique("pages");
  for (let n = 0; n < 3; n++) await aDataset(server, { namespace, name: `d${n}` });
  const text = `query A($namespace: String!, $after: String) {
    datasets(namespace: $namespace, first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } totalCount { count isExact } }
  }`;
  const first = (await server.gql(text, { namespace })).data.datasets;
  await aDataset(server, { namespace, name: "newer" });
  const next = (await server.gql(text, { namespace, after: first.pageInfo.endCursor })).data.datasets;
  expect([...first.nodes, ...next.nodes].map(({ name }: { name: string }) => name)).toEqual(["d2", "d1", "d0"]);
  expect(next).toMatchObject({ pageInfo: { hasNextPage: false }, totalCount: { count: 4, isExact: true } });
});

test.each(["x", "W10", "WyJhIiwiYiIsImMiXQ", "bnVsbA"])("a cursor that no list made is refused: %s", async (after) => {
  const { id } = await aModel(server);
  const fields = ["datasets(after: $after) { nodes { id } }", "lineage(node: $id, after: $after) { edges { depth } }"];
  for (const field of fields) {
    const { errors } = await server.gql(`query A($after: String, $id: ID!) { node(id: $id) { id } ${field} }`, {
      after,
      id,
    });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_CURSOR", path: ["after"] } }]);
  }
});
