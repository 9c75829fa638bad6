import {
  CancelRunDocument,
  CreateEndpointDocument,
  CreateTokenDocument,
  DecideDocument,
  DeployDocument,
  ErasePersonalDataDocument,
  FinishRunDocument,
  RaiseAlertDocument,
  RecordCodeVersionDocument,
  RecordEnvironmentDocument,
  RecordHyperparameterSetDocument,
  ReportDeploymentDocument,
  ResolveAlertDocument,
  StartRunDocument,
} from "@clew/schema/graphql";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gqlOf } from "../../../test/support/answer.ts";
import { aDataset, aModel, anAttempt, aPlugin, aQueuedRun, aRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

/** All that is listed is in here, but for what is in no namespace and what nobody here may read. */
const namespace = unique("lists");
const elsewhere = unique("elsewhere");
let server: TestServer;
/** The same server, asked by somebody else than the administrator. */
let service: TestServer & { readonly id: string; readonly name: string };
/** Ids by what the tests call the things. */
const ids: Record<string, string> = {};
/** When half of them had been recorded. */
let noon = "";

beforeAll(async () => {
  server = await startTestServer();
  service = await aService();
  await publish("early", service);
  await sleep(5);
  noon = new Date().toISOString();
  await sleep(5);
  await publish("late", server);
  await runAndServe();
});
afterAll(() => server.stop());

async function aService() {
  const name = unique("service");
  const input = {
    agent: name,
    kind: "SERVICE" as const,
    name: "test",
    grants: [{ namespace: "*", roles: ["APPROVER" as const] }],
  };
  const { agent, secret } = (await server.gql(CreateTokenDocument, { input })).data!.createToken;
  return { ...server, gql: gqlOf(server.url, secret!), id: agent!.id, name };
}

/** One of each, under this name. */
async function publish(name: string, by: TestServer): Promise<void> {
  const { gql } = by;
  ids[`${name} data`] = (await aDataset(by, { namespace, name: `${name} rows` })).id;
  const model = await aModel(by, { namespace, name, from: [ids[`${name} data`]!] });
  [ids[`${name} model`], ids[`${name} run`]] = [model.id, model.run];
  ids[`${name} elsewhere`] = (await aModel(by, { namespace: elsewhere, name })).id;
  const commit = `${name === "early" ? "0ddc0ffee" : "beefc0ffee"}`.padEnd(40, "0");
  const code = await gql(RecordCodeVersionDocument, { input: { namespace, name, commit } });
  ids[`${name} code`] = code.data!.recordCodeVersion.codeVersion!.id;
  const endpoint = await gql(CreateEndpointDocument, { input: { namespace, name, requiresApproval: false } });
  ids[`${name} endpoint`] = endpoint.data!.createEndpoint.endpoint!.id;
  const set = await gql(RecordHyperparameterSetDocument, { input: { parameters: { name } } });
  ids[`${name} set`] = set.data!.recordHyperparameterSet.hyperparameterSet!.id;
  const environment = await gql(RecordEnvironmentDocument, { input: { values: { name, of: "environment" } } });
  ids[`${name} environment`] = environment.data!.recordEnvironment.environment!.id;
  const serves = [{ modelVersion: model.id }];
  const deployed = await gql(DeployDocument, { input: { endpoint: `${namespace}/${name}`, serves, reason: name } });
  ids[`${name} deployment`] = deployed.data!.deploy.deployment!.id;
  const severity = name === "early" ? ("CRITICAL" as const) : ("WARNING" as const);
  const alert = await gql(RaiseAlertDocument, { input: { about: model.id, cause: name, message: name, severity } });
  ids[`${name} alert`] = alert.data!.raiseAlert.alert!.id;
  const decisionType = name === "early" ? ("APPROVAL" as const) : ("REJECTION" as const);
  const decided = await gql(DecideDocument, { input: { about: model.id, decisionType, reason: name } });
  ids[`${name} decision`] = decided.data!.decide.decision!.id;
}

async function runAndServe(): Promise<void> {
  const [training, scoring] = [await aPlugin(server), await aPlugin(server, { runType: "SCORING" })];
  const serving = await aPlugin(server, { kind: "service", runType: "SERVING", inputs: {}, outputs: {} });
  const triggeredBy = [ids["late alert"]!, ids["early alert"]!];
  ids["training"] = await aQueuedRun(service, { namespace, plugin: training.name, triggeredBy });
  ids["scoring"] = await aQueuedRun(server, { namespace, plugin: scoring.name, triggeredBy: [ids["late alert"]!] });
  ids["serving"] = await aQueuedRun(server, { namespace, plugin: serving.name, endpoint: `${namespace}/late` });
  ids["scoring plugin"] = scoring.name;
  await server.gql(CancelRunDocument, { input: { run: ids["scoring"]! } });
  await server.gql(ReportDeploymentDocument, { input: { deployment: ids["late deployment"]! } });
  await server.gql(ResolveAlertDocument, { input: { alert: ids["late alert"]!, resolution: "done" } });
  for (const [name, reportType, verdict, about] of [
    ["passed", "EVALUATION", "PASS", ["data", "model"]],
    ["failed", "DATA_VALIDATION", "FAIL", ["data"]],
    ["undecided", "DRIFT", null, ["data"]],
  ] as const) {
    const inputs = [
      { role: "data", node: ids["late data"]! },
      { role: "model", node: ids["late model"]! },
    ];
    const report = { reportType, verdict, about: [...about], metrics: [] };
    const run = await aRun(server, { namespace, name, inputs, outputs: [{ role: "report", report }] });
    [ids[name], ids[`${name} run`]] = [run.outputs["report"]!, run.id];
  }
  const judging = await aPlugin(server, { runType: "EVALUATION" });
  ids["judging run"] = await aQueuedRun(server, {
    namespace,
    plugin: judging.name,
    inputs: [{ role: "train", node: ids["late data"]! }],
  });
  const { token } = await anAttempt(server, ids["judging run"]);
  await server.gql(StartRunDocument, { input: { run: ids["judging run"], attempt: 1, environment: {} } }, token);
  const report = { reportType: "DRIFT" as const, about: ["train"], metrics: [] };
  const outputs = [{ role: "report", report }];
  const finished = await server.gql(
    FinishRunDocument,
    { input: { run: ids["judging run"], attempt: 1, outputs } },
    token,
  );
  ids["judged"] = finished.data!.finishRun.run!.outputs[0]!.node.id;
  ids["judging plugin"] = judging.name;
}

/** What a list holds, by what the tests call it, oldest first. */
async function listed(list: string, args: string, by: TestServer = server): Promise<string[]> {
  const where = OF_NO_NAMESPACE.has(list) ? "" : `namespace: "${namespace}"`;
  const query = `{ ${list}(orderBy: OLDEST ${where} ${args}) { nodes { id } totalCount { count } } }`;
  const { data, text } = await by.gql(query, {});
  if (!data) throw new Error(text);
  expect(data[list].totalCount.count).toBe(data[list].nodes.length);
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  return data[list].nodes.flatMap(({ id }: { id: string }) => names.get(id) ?? []);
}
const OF_NO_NAMESPACE = new Set(["hyperparameterSets", "environments", "agents", "runners", "plugins"]);

describe("a list is of", () => {
  const EVERY = {
    runs: [
      "early run",
      "late run",
      "training",
      "scoring",
      "serving",
      "passed run",
      "failed run",
      "undecided run",
      "judging run",
    ],
    reports: ["passed", "failed", "undecided", "judged"],
    alerts: ["early alert", "late alert"],
    decisions: ["early decision", "late decision"],
    deployments: ["early deployment", "late deployment"],
    endpoints: ["early endpoint", "late endpoint"],
    codeVersions: ["early code", "late code"],
    datasetVersions: ["early data", "late data"],
    modelVersions: ["early model", "late model"],
    hyperparameterSets: ["early set", "late set"],
    environments: ["early environment", "late environment"],
  };

  test.each(Object.entries(EVERY))("everything: %s", async (list, every) => {
    expect(await listed(list, "")).toEqual(every);
  });

  test.each<[keyof typeof EVERY, () => string, string[]]>([
    ["runs", () => "runTypes: [SCORING, TRAINING]", ["training", "scoring"]],
    ["runs", () => "kinds: [SERVICE]", ["serving"]],
    ["runs", () => `plugin: "${ids["scoring plugin"]}"`, ["scoring"]],
    ["runs", () => `agent: "${service.id}"`, ["early run", "training"]],
    ["runs", () => `agent: "${service.name}"`, ["early run", "training"]],
    ["runs", () => "states: [CANCELLED]", ["scoring"]],
    ["runs", () => "states: [CANCELLED, QUEUED], kinds: [TASK]", ["training", "scoring"]],
    ["runs", () => `triggeredBy: "${ids["early alert"]}"`, ["training"]],
    ["runs", () => `triggeredBy: "${ids["late alert"]}"`, ["training", "scoring"]],
    ["reports", () => "reportTypes: [DRIFT, EVALUATION]", ["passed", "undecided", "judged"]],
    ["reports", () => "verdicts: [FAIL]", ["failed"]],
    ["reports", () => `about: "${ids["late model"]}"`, ["passed"]],
    ["reports", () => `about: "${namespace}/late rows@1", verdicts: [FAIL]`, ["failed"]],
    ["reports", () => `run: "${ids["failed run"]}"`, ["failed"]],
    ["reports", () => `plugin: "${ids["judging plugin"]}"`, ["judged"]],
    ["alerts", () => "states: [OPEN]", ["early alert"]],
    ["alerts", () => "severities: [WARNING]", ["late alert"]],
    ["alerts", () => `about: "${ids["late model"]}"`, ["late alert"]],
    ["alerts", () => `agent: "${service.id}"`, ["early alert"]],
    ["decisions", () => "decisionTypes: [APPROVAL]", ["early decision"]],
    ["decisions", () => `about: "${ids["late model"]}"`, ["late decision"]],
    ["decisions", () => `agent: "${service.id}"`, ["early decision"]],
    ["deployments", () => "states: [ACTIVE]", ["late deployment"]],
    ["deployments", () => `endpoint: "${namespace}/early"`, ["early deployment"]],
    ["deployments", () => `agent: "${service.id}"`, ["early deployment"]],
    ["endpoints", () => `agent: "${service.id}"`, ["early endpoint"]],
    ["codeVersions", () => `repository: "${namespace}/late"`, ["late code"]],
    ["codeVersions", () => `agent: "${service.id}"`, ["early code"]],
    ["datasetVersions", () => `dataset: "${namespace}/late rows"`, ["late data"]],
    ["datasetVersions", () => `agent: "${service.id}"`, ["early data"]],
    ["modelVersions", () => `model: "${namespace}/late"`, ["late model"]],
    ["modelVersions", () => "states: [APPROVED]", ["early model"]],
  ])("some %s only: %s", async (list, args, found) => {
    expect(await listed(list, args())).toEqual(found);
  });

  test.each(Object.entries(EVERY))("what was recorded in a time: %s", async (list, every) => {
    const early = every.filter((name) => name.startsWith("early"));
    expect(await listed(list, `since: "${noon}"`)).toEqual(every.filter((name) => !early.includes(name)));
    expect(await listed(list, `until: "${noon}"`)).toEqual(early);
    expect(await listed(list, `since: "${noon}", until: "${noon}"`)).toEqual([]);
  });

  test.each([
    ["runs", "states"],
    ["runs", "runTypes"],
    ["runs", "kinds"],
    ["reports", "reportTypes"],
    ["reports", "verdicts"],
    ["alerts", "states"],
    ["alerts", "severities"],
    ["decisions", "decisionTypes"],
    ["deployments", "states"],
    ["modelVersions", "states"],
  ] as const)("nothing that is one of none: %s(%s: [])", async (list, argument) => {
    expect(await listed(list, `${argument}: []`)).toEqual([]);
    expect(await listed(list, `${argument}: null`)).toEqual(EVERY[list]);
  });

  test("all when every argument is null", async () => {
    const nothing =
      "tags: null, nameContains: null, since: null, until: null, agent: null, plugin: null, triggeredBy: null";
    expect(await listed("runs", nothing)).toEqual(EVERY.runs);
  });

  test("agents, by kind and by a name that is personal", async () => {
    ids["service"] = service.id;
    const other = (await server.gql("{ viewer { agent { id } } }", {})).data.viewer.agent.id as string;
    ids["administrator"] = other;
    expect(await listed("agents", "kinds: [SERVICE]")).toEqual(["service"]);
    expect(await listed("agents", "kinds: [USER]")).toEqual(["administrator"]);
    expect(await listed("agents", `nameContains: "${service.name.slice(2).toUpperCase()}"`)).toEqual(["service"]);
    const gone = await aService();
    const names = async () => {
      const { data } = await server.gql("{ agents(orderBy: NAME) { nodes { name } totalCount { count } } }", {});
      expect(data.agents.totalCount.count).toBe(data.agents.nodes.length);
      return data.agents.nodes.map(({ name }: { name: string }) => name) as string[];
    };
    expect(await names()).toContain(gone.name);
    await server.gql(ErasePersonalDataDocument, { input: { agent: gone.id, reason: "test" } });
    expect(await names()).not.toContain(gone.name);
  });

  test("repositories", async () => {
    const query = `{ codeRepositories(namespace: "${namespace}", orderBy: NAME, nameContains: "a") { nodes { name } } }`;
    expect((await server.gql(query, {})).data.codeRepositories.nodes).toEqual([{ name: "early" }, { name: "late" }]);
  });

  test("what has no name, by name as well, page by page", async () => {
    const page = async (order: string, first: number, after: string | null) => {
      const query = `query A($after: String) { environments(orderBy: ${order}, first: ${first}, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
      const { nodes, pageInfo } = (await server.gql(query, { after })).data.environments;
      return { found: nodes.map(({ id }: { id: string }) => id) as string[], pageInfo };
    };
    const { found: every } = await page("NEWEST", 99, null);
    const paged: string[] = [];
    for (let after: string | null = null; ; ) {
      const { found, pageInfo } = await page("NAME", 1, after);
      paged.push(...found);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(paged).toEqual(every.toSorted());
    expect(paged.length).toBeGreaterThan(2);
  });
});

describe("who may not read something", () => {
  const codes = async (query: string, token: string) =>
    (await server.gql(query, {}, token)).errors.map(({ extensions, message }) => [extensions.code, message]);

  test("does not find it in a list", async () => {
    const token = await server.tokenFor({ [elsewhere]: ["VIEWER"] });
    const { data } = await server.gql("{ modelVersions { nodes { id } } codeVersions { nodes { id } } }", {}, token);
    const found = data.modelVersions.nodes.map(({ id }: { id: string }) => id);
    expect(found).toEqual([ids["late elsewhere"], ids["early elsewhere"]]);
    expect(data.codeVersions.nodes).toEqual([]);
  });

  test("is told of what it leads to the same as of nothing", async () => {
    const token = await server.tokenFor({ [elsewhere]: ["VIEWER"] });
    for (const ask of [
      (id: string) => `{ runs(triggeredBy: "${id}") { nodes { id } } }`,
      (id: string) => `{ alerts(about: "${id}") { nodes { id } } }`,
    ]) {
      const [hidden, missing] = [ids["late model"]!, "ModelVersion:00000000000000000000000000000000"];
      const told = await codes(ask(hidden), token);
      expect(told).toEqual([["NOT_FOUND", `there is no ${hidden}, or none that you may read`]]);
      expect(await codes(ask(missing), token)).toEqual([["NOT_FOUND", told[0]![1]!.replace(hidden, missing)]]);
    }
    expect(await codes(`{ runs(agent: "nobody") { nodes { id } } }`, token)).toEqual([
      ["NOT_FOUND", "there is no agent nobody"],
    ]);
    expect(await codes(`{ datasetVersions(dataset: "${ids["early elsewhere"]}") { nodes { id } } }`, token)).toEqual([
      ["NOT_FOUND", `there is no ${ids["early elsewhere"]}, or none that you may read`],
    ]);
  });

  test("lists and finds nothing with an attempt's token", async () => {
    const { token } = await anAttempt(server, await aQueuedRun(server, { namespace: elsewhere }));
    const lists = ["hyperparameterSets", "environments", "agents", "modelVersions(states: [APPROVED])", "runs"];
    const found = lists.map((list) => `${list} { nodes { id } }`).join(" ");
    const digest = (await server.gql(`{ node(id: "${ids["early set"]}") { ... on HyperparameterSet { digest } } }`, {}))
      .data.node.digest as string;
    const { data } = await server.gql(`{ ${found} search(text: "${digest}") { nodes { id } } }`, {}, token);
    expect(Object.values(data)).toEqual([...lists, "search"].map(() => ({ nodes: [] })));
  });
});

describe("a search", () => {
  const search = async (text: string, more = "", token?: string) => {
    const query = `query A($text: String!) { search(text: $text ${more}) { nodes { __typename id } totalCount { count } } }`;
    const { data } = await server.gql(query, { text }, token);
    expect(data.search.totalCount.count).toBe(data.search.nodes.length);
    return data.search.nodes.map(({ id }: { id: string }) => id) as string[];
  };
  const digestOf = async (id: string) => {
    const query = `query A($id: ID!) { node(id: $id) { ... on DatasetVersion { digest } ... on ModelVersion { digest } ... on HyperparameterSet { digest } ... on Environment { digest } } }`;
    return (await server.gql(query, { id })).data.node.digest as string;
  };

  test.each(["late data", "late model", "late set", "late environment"])("finds by a digest: %s", async (name) => {
    const digest = await digestOf(ids[name]!);
    const hex = digest.replace("sha256:", "");
    for (const text of [digest, hex, hex.toUpperCase(), hex.slice(0, 8), `sha256:${hex.slice(0, 10)}`])
      expect([text, await search(text)]).toEqual([text, [ids[name]]]);
    expect(await search(hex.slice(0, 7))).toEqual([]);
    expect(await search(`${hex.slice(0, 8)}${hex[8] === "0" ? "1" : "0"}`)).toEqual([]);
  });

  test("finds by a commit", async () => {
    expect(await search("0ddc0ff")).toEqual([ids["early code"]]);
    expect(await search("BEEFC0FFEE")).toEqual([ids["late code"]]);
    expect(await search("0ddc0f")).toEqual([]);
    expect(await search("0ddc0ffe1")).toEqual([]);
  });

  test("finds by a key", async () => {
    const found = await search(`${namespace}/late@1`);
    expect(found.toSorted()).toEqual([ids["late model"], ids["late deployment"]].toSorted());
    // The model, the endpoint and the repository.
    expect(await search(`${namespace}/late`)).toHaveLength(3);
    expect(await search(`${namespace}/lat`)).toEqual([]);
  });

  test("finds names still, each thing once, in the order asked for, in a namespace, page by page", async () => {
    const name = unique("named");
    const both = await aDataset(server, { namespace, name: `${namespace} ${name}` });
    await aDataset(server, { namespace: elsewhere, name: `${elsewhere} ${name}` });
    expect(await search(name)).toHaveLength(2);
    expect(await search(name, `namespace: "${elsewhere}"`)).toHaveLength(1);
    const asset = await search(both.key.replace(/@.*/, ""));
    expect(asset).toHaveLength(1);
    expect(await search(name, "first: 2, orderBy: OLDEST")).toEqual([asset[0], expect.any(String)]);
    expect(await search(name, `since: "${noon}"`)).toHaveLength(2);
    expect(await search(name, `until: "${noon}"`)).toEqual([]);
  });

  test("finds nothing that the caller may not read", async () => {
    const token = await server.tokenFor({ [elsewhere]: ["VIEWER"] });
    expect(await search(await digestOf(ids["late data"]!), "", token)).toEqual([]);
    expect(await search("0ddc0ff", "", token)).toEqual([]);
    expect(await search(`${namespace}/late@1`, "", token)).toEqual([]);
    expect(await search(`${namespace}/late@1`, `namespace: "${elsewhere}"`)).toEqual([]);
  });
});
