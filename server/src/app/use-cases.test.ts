import {
  AlertsDocument,
  ChangeUseCaseDocument,
  CreateEndpointDocument,
  CreateUseCaseDocument,
  DeployDocument,
  ErasePersonalDataDocument,
  InventoryDocument,
  LineageDocument,
  NodeHistoryDocument,
  RaiseAlertDocument,
  RecordKpiDocument,
  type RecordKpiInput,
  ReportDeploymentDocument,
  ResolveAlertDocument,
  SetUseCaseDocument,
  UnassignedDeploymentsDocument,
  type UnassignedDeploymentsQuery,
  UseCaseByIdDocument,
  UseCaseDocument,
  UseCasesDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ACCEPTED = { name: "accepted", unit: "%", direction: "HIGHER" as const, target: 90, baseline: 60 };
const COST = { name: "cost", unit: null, direction: "LOWER" as const, target: 3, baseline: null };

async function aUseCase(namespace: string, change: object = {}, token?: string) {
  const owner = { name: unique("person"), kind: "USER" as const };
  const input = {
    namespace,
    name: unique("use"),
    purpose: "Says which flights will be late.",
    owner,
    riskTier: "LIMITED" as const,
    kpis: [ACCEPTED, COST],
    ...change,
  };
  const { data, errors } = await server.gql(CreateUseCaseDocument, { input }, token);
  const codes = [...(data?.createUseCase.userErrors ?? []), ...errors.map(({ extensions }) => extensions)];
  const { useCase } = data?.createUseCase ?? {};
  return { id: useCase?.id ?? "", key: useCase?.key ?? "", owner, codes: codes.map(({ code }) => code) };
}

async function figure(useCase: string, change: Partial<RecordKpiInput> = {}, token?: string) {
  const input = { useCase, kpi: "accepted", value: 95, from: "2026-10-01", to: "2026-11-01", ...change };
  const times = { from: `${input.from}T00:00:00Z`, to: `${input.to}T00:00:00Z` };
  const { data, errors } = await server.gql(RecordKpiDocument, { input: { ...input, ...times } as never }, token);
  const codes = [...(data?.recordKpi.userErrors ?? []), ...errors.map(({ extensions }) => extensions)];
  return { kpiValue: data?.recordKpi.kpiValue, codes: codes.map(({ code }) => code) };
}

const setUseCase = async (of: string, useCase: string | null, token?: string) => {
  const { data, errors } = await server.gql(SetUseCaseDocument, { input: { of, useCase } }, token);
  return [...(data?.setUseCase.userErrors ?? []), ...errors.map(({ extensions }) => extensions)].map(
    ({ code }) => code,
  );
};

const inventory = async (variables: object, token?: string) => {
  const { data, text } = await server.gql(InventoryDocument, variables, token);
  if (!data) throw new Error(text);
  return data.inventory;
};

/** An endpoint that serves a model version now. */
async function served(namespace: string, modelVersion: string): Promise<{ endpoint: string; deployment: string }> {
  const name = unique("live");
  const endpoint = `${namespace}/${name}`;
  await server.gql(CreateEndpointDocument, { input: { namespace, name, requiresApproval: false } });
  const { data } = await server.gql(DeployDocument, { input: { endpoint, serves: [{ modelVersion }], reason: "try" } });
  const deployment = data!.deploy.deployment!;
  await server.gql(ReportDeploymentDocument, { input: { deployment: deployment.id } });
  return { endpoint, deployment: deployment.key };
}

describe("a use case", () => {
  test("is made once, changed, and keeps its history", async () => {
    const namespace = unique("uses");
    const { id, key, owner } = await aUseCase(namespace);
    const { useCase } = (await server.gql(UseCaseDocument, { key })).data!;
    expect(useCase).toMatchObject({ id, state: "PROPOSED", riskTier: "LIMITED", owner: { name: owner.name } });
    const name = key.slice(key.indexOf("/") + 1);
    expect((await aUseCase(namespace, { name })).codes).toEqual(["STATE_CONFLICT"]);

    const input = {
      useCase: key,
      state: "ACTIVE" as const,
      riskTier: "HIGH" as const,
      nextReviewAt: "2026-01-01T00:00:00Z",
    };
    const changed = (await server.gql(ChangeUseCaseDocument, { input })).data!.changeUseCase.useCase;
    expect(changed).toMatchObject({
      state: "ACTIVE",
      riskTier: "HIGH",
      purpose: useCase!.purpose,
      kpis: useCase!.kpis,
    });
    const cleared = { useCase: key, nextReviewAt: null, owner: { name: "the model board", kind: "TEAM" as const } };
    const last = (await server.gql(ChangeUseCaseDocument, { input: cleared })).data!.changeUseCase.useCase;
    expect(last).toMatchObject({ nextReviewAt: null, riskTier: "HIGH", owner: { name: "the model board" } });
    const { nodeHistory } = (await server.gql(NodeHistoryDocument, { id })).data!;
    const types = nodeHistory!.nodes.map(({ type }) => type);
    expect(types.toSorted()).toEqual(["use-case.changed", "use-case.changed", "use-case.created"]);
  });

  test("is listed by risk and owner, and found by no one who may not read it", async () => {
    const namespace = unique("uses");
    const high = await aUseCase(namespace, { riskTier: "HIGH" });
    const low = await aUseCase(namespace, { owner: { name: "the desk", kind: "TEAM" } });
    const keys = async (variables: object, token?: string) =>
      (await server.gql(UseCasesDocument, { namespace, ...variables }, token)).data?.useCases.nodes.map(
        ({ key }) => key,
      );
    expect(await keys({ riskTiers: ["HIGH", "UNACCEPTABLE"] })).toEqual([high.key]);
    expect(await keys({ owner: "the desk" })).toEqual([low.key]);
    expect(await keys({})).toEqual([low.key, high.key]);
    const stranger = await server.tokenFor({ [unique("other")]: ["ADMIN"] });
    expect(await keys({}, stranger)).toEqual([]);
    expect((await server.gql(UseCaseDocument, { key: low.key }, stranger)).data?.useCase).toBeNull();
    const reader = await server.tokenFor({ [namespace]: ["VIEWER"] });
    expect((await aUseCase(namespace, {}, reader)).codes).toEqual(["FORBIDDEN"]);
    expect((await figure(low.key, {}, reader)).codes).toEqual(["FORBIDDEN"]);
    expect((await figure(low.key, {}, stranger)).codes).toEqual(["UNKNOWN_NODE"]);
    expect((await aUseCase(namespace, { kpis: [COST, COST] })).codes).toEqual(["INVALID_INPUT"]);
  });

  test("loses its owner's name when that is erased, and no entry ever held it", async () => {
    const { key, owner, id } = await aUseCase(unique("uses"));
    const agent = (await server.gql(UseCaseDocument, { key })).data!.useCase!.owner.id;
    const entries = await server.running.server.stores.database.ledger.entries(0, 10_000);
    expect(entries.filter(({ bytes }) => Buffer.from(bytes).includes(owner.name))).toEqual([]);
    await server.gql(ErasePersonalDataDocument, { input: { agent, reason: "asked for" } });
    expect((await server.gql(UseCaseByIdDocument, { id })).text).not.toContain(owner.name);
  });
});

describe("what a model or an endpoint is for", () => {
  test("is an arrow that ends when it is for something else", async () => {
    const namespace = unique("uses");
    const [first, second] = [await aUseCase(namespace), await aUseCase(namespace)];
    const model = await aModel(server, { namespace });
    const asset = `${namespace}/${model.name}`;
    const modelsOf = async (id: string) => {
      const { data } = await server.gql(UseCaseByIdDocument, { id });
      return data!.node!.__typename === "UseCase" ? data!.node!.models.nodes.map(({ key }) => key) : [];
    };
    const users = async (node: string) => {
      const { data } = await server.gql(LineageDocument, { node, direction: "DOWNSTREAM", follow: ["SUBJECT"] });
      return data!.lineage.edges.map((edge) => edge.node.__typename);
    };
    expect(await setUseCase(asset, first.key)).toEqual([]);
    expect([await modelsOf(first.id), await users(first.id)]).toEqual([[asset], ["Model"]]);
    // Another version of the model leaves it as it is.
    await aModel(server, { namespace, name: model.name });
    expect(await modelsOf(first.id)).toEqual([asset]);
    expect(await setUseCase(asset, second.key)).toEqual([]);
    expect([await modelsOf(first.id), await users(first.id)]).toEqual([[], []]);
    expect([await modelsOf(second.id), await users(second.id)]).toEqual([[asset], ["Model"]]);
    expect(await setUseCase(asset, first.key)).toEqual([]);
    expect(await users(first.id)).toEqual(["Model"]);
    expect(await setUseCase(asset, null)).toEqual([]);
    expect([await modelsOf(first.id), await users(first.id)]).toEqual([[], []]);
    expect(await setUseCase(model.id, first.key)).toEqual(["UNKNOWN_NODE"]);
    expect(await setUseCase(asset, `${namespace}/none`)).toEqual(["UNKNOWN_NODE"]);
  });
});

describe("a KPI's figure", () => {
  test("is told for a period, and corrected by the same period", async () => {
    const { id, key } = await aUseCase(unique("uses"));
    const first = (await figure(key)).kpiValue!;
    expect(first).toMatchObject({ value: 95, isMet: true, target: 90, unit: "%", baseline: 60 });
    const second = (await figure(key, { value: 91, source: "recount" })).kpiValue!;
    expect(second).toMatchObject({ id: first.id, value: 91, source: "recount" });
    const { nodeHistory } = (await server.gql(NodeHistoryDocument, { id: first.id })).data!;
    expect(nodeHistory!.nodes).toHaveLength(2);
    expect((await figure(key, { from: "2026-11-01", to: "2026-12-01" })).kpiValue?.id).not.toBe(first.id);
    expect((await figure(key, { kpi: "none" })).codes).toEqual(["INVALID_INPUT"]);
    expect((await figure(key, { from: "2026-12-01" })).codes).toEqual(["INVALID_INPUT"]);
    const { data } = await server.gql(AlertsDocument, { about: id });
    expect(data!.alerts.nodes).toEqual([]);
  });

  test.each([
    { kpi: "accepted", missed: 89.9, met: 90 },
    { kpi: "cost", missed: 3.1, met: 3 },
  ])("that misses the target of $kpi raises one alert about the use case", async ({ kpi, missed, met }) => {
    const { id, key } = await aUseCase(unique("uses"));
    await figure(key, { kpi, value: met });
    expect((await figure(key, { kpi, value: missed })).kpiValue?.isMet).toBe(false);
    await figure(key, { kpi, value: missed, from: "2026-11-01", to: "2026-12-01" });
    const { nodes } = (await server.gql(AlertsDocument, { about: id })).data!.alerts;
    expect(nodes).toMatchObject([{ name: `kpi:${kpi}`, occurrences: 2, about: { key }, severity: "WARNING" }]);
    expect(nodes[0]?.message).toContain("from 2026-11-01 to 2026-12-01; the target is");
  });
});

describe("the inventory", () => {
  test("shows what is served, how it does and what is open, by use case", async () => {
    const namespace = unique("uses");
    const past = { nextReviewAt: "2026-01-01T00:00:00Z" };
    const [a, b] = [await aUseCase(namespace, { name: "a", ...past }), await aUseCase(namespace, { name: "b" })];
    const model = await aModel(server, { namespace });
    const old = await aModel(server, { namespace, name: model.name });
    const { endpoint } = await served(namespace, old.id);
    // Another revision takes its place, and an alert is closed: the inventory is of now.
    const again = { endpoint, serves: [{ modelVersion: model.id }], reason: "newer" };
    const second = (await server.gql(DeployDocument, { input: again })).data!.deploy.deployment!;
    await server.gql(ReportDeploymentDocument, { input: { deployment: second.id } });
    const told = { about: second.id, cause: "drift:temp", message: "temp has moved" };
    const { alert } = (await server.gql(RaiseAlertDocument, { input: told })).data!.raiseAlert;
    await server.gql(ResolveAlertDocument, { input: { alert: alert!.id, resolution: "mended" } });
    await setUseCase(`${namespace}/${model.name}`, a.key);
    await figure(a.key, { value: 70, from: "2026-11-01", to: "2026-12-01" });
    // Told later, of an earlier period: not the last.
    await figure(a.key, { value: 99 });
    const { rows, isComplete } = await inventory({ namespaces: [namespace] });
    expect(isComplete).toBe(true);
    expect(rows).toMatchObject([
      {
        useCase: { key: a.key, owner: { name: a.owner.name } },
        isReviewOverdue: true,
        models: [{ key: `${namespace}/${model.name}` }],
        versionsInService: [{ key: model.key }],
        endpoints: [{ key: endpoint }],
        deployments: [{ key: second.key }],
        kpis: [{ kpi: { name: "accepted", target: 90 }, last: { value: 70, isMet: false } }, { last: null }],
        openAlerts: [{ name: "kpi:accepted" }],
        openAlertCount: 1,
      },
      { useCase: { key: b.key }, models: [], endpoints: [], openAlertCount: 0, isReviewOverdue: false },
    ]);
    expect(rows[0]!.versionsInService).not.toContainEqual({ id: old.id, key: old.key });
    // By what its endpoint is for, whosever the model is.
    await setUseCase(endpoint, b.key);
    const [, byEndpoint] = (await inventory({ namespaces: [namespace] })).rows;
    expect(byEndpoint).toMatchObject({
      models: [],
      versionsInService: [{ key: model.key }],
      deployments: [{ key: second.key }],
    });
  });

  test("is filtered and read page by page, and never shows what its reader may not read", async () => {
    const [namespace, hidden] = [unique("uses"), unique("hidden")];
    const past = { nextReviewAt: "2026-01-01T00:00:00Z", owner: { name: "the desk", kind: "TEAM" } };
    for (const name of ["a", "b", "c", "d"])
      await aUseCase(namespace, { name, ...(name < "c" ? {} : past), riskTier: name === "a" ? "HIGH" : "MINIMAL" });
    const model = await aModel(server, { namespace: hidden });
    const { endpoint } = await served(hidden, model.id);
    await setUseCase(endpoint, `${namespace}/a`);
    const names = async (variables: object) =>
      (await inventory({ namespaces: [namespace], ...variables })).rows.map(({ useCase }) => useCase.name).join("");
    expect(await names({ riskTiers: ["HIGH"] })).toBe("a");
    expect(await names({ owner: "the desk" })).toBe("cd");
    expect(await names({ reviewOverdue: true })).toBe("cd");
    expect(await names({ reviewOverdue: false })).toBe("ab");
    expect(await names({ reviewOverdue: true, first: 1 })).toBe("c");
    let [told, after]: [string, string | null] = ["", null];
    do {
      const page = await inventory({ namespaces: [namespace], first: 1, after });
      told += page.rows.map(({ useCase }) => useCase.name).join("");
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(told).toBe("abcd");
    const reader = await server.tokenFor({ [namespace]: ["VIEWER"] });
    const { rows } = await inventory({}, reader);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ endpoints: [], deployments: [], versionsInService: [] });
  });

  test("shows what is served for no use case, neither by its endpoint nor by its model", async () => {
    const [namespace, other] = [unique("uses"), unique("uses")];
    const { key } = await aUseCase(namespace);
    const [byModel, byEndpoint, forNone] = [
      await aModel(server, { namespace }),
      await aModel(server, { namespace }),
      await aModel(server, { namespace }),
    ];
    await served(namespace, byModel.id);
    await setUseCase(`${namespace}/${byModel.name}`, key);
    await setUseCase((await served(namespace, byEndpoint.id)).endpoint, key);
    const { deployment } = await served(namespace, forNone.id);
    const elsewhere = await served(other, (await aModel(server, { namespace: other })).id);
    const told = async (namespaces: string[], token?: string) => {
      const keys: string[] = [];
      let after: string | null = null;
      do {
        const page: UnassignedDeploymentsQuery = (
          await server.gql(UnassignedDeploymentsDocument, { namespaces, first: 1, after }, token)
        ).data!;
        const { nodes, pageInfo } = page.unassignedDeployments;
        keys.push(...nodes.map((one) => one.key));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      return keys;
    };
    expect(await told([namespace])).toEqual([deployment]);
    expect(await told([namespace, other])).toEqual([elsewhere.deployment, deployment]);
    // A namespace without any use case has some all the same; nobody sees what they may not read.
    expect(await told([other])).toEqual([elsewhere.deployment]);
    expect(await told([namespace, other], await server.tokenFor({ [namespace]: ["VIEWER"] }))).toEqual([deployment]);
    await setUseCase(`${namespace}/${forNone.name}`, key);
    expect(await told([namespace])).toEqual([]);
  });

  test("takes as many reads for one row as for many", async () => {
    const namespace = unique("uses");
    const { nodes } = server.running.server.stores.database;
    const once = async () => {
      const spies = [vi.spyOn(nodes, "list"), vi.spyOn(nodes, "byIds")];
      await inventory({ namespaces: [namespace] });
      const count = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      for (const spy of spies) spy.mockRestore();
      return count;
    };
    // Followers and the clock read too, and only ever add to it.
    const reads = async () => Math.min(await once(), await once(), await once(), await once());
    for (let n = 0; n < 2; n++) {
      const { key } = await aUseCase(namespace);
      const model = await aModel(server, { namespace });
      await served(namespace, model.id);
      await setUseCase(`${namespace}/${model.name}`, key);
      await figure(key, { value: 1 });
    }
    const few = await reads();
    for (let n = 0; n < 5; n++) {
      const { key } = await aUseCase(namespace);
      await setUseCase((await served(namespace, (await aModel(server, { namespace })).id)).endpoint, key);
      await figure(key, { value: 1 });
    }
    expect(await reads()).toBe(few);
  });
});
