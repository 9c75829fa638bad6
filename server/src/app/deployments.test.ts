import {
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  type DeployInput,
  DeploymentDocument,
  EndpointDocument,
  LineageDocument,
  ReportDeploymentDocument,
  ResumeDeploymentDocument,
  RollBackDocument,
  SuspendDeploymentDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const approve = { decisionType: "APPROVAL" as const, reason: "good enough" };

/** An endpoint, and a model with so many approved versions. */
async function anEndpoint({ versions = 2, requiresApproval = true } = {}) {
  const namespace = unique("deploy");
  const data = await aDataset(server, { namespace });
  const models: string[] = [];
  for (let n = 0; n < versions; n++) {
    models.push((await aModel(server, { namespace, name: "m", from: [data.id] })).id);
    if (requiresApproval) await server.gql(DecideDocument, { input: { ...approve, about: models[n]! } });
  }
  const key = `${namespace}/live`;
  await server.gql(CreateEndpointDocument, { input: { namespace, name: "live", requiresApproval } });
  return { namespace, key, models, data: data.id };
}

/** The codes of the refusal, or what the endpoint is like after it. */
async function deploy(
  input: Partial<DeployInput> & { endpoint: string; serves: DeployInput["serves"] },
  token?: string,
) {
  const { data, errors } = await server.gql(DeployDocument, { input: { reason: "try it", ...input } }, token);
  const refused = [...(data?.deploy.userErrors ?? []).map(({ code }) => code), ...errors.map((e) => e.extensions.code)];
  return refused.length > 0 ? refused : data!.deploy.deployment!;
}

async function activate(deployment: string) {
  const { data, text } = await server.gql(ReportDeploymentDocument, { input: { deployment } });
  expect(data?.reportDeployment.userErrors, text).toEqual([]);
}

async function stateOf(key: string) {
  const { data } = await server.gql(EndpointDocument, { key });
  const { wantedDeployment: wanted, activeDeployment: active, versions } = data!.endpoint!;
  const states = versions.nodes.map(({ state }) => state);
  return { wanted: wanted?.key.split("@")[1], active: active?.key.split("@")[1], states };
}

const serve = (modelVersion: string) => [{ modelVersion }];
const made = (deployment: Awaited<ReturnType<typeof deploy>>) => {
  if (Array.isArray(deployment)) throw new Error(`refused: ${deployment.join()}`);
  return deployment;
};

describe("an endpoint", () => {
  test("serves a revision once that is reported, and the one before until then", async () => {
    const { key, models } = await anEndpoint();
    const first = made(await deploy({ endpoint: key, serves: serve(models[0]!), expectedVersion: 0 }));
    expect(await stateOf(key)).toEqual({ wanted: "1", active: undefined, states: ["PENDING"] });
    await activate(first.id);
    const second = made(await deploy({ endpoint: key, serves: serve(models[1]!) }));
    expect(await stateOf(key)).toEqual({ wanted: "2", active: "1", states: ["PENDING", "ACTIVE"] });
    await activate(second.id);
    await activate(second.id);
    expect(await stateOf(key)).toEqual({ wanted: "2", active: "2", states: ["ACTIVE", "SUPERSEDED"] });
  });

  test("stays with what is active when a revision cannot be served", async () => {
    const { key, models } = await anEndpoint();
    await activate(made(await deploy({ endpoint: key, serves: serve(models[0]!) })).id);
    const { id } = made(await deploy({ endpoint: key, serves: serve(models[1]!) }));
    const failure = { type: "BAD_INPUT" as const, message: "no model.json", retryable: false };
    await server.gql(ReportDeploymentDocument, { input: { deployment: id, failure } });
    expect(await stateOf(key)).toEqual({ wanted: "1", active: "1", states: ["FAILED", "ACTIVE"] });
    const again = await server.gql(ReportDeploymentDocument, { input: { deployment: id } });
    expect(again.data?.reportDeployment.userErrors[0]?.code).toBe("STATE_CONFLICT");
  });

  test("drops what was wanted and never served when something else is", async () => {
    const { key, models } = await anEndpoint();
    await deploy({ endpoint: key, serves: serve(models[0]!) });
    await deploy({ endpoint: key, serves: serve(models[1]!) });
    expect(await stateOf(key)).toEqual({ wanted: "2", active: undefined, states: ["PENDING", "SUPERSEDED"] });
  });

  test("goes back to what it served before, as a new revision with its decision", async () => {
    const { key, models } = await anEndpoint();
    const shares = [
      { modelVersion: models[0]!, weight: 90 },
      { modelVersion: models[1]!, weight: 10 },
    ];
    await activate(made(await deploy({ endpoint: key, serves: shares })).id);
    await activate(made(await deploy({ endpoint: key, serves: serve(models[1]!) })).id);
    const { data } = await server.gql(RollBackDocument, { input: { endpoint: key, reason: "too many complaints" } });
    expect(data?.rollBack.deployment).toMatchObject({ key: `${key}@3`, state: "PENDING" });
    expect(data?.rollBack.deployment?.serves.map(({ weight, node }) => [weight, node.id])).toEqual([
      [90, models[0]],
      [10, models[1]],
    ]);
    const { data: read } = await server.gql(DeploymentDocument, { key: `${key}@3` });
    expect(read?.deployment?.decisions.nodes).toMatchObject([
      { decisionType: "ROLLBACK", reason: "too many complaints", policy: null },
    ]);
    // What could not be served is nothing to go back to.
    const { id } = made(await deploy({ endpoint: key, serves: shares }));
    const failure = { type: "BAD_INPUT" as const, message: "no model.json", retryable: false };
    await server.gql(ReportDeploymentDocument, { input: { deployment: id, failure } });
    const past = await server.gql(RollBackDocument, { input: { endpoint: key, reason: "again", toVersion: 4 } });
    expect(past.data?.rollBack.userErrors[0]).toMatchObject({ code: "UNKNOWN_NODE", path: ["toVersion"] });
    const back = await server.gql(RollBackDocument, { input: { endpoint: key, reason: "again" } });
    expect(back.data?.rollBack.deployment?.serves).toHaveLength(2);
    const nowhere = await anEndpoint();
    const refused = await server.gql(RollBackDocument, { input: { endpoint: nowhere.key, reason: "?" } });
    expect(refused.data?.rollBack.userErrors[0]).toMatchObject({ code: "UNKNOWN_NODE", path: ["toVersion"] });
  });

  test("goes back further where it has gone back before, and never to what it went back from", async () => {
    const { key, models } = await anEndpoint();
    const both = [
      { modelVersion: models[0]!, weight: 50 },
      { modelVersion: models[1]!, weight: 50 },
    ];
    const [first, second] = [serve(models[0]!), serve(models[1]!)];
    // Both models are served thrice: what was gone back from is what was served, whatever its number.
    for (const serves of [both, first, first, second, first, second])
      await activate(made(await deploy({ endpoint: key, serves })).id);
    const back = async (input: { toVersion?: number } = {}) => {
      const { data } = await server.gql(RollBackDocument, { input: { endpoint: key, reason: "bad", ...input } });
      const { deployment, userErrors } = data!.rollBack;
      if (deployment) await activate(deployment.id);
      return userErrors[0]?.message ?? deployment!.serves.map(({ node }) => models.indexOf(node.id));
    };
    expect(await back()).toEqual([0]);
    expect(await back()).toEqual([0, 1]);
    expect(await back()).toContain("no earlier revision that nobody has gone back from");
    expect(await back({ toVersion: 4 })).toEqual([1]);
    const { data } = await server.gql(DeploymentDocument, { key: `${key}@9` });
    expect(data!.deployment).toMatchObject({ state: "ACTIVE", restores: 4 });
  });

  test("is suspended with what was to be served next", async () => {
    const { key, models } = await anEndpoint();
    await activate(made(await deploy({ endpoint: key, serves: serve(models[0]!) })).id);
    const { id } = made(await deploy({ endpoint: key, serves: serve(models[1]!) }));
    await server.gql(SuspendDeploymentDocument, { input: { endpoint: key, reason: "it warns of every flight" } });
    expect(await stateOf(key)).toEqual({ wanted: "1", active: "1", states: ["FAILED", "SUSPENDED"] });
    const late = await server.gql(ReportDeploymentDocument, { input: { deployment: id } });
    expect(late.data?.reportDeployment.userErrors[0]?.code).toBe("STATE_CONFLICT");
  });

  test("is suspended and resumed with a reason", async () => {
    const { key, models } = await anEndpoint();
    const input = { endpoint: key, reason: "answers nonsense since noon" };
    const early = await server.gql(SuspendDeploymentDocument, { input });
    expect(early.data?.suspendDeployment.userErrors[0]?.code).toBe("STATE_CONFLICT");
    await activate(made(await deploy({ endpoint: key, serves: serve(models[0]!) })).id);
    const suspended = async (reason: string) =>
      (await server.gql(SuspendDeploymentDocument, { input: { ...input, reason } })).data!.suspendDeployment;
    const resumed = async (reason: string) =>
      (await server.gql(ResumeDeploymentDocument, { input: { ...input, reason } })).data!.resumeDeployment;
    expect((await suspended(" ")).userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["reason"] }]);
    expect((await resumed("too early")).userErrors).toMatchObject([{ code: "STATE_CONFLICT", path: ["endpoint"] }]);
    expect((await suspended(input.reason)).userErrors).toEqual([]);
    expect((await stateOf(key)).states).toEqual(["SUSPENDED"]);
    expect((await suspended("again")).userErrors).toMatchObject([{ code: "STATE_CONFLICT", path: ["endpoint"] }]);
    expect((await resumed("found the cause")).userErrors).toEqual([]);
    expect((await stateOf(key)).states).toEqual(["ACTIVE"]);
    const { data } = await server.gql(DeploymentDocument, { key: `${key}@1` });
    expect(data?.deployment?.decisions.nodes.map(({ decisionType }) => decisionType)).toEqual([
      "RESUMPTION",
      "SUSPENSION",
      "PROMOTION",
    ]);
  });

  test("leads from what it serves to the rows, and from the rows to it", async () => {
    const { key, models, data: rows } = await anEndpoint();
    const { id } = made(await deploy({ endpoint: key, serves: serve(models[0]!) }));
    const up = await server.gql(LineageDocument, { node: id });
    expect(up.data?.lineage.edges.map(({ node }) => node.id)).toEqual(expect.arrayContaining([models[0], rows]));
    const causes = await server.gql(LineageDocument, { node: id, follow: ["CAUSAL"] });
    expect(causes.data?.lineage.edges.map(({ node }) => node.id)).not.toContain(models[0]);
    const via = up.data?.lineage.edges.find(({ node }) => node.id === models[0])?.via;
    expect(via).toMatchObject([{ arrow: "SERVES" }]);
    const down = await server.gql(LineageDocument, {
      node: rows,
      direction: "DOWNSTREAM",
      follow: ["MATERIAL", "SUBJECT"],
    });
    expect(down.data?.lineage.edges.map(({ node }) => node.id)).toContain(id);
  });
});

describe("a deployment is refused", () => {
  test.each([
    ["of weights that do not come to 100", [{ modelVersion: "0", weight: 60 }], ["INVALID_INPUT"]],
    ["without anything live", [{ modelVersion: "0", mode: "SHADOW" as const }], ["INVALID_INPUT"]],
    ["of a model version that is not there", [{ modelVersion: "nobody/m@1" }], ["UNKNOWN_NODE"]],
    ["of a model without a version", [{ modelVersion: "m" }], ["UNKNOWN_NODE"]],
    [
      "of one version twice",
      [
        { modelVersion: "0", weight: 50 },
        { modelVersion: "0", weight: 50 },
      ],
      ["INVALID_INPUT"],
    ],
  ])("%s", async (_, serves, codes) => {
    const { key, models } = await anEndpoint({ versions: 1 });
    const given = serves.map((one) => ({
      ...one,
      modelVersion: one.modelVersion === "0" ? models[0]! : one.modelVersion,
    }));
    expect(await deploy({ endpoint: key, serves: given })).toEqual(codes);
    expect((await stateOf(key)).states).toEqual([]);
  });

  test("of a model version that nobody approved, unless as a shadow or where no approval is asked for", async () => {
    const { key, models, namespace } = await anEndpoint({ versions: 1 });
    const other = (await aModel(server, { namespace, name: "other" })).id;
    expect(await deploy({ endpoint: key, serves: serve(other) })).toEqual(["MODEL_NOT_APPROVED"]);
    const shadow = { modelVersion: other, mode: "SHADOW" as const, weight: 50 };
    expect(made(await deploy({ endpoint: key, serves: [...serve(models[0]!), shadow] })).serves).toHaveLength(2);
    const open = await anEndpoint({ versions: 1, requiresApproval: false });
    expect(made(await deploy({ endpoint: open.key, serves: serve(open.models[0]!) })).state).toBe("PENDING");
  });

  test("of a model version that was rejected or suspended, and not once it is resumed", async () => {
    const { key, models, namespace } = await anEndpoint({ versions: 1 });
    const about = models[0]!;
    await server.gql(DecideDocument, { input: { decisionType: "SUSPENSION", reason: "smells", about } });
    expect(await deploy({ endpoint: key, serves: serve(about) })).toEqual(["MODEL_NOT_APPROVED"]);
    const other = (await aModel(server, { namespace, name: "other" })).id;
    await server.gql(DecideDocument, { input: { ...approve, about: other } });
    const shadow = { modelVersion: about, mode: "SHADOW" as const };
    expect(await deploy({ endpoint: key, serves: [...serve(other), shadow] })).toEqual(["MODEL_NOT_APPROVED"]);
    await server.gql(DecideDocument, { input: { decisionType: "RESUMPTION", reason: "aired", about } });
    expect(made(await deploy({ endpoint: key, serves: serve(about) })).state).toBe("PENDING");
  });

  test("when somebody else was faster", async () => {
    const { key, models } = await anEndpoint();
    await deploy({ endpoint: key, serves: serve(models[0]!) });
    expect(await deploy({ endpoint: key, serves: serve(models[1]!), expectedVersion: 0 })).toEqual([
      "DEPLOYMENT_CONFLICT",
    ]);
    const both = await Promise.all(
      models.map((one) => deploy({ endpoint: key, serves: serve(one), expectedVersion: 1 })),
    );
    expect(both.filter(Array.isArray)).toEqual([["DEPLOYMENT_CONFLICT"]]);
  });

  test("to who is no approver there, and looks like nothing to who may not read", async () => {
    const { key, models, namespace } = await anEndpoint();
    const input = { endpoint: key, serves: serve(models[0]!) };
    const contributor = await server.tokenFor({ [namespace]: ["CONTRIBUTOR"] });
    expect(await deploy(input, contributor)).toEqual(["FORBIDDEN"]);
    const stranger = await server.tokenFor({ elsewhere: ["APPROVER"] });
    expect(await deploy(input, stranger)).toEqual(["UNKNOWN_NODE"]);
    const approver = await server.tokenFor({ [namespace]: ["APPROVER"] });
    expect(made(await deploy(input, approver)).state).toBe("PENDING");
  });
});

describe("a decision", () => {
  test("needs a reason, and a state in which it can be taken", async () => {
    const { models } = await anEndpoint({ versions: 1 });
    const decide = async (input: object) => {
      const given = { decisionType: "APPROVAL" as const, reason: "fine", about: models[0]!, ...input };
      const { data } = await server.gql(DecideDocument, { input: given });
      return data?.decide.userErrors.map(({ code, path }) => [code, path.join(".")]);
    };
    expect(await decide({ reason: "  " })).toEqual([["INVALID_INPUT", "reason"]]);
    expect(await decide({ decisionType: "RESUMPTION" })).toEqual([["STATE_CONFLICT", "decisionType"]]);
    expect(await decide({ expiresAt: "2026-12-01T00:00:00Z" })).toEqual([["INVALID_INPUT", "expiresAt"]]);
    expect(await decide({ basis: ["Report:00000000000000000000000000000000"] })).toEqual([["UNKNOWN_NODE", "basis.0"]]);
    expect(await decide({ basis: [models[0]!] })).toEqual([["WRONG_TYPE", "basis.0"]]);
    expect(await decide({ decisionType: "REJECTION" })).toEqual([]);
    expect(await decide({ decisionType: "SUSPENSION" })).toEqual([["STATE_CONFLICT", "decisionType"]]);
  });

  test("on data is an exemption only", async () => {
    const data = await aDataset(server);
    const input = { decisionType: "APPROVAL" as const, reason: "fine", about: data.id };
    const refused = await server.gql(DecideDocument, { input });
    expect(refused.data?.decide.userErrors[0]?.code).toBe("WRONG_TYPE");
    const exempt = { ...input, decisionType: "EXEMPTION" as const, expiresAt: "2027-01-01T00:00:00.000Z" };
    const { data: made } = await server.gql(DecideDocument, { input: exempt });
    expect(made?.decide.decision).toMatchObject({ expiresAt: exempt.expiresAt, about: { id: data.id } });
  });
});
