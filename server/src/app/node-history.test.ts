import {
  CreateEndpointDocument,
  CreateTokenDocument,
  DecideDocument,
  DeployDocument,
  ErasePersonalDataDocument,
  NodeHistoryDocument,
  type NodeHistoryQuery,
  ReportDeploymentDocument,
  SetAliasDocument,
  SetTagDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aDataset, aModel, anAttempt, aQueuedRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

type Change = NonNullable<NodeHistoryQuery["nodeHistory"]>["nodes"][number];

const decide = async (about: string, decisionType: "APPROVAL" | "REJECTION", token?: string) => {
  const { data, text } = await server.gql(DecideDocument, { input: { about, decisionType, reason: "tried" } }, token);
  if (!data?.decide.decision) throw new Error(text);
  return data.decide.ledgerSeq!;
};

async function historyOf(id: string, token?: string): Promise<readonly Change[]> {
  const { data, text } = await server.gql(NodeHistoryDocument, { id }, token);
  if (!data.nodeHistory) throw new Error(text);
  return data.nodeHistory.nodes;
}

const valuesOf = ({ fields }: Change) =>
  Object.fromEntries(fields.map(({ field, before, after }) => [field, [before?.value, after?.value]]));

async function aToken(agent: string, namespace: string) {
  const grants = [{ namespace, roles: ["VIEWER" as const, "CONTRIBUTOR" as const, "APPROVER" as const] }];
  const input = { agent, kind: "USER" as const, name: "a test's", grants };
  const { agent: made, secret } = (await server.gql(CreateTokenDocument, { input })).data.createToken;
  return { id: made!.id, secret: secret! };
}

describe("the history of a node", () => {
  test("says newest first who changed what, when, and by which fact, down to the one that made it", async () => {
    const before = Date.now();
    const { id, run } = await aModel(server);
    const ada = await aToken(unique("Ada"), "*");
    await decide(id, "APPROVAL", ada.secret);
    await decide(id, "REJECTION");
    const [rejected, approved, made, ...rest] = await historyOf(id);
    expect(rest).toEqual([]);
    expect(rejected).toMatchObject({ type: "model-version.state-changed", by: { name: "administrator" } });
    expect(valuesOf(rejected!)).toEqual({ state: ["APPROVED", "REJECTED"] });
    expect(approved).toMatchObject({ by: { id: ada.id, name: expect.stringMatching(/^Ada/) } });
    expect(valuesOf(approved!)).toEqual({ state: ["PENDING", "APPROVED"] });
    expect(made!.fields.every((change) => change.before === null)).toBe(true);
    const values = valuesOf(made!);
    expect(values).toMatchObject({ format: [undefined, "onnx"], generatedBy: [undefined, run] });
    // As a node shows it: the time as text.
    const { data } = await server.gql("query A($id: ID!) { node(id: $id) { ... on ModelVersion { createdAt } } }", {
      id,
    });
    expect(values["createdAt"]).toEqual([undefined, data.node.createdAt]);
    expect(rejected!.ledgerSeq).toBeGreaterThan(approved!.ledgerSeq);
    expect(Date.parse(made!.recordedAt)).toBeGreaterThanOrEqual(before);
    expect(rejected!.recordedAt >= approved!.recordedAt).toBe(true);
  });

  test("shows times inside of a field as the node shows them", async () => {
    const run = await aQueuedRun(server);
    await anAttempt(server, run);
    const claimed = (await historyOf(run)).find(({ type }) => type === "run.claimed")!;
    const { data } = await server.gql(
      "query A($id: ID!) { node(id: $id) { ... on Run { attempts { attempt claimedAt } } } }",
      { id: run },
    );
    expect(valuesOf(claimed)).toMatchObject({ state: ["QUEUED", "LEASED"], attempts: [[], data.node.attempts] });
  });

  test("shows numbers that are not finite as the node shows them", async () => {
    const { id } = await aModel(server, { metrics: [{ name: "loss", value: "NaN" }] });
    const { data } = await server.gql(
      "query A($id: ID!) { node(id: $id) { ... on ModelVersion { metrics { name value } } } }",
      { id },
    );
    expect(data.node.metrics).toEqual([{ name: "loss", value: "NaN" }]);
    expect(valuesOf((await historyOf(id))[0]!)["metrics"]).toEqual([undefined, data.node.metrics]);
  });

  test("of an endpoint says what was wanted there", async () => {
    const namespace = unique("live");
    const models = [await aModel(server, { namespace }), await aModel(server, { namespace })];
    const endpoint = await server.gql(CreateEndpointDocument, {
      input: { namespace, name: "live", requiresApproval: false },
    });
    const ids: string[] = [];
    for (const { id: modelVersion } of models) {
      const input = { endpoint: `${namespace}/live`, serves: [{ modelVersion }], reason: "go" };
      ids.push((await server.gql(DeployDocument, { input })).data.deploy.deployment!.id);
    }
    await server.gql(ReportDeploymentDocument, {
      input: { deployment: ids[1]!, failure: { type: "INTERNAL", retryable: false, message: "no" } },
    });
    const wanted = (await historyOf(endpoint.data.createEndpoint.endpoint!.id)).map((one) => valuesOf(one)["wanted"]);
    expect(wanted.slice(1)).toEqual([
      [ids[0], ids[1]],
      [null, ids[0]],
      [undefined, null],
    ]);
  });

  test("comes in pages that miss nothing and show nothing twice", async () => {
    const { id } = await aModel(server);
    for (let n = 0; n < 5; n++) await decide(id, n % 2 === 0 ? "APPROVAL" : "REJECTION");
    const whole = await historyOf(id);
    const paged: Change[] = [];
    const sizes: number[] = [];
    for (let after: string | null = null; ; ) {
      const answer: { data: NodeHistoryQuery } = await server.gql(NodeHistoryDocument, { id, first: 2, after });
      const { nodes, pageInfo } = answer.data.nodeHistory!;
      paged.push(...nodes);
      sizes.push(nodes.length);
      after = pageInfo.endCursor;
      // What comes in between does not move the next page.
      if (sizes.length === 1) await decide(id, "REJECTION");
      if (!pageInfo.hasNextPage) break;
    }
    expect(sizes).toEqual([2, 2, 2]);
    expect(paged).toEqual(whole);
  });

  test("reads a page at once, however many changes and agents it has", async () => {
    const { id } = await aModel(server);
    for (let n = 0; n < 6; n++) {
      const { secret } = await aToken(unique("agent"), "*");
      await decide(id, n % 2 === 0 ? "APPROVAL" : "REJECTION", secret);
    }
    const { nodes, history } = server.running.server.stores.database;
    const reads = [vi.spyOn(nodes, "byIds"), vi.spyOn(history, "history"), vi.spyOn(history, "entries")];
    expect(await historyOf(id)).toHaveLength(7);
    expect(reads.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
    for (const one of reads) one.mockRestore();
  });

  test("of a field that is large shows its value, and reads it only when it is asked for", async () => {
    const schema = Array.from({ length: 300 }, (_, n) => ({ name: `column ${n}`, type: "DOUBLE", nullable: true }));
    const { id } = await aDataset(server, { schema });
    const [made] = await historyOf(id);
    expect(valuesOf(made!)["schema"]).toEqual([undefined, schema]);
    const reads = vi.spyOn(server.running.server.stores.database.nodes, "documents");
    await server.gql(`query A($id: ID!) { nodeHistory(id: $id) { nodes { fields { field after { isErased } } } } }`, {
      id,
    });
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });

  test("is there for who may read the node, and for nobody else", async () => {
    const namespace = unique("secret");
    const { id } = await aModel(server, { namespace });
    const asked = `query A($id: ID!) { nodeHistory(id: $id) { nodes { type } } }`;
    const outsider = await server.tokenFor({ other: ["ADMIN"] });
    const insider = await server.tokenFor({ [namespace]: ["VIEWER"] });
    const answer = async (node: string, token: string) => (await server.gql(asked, { id: node }, token)).text;
    const missing = await answer(id.replace(/.{4}$/, "0000"), outsider);
    const withoutTimes = (text: string) => text.replace(/"cost":\d+/, "");
    expect(withoutTimes(await answer(id, outsider))).toBe(withoutTimes(missing));
    expect(JSON.parse(missing).data).toEqual({ nodeHistory: null });
    for (const none of ["nonsense", "", "Model:x", "Nothing:1", "toString"])
      expect(JSON.parse(await answer(none, insider)).data).toEqual({ nodeHistory: null });
    expect(JSON.parse(await answer(id, insider)).data.nodeHistory.nodes).toHaveLength(1);
  });

  test("is read by an attempt of what it may read, with agents that it may not see", async () => {
    const { id } = await aDataset(server);
    const run = await aQueuedRun(server, { inputs: [{ role: "train", node: id }] });
    const { token } = await anAttempt(server, run);
    const asked = `query A($id: ID!) { nodeHistory(id: $id) { nodes { by { __typename } } } }`;
    expect((await server.gql(asked, { id }, token)).data.nodeHistory.nodes).toEqual([
      { by: { __typename: "MaskedNode" } },
    ]);
    expect((await server.gql(asked, { id: (await aDataset(server)).id }, token)).data.nodeHistory).toBeNull();
  });
});

describe("who is told of in a history", () => {
  test("is shown as nodes show it, and as erased once it is", async () => {
    const name = unique("Ada");
    const { id } = await aToken(name, "*");
    await aToken(name, "tests");
    const shown = await historyOf(id);
    // The second token told of the same name: nothing changed.
    expect(shown.map(({ fields }) => fields.map(({ field }) => field))).toEqual([[], expect.arrayContaining(["name"])]);
    expect(valuesOf(shown.at(-1)!)["name"]).toEqual([undefined, name]);
    await server.gql(ErasePersonalDataDocument, { input: { agent: id, reason: "request 17" } });
    const { text } = await server.gql(NodeHistoryDocument, { id });
    expect(text).not.toContain(name);
    const erased = (await historyOf(id)).at(-1)!.fields.find(({ field }) => field === "name");
    expect(erased).toEqual({ field: "name", before: null, after: { value: null, isErased: true } });
  });

  test("as author is an ErasedNode then", async () => {
    const { id } = await aModel(server);
    const ada = await aToken(unique("Ada"), "*");
    await decide(id, "APPROVAL", ada.secret);
    await server.gql(ErasePersonalDataDocument, { input: { agent: ada.id, reason: "request 18" } });
    const { data } = await server.gql(`query A($id: ID!) { nodeHistory(id: $id) { nodes { by { __typename id } } } }`, {
      id,
    });
    expect(data.nodeHistory.nodes[0].by).toEqual({ __typename: "ErasedNode", id: ada.id });
  });
});

describe("who said so", () => {
  const WHO = "{ __typename id ... on Agent { name } }";

  test("is told of every alias and tag, for a page of them at once", async () => {
    const namespace = unique("named");
    const agents: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { id } = await aModel(server, { namespace, name: `m${n}` });
      const { id: agent, secret } = await aToken(unique("agent"), "*");
      agents.push(agent);
      const asset = `${namespace}/m${n}`;
      await server.gql(SetAliasDocument, { input: { asset, alias: "production", version: 1 } }, secret);
      await server.gql(SetTagDocument, { input: { node: id, key: "team", value: "red" } }, secret);
    }
    const { nodes, history } = server.running.server.stores.database;
    const reads = [vi.spyOn(nodes, "byIds"), vi.spyOn(history, "entries")];
    const text = `query A($namespace: String!) { models(namespace: $namespace, first: 5) { nodes { versions(first: 2) { nodes { aliases { by ${WHO} } tags { by ${WHO} } } } } } }`;
    const { data } = await server.gql(text, { namespace });
    const who = { __typename: "Agent", name: expect.stringMatching(/^agent/) };
    const expected = agents.map((id) => ({ aliases: [{ by: { ...who, id } }], tags: [{ by: { ...who, id } }] }));
    const versions = data.models.nodes.map((model: { versions: { nodes: unknown[] } }) => model.versions.nodes[0]);
    expect(versions).toEqual(expected.toReversed());
    expect(reads.map(({ mock }) => mock.calls.length <= 2)).toEqual([true, true]);
    for (const one of reads) one.mockRestore();
  });

  test("is told of every entry of the ledger", async () => {
    const ada = await aToken(unique("Ada"), "*");
    const seq = await decide((await aModel(server)).id, "APPROVAL", ada.secret);
    const text = `query A($after: SafeInt!) { ledgerEntries(after: $after, first: 1) { entries { by agent ${WHO} } } }`;
    const { data } = await server.gql(text, { after: seq - 1 });
    const agent = { __typename: "Agent", id: ada.id, name: expect.stringMatching(/^Ada/) };
    expect(data.ledgerEntries.entries).toEqual([{ by: ada.id, agent }]);
  });
});

test("a version that is asked for as it was known then is shown as it was then", async () => {
  const { id, key } = await aModel(server);
  const seq = await decide(id, "APPROVAL");
  await decide(id, "REJECTION");
  const text = `query A($key: String!, $knownAt: SafeInt) {
    modelVersion(key: $key, knownAt: $knownAt) { state } find(key: $key, knownAt: $knownAt) { ... on ModelVersion { state } } }`;
  const stateAt = async (knownAt: number | null) => {
    const { data } = await server.gql(text, { key, knownAt });
    return [data.modelVersion.state, ...data.find.map(({ state }: { state: string }) => state)];
  };
  expect(await stateAt(null)).toEqual(["REJECTED", "REJECTED"]);
  expect(await stateAt(seq)).toEqual(["APPROVED", "APPROVED"]);
  // The decision's own entry, and the one before it that changed the state.
  expect(await stateAt(seq - 2)).toEqual(["PENDING", "PENDING"]);
});
