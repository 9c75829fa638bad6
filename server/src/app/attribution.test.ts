import { CreateTokenDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { aModel, anAttempt, aQueuedRun, aRun, aRunner } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const WHO = "attributedTo { id ... on Agent { name kind } }";
const admin = { id: expect.stringMatching(/^Agent:/), name: "administrator", kind: "USER" };

/** A service account that may write everywhere. */
async function aService(): Promise<{ id: string; name: string; secret: string }> {
  const name = unique("service");
  const grants = [{ namespace: "*", roles: ["CONTRIBUTOR" as const] }];
  const { data } = await server.gql(CreateTokenDocument, {
    input: { agent: name, kind: "SERVICE", name: "test", grants },
  });
  const { agent, secret } = data!.createToken;
  return { id: agent!.id, name, secret: secret! };
}

async function nodeOf(id: string) {
  const text = `query A($id: ID!) { node(id: $id) { ... on Run { ${WHO} } ... on DatasetVersion { ${WHO} } ... on ModelVersion { ${WHO} } ... on CodeVersion { ${WHO} } ... on Report { ${WHO} } } }`;
  return (await server.gql(text, { id })).data.node.attributedTo;
}

const walk = async (node: string, direction: string, follow: string) => {
  const text = `query A($node: ID!) { lineage(node: $node, direction: ${direction}, follow: [${follow}], types: ["Run", "DatasetVersion", "Agent"]) { edges { node { id } via { arrow } } } }`;
  const { data, text: body } = await server.gql(text, { node });
  expect(data, body).not.toBeNull();
  return data.lineage.edges.map((edge: { node: { id: string } }) => edge.node.id) as string[];
};

test("a run, what it made, and what is published without one are attributed to who asked for them", async () => {
  const service = await aService();
  const publish = `mutation A($input: PublishDatasetVersionInput!) { publishDatasetVersion(input: $input) { datasetVersion { id } userErrors { message } } }`;
  const input = { namespace: "tests", name: unique("d"), source: { uri: "s3://b/k", snapshot: "1" } };
  const { data } = await server.gql(publish, { input }, service.secret);
  const published = data.publishDatasetVersion.datasetVersion.id as string;
  const model = await aModel(server, { from: [published] });
  const who = { id: service.id, name: service.name, kind: "SERVICE" };
  expect(await nodeOf(published)).toEqual(who);
  expect(await nodeOf(model.run)).toEqual(admin);
  expect(await nodeOf(model.id)).toEqual(admin);

  const code = `mutation A($input: RecordCodeVersionInput!) { recordCodeVersion(input: $input) { codeVersion { ${WHO} } } }`;
  const recorded = await server.gql(
    code,
    { input: { namespace: "tests", name: "r", commit: "b".repeat(40) } },
    service.secret,
  );
  expect(recorded.data.recordCodeVersion.codeVersion.attributedTo).toEqual(who);

  for (const _ of ["as it was followed", "as it is rebuilt"]) {
    // What a thing is made of has nobody in it, unless one asks for causes.
    expect(await walk(model.id, "UPSTREAM", "MATERIAL")).toEqual([model.run, published]);
    expect(await walk(published, "UPSTREAM", "CAUSAL")).toEqual([service.id]);
    expect(await walk(service.id, "DOWNSTREAM", "CAUSAL")).toEqual([published]);
    expect(await walk((await nodeOf(model.run)).id, "DOWNSTREAM", "CAUSAL")).toEqual(
      expect.arrayContaining([model.run]),
    );
    const { data: again } = await server.gql(`mutation { rebuildGraph { ledgerSeq } }`);
    const ask = `query A($id: ID!, $minSeq: SafeInt) { lineageCounts(node: $id, minSeq: $minSeq) { total } }`;
    const upTo = { id: published, minSeq: again.rebuildGraph.ledgerSeq };
    await expect.poll(async () => (await server.gql(ask, upTo)).errors).toEqual([]);
  }
});

test("a run stays attributed to who submitted it, whichever runner takes it", async () => {
  const run = await aQueuedRun(server);
  const attempt = await anAttempt(server, run, await aRunner(server));
  expect(await nodeOf(run)).toEqual(admin);
  const asked = await server.gql(
    `query A($id: ID!) { node(id: $id) { ... on Run { state ${WHO} } } }`,
    { id: run },
    attempt.token,
  );
  // An attempt reads its run and the run's inputs, and nothing of who asked.
  expect(asked.data).toMatchObject({ node: { state: "LEASED", attributedTo: { id: admin.id } } });
  expect(asked.data.node.attributedTo).not.toHaveProperty("name");
});

test("the agents of a page of runs are read at once", async () => {
  const namespace = unique("page");
  for (let n = 0; n < 5; n++) await aModel(server, { namespace });
  const { nodes } = server.running.server.stores.database;
  const reads = vi.spyOn(nodes, "byIds");
  const text = `query A($namespace: String!) { models(namespace: $namespace) { nodes { versions { nodes { ${WHO} } } } } runs(namespace: $namespace) { nodes { ${WHO} } } }`;
  const { data } = await server.gql(text, { namespace });
  expect(data.runs.nodes.map((run: { attributedTo: unknown }) => run.attributedTo)).toEqual(
    Array.from({ length: 5 }, () => admin),
  );
  expect(data.models.nodes[0].versions.nodes).toEqual([{ attributedTo: admin }]);
  // The agent, and the runs behind the models' versions.
  expect(reads.mock.calls.length).toBeLessThanOrEqual(2);
  reads.mockRestore();
});

test("the server itself is an agent, recorded once", async () => {
  const text = `{ node(id: "Agent:00000000000000000000000000000000") { ... on Agent { name kind } } ledgerEntries(types: ["system-agent.recorded"]) { entries { seq by } } }`;
  const { data } = await server.gql(text);
  expect(data).toEqual({
    node: { name: "clew", kind: "SERVICE" },
    ledgerEntries: { entries: [{ seq: 2, by: "Agent:00000000000000000000000000000000" }] },
  });
  expect((await aRun(server)).id).toMatch(/^Run:/);
});
