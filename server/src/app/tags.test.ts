import { setTimeout as sleep } from "node:timers/promises";
import {
  DatasetVersionByKeyDocument,
  DatasetsDocument,
  DeleteAliasDocument,
  DeleteTagDocument,
  LineageDocument,
  ModelsDocument,
  ModelVersionByKeyDocument,
  SetAliasDocument,
  SetTagDocument,
  type SetAliasInput,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aDataset, aModel, aPlugin } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { readConfig } from "../config/config.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A model with so many versions. */
async function versions(count: number, from: readonly string[] = []) {
  const [namespace, name] = [unique("tags"), "m"];
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push((await aModel(server, { namespace, name, from })).id);
  return { namespace, key: `${namespace}/${name}`, ids };
}

/** Must succeed; answers the entry that says so. */
async function setAlias(input: SetAliasInput): Promise<number> {
  const { data, text } = await server.gql(SetAliasDocument, { input });
  expect(data?.setAlias.userErrors, text).toEqual([]);
  return data!.setAlias.ledgerSeq!;
}

async function idOf(key: string, time: { asOf?: string; knownAt?: number } = {}): Promise<string | undefined> {
  const { data, errors } = await server.gql(ModelVersionByKeyDocument, { key, ...time });
  return data?.modelVersion?.id ?? errors[0]?.extensions.code;
}

describe("an alias", () => {
  test("names a version wherever its number does", async () => {
    const rows = await aDataset(server);
    const { key, namespace, ids } = await versions(2, [rows.id]);
    await setAlias({ asset: key, alias: "production", version: 1 });
    await setAlias({ asset: `${rows.namespace}/${rows.name}`, alias: "gold", version: 1 });
    expect(await idOf(`${key}@production`)).toBe(ids[0]);
    const dataset = await server.gql(DatasetVersionByKeyDocument, { key: `${rows.namespace}/${rows.name}@gold` });
    expect(dataset.data?.datasetVersion?.id).toBe(rows.id);

    const { data } = await server.gql(LineageDocument, { node: `${key}@production` });
    expect(data?.lineage.edges.map(({ node }) => node.id)).toContain(rows.id);
    const paths = `query A($from: ID!, $to: ID!) { lineagePaths(from: $from, to: $to) { nodes { id } } lineageCounts(node: $from) { total } }`;
    const between = { from: `${key}@production`, to: `${rows.namespace}/${rows.name}@gold` };
    const walked = (await server.gql(paths, between)).data;
    expect(walked.lineagePaths[0].nodes.at(-1)).toEqual({ id: rows.id });
    expect(walked.lineageCounts.total).toBe(data!.lineage.edges.length);

    const manifest = await aPlugin(server);
    const submit = `mutation A($input: SubmitRunInput!) { submitRun(input: $input) { run { inputs { role node { id } } } userErrors { code message } } }`;
    const run = (node: string) => ({ input: { namespace, plugin: manifest.name, inputs: [{ role: "train", node }] } });
    const ran = (await server.gql(submit, run(between.to))).data.submitRun;
    expect(ran.run.inputs[0]).toEqual({ role: "train", node: { id: rows.id } });
    const lost = (await server.gql(submit, run(`${between.to}en`))).data.submitRun;
    expect(lost.userErrors).toEqual([{ code: "UNKNOWN_NODE", message: `no version ${between.to}en` }]);
  });

  test("is told as it was at any time, as it was known after any entry", async () => {
    const { key, ids } = await versions(3);
    const [one, two, three] = ids;
    const [jan, feb, mar, apr] = ["01", "02", "03", "04"].map((month) => `2026-${month}-01T00:00:00.000Z`) as [
      string,
      string,
      string,
      string,
    ];
    const alias = "production";
    const first = await setAlias({ asset: key, alias, version: 1, validFrom: jan });
    const second = await setAlias({ asset: key, alias, version: 2, validFrom: mar });
    // It turns out that another one was live from February on, until March.
    const third = await setAlias({ asset: key, alias, version: 3, validFrom: feb });
    const fourth = await setAlias({ asset: key, alias, version: 2, validFrom: mar });
    const at = async (knownAt: number) =>
      Promise.all([jan, feb, mar, apr].map((asOf) => idOf(`${key}@production`, { asOf, knownAt })));
    expect(await at(first)).toEqual([one, one, one, one]);
    expect(await at(second)).toEqual([one, one, two, two]);
    expect(await at(third)).toEqual([one, three, three, three]);
    expect(await at(fourth)).toEqual([one, three, two, two]);
    expect(await at(first - 1)).toEqual(Array.from({ length: 4 }, () => "NOT_FOUND"));
    const walk = await server.gql(
      `query A($node: ID!, $asOf: DateTime, $knownAt: SafeInt) { lineageCounts(node: $node, asOf: $asOf, knownAt: $knownAt) { total } }`,
      { node: `${key}@production`, asOf: jan, knownAt: first - 1 },
    );
    expect(walk.errors[0]).toMatchObject({
      message: `there is no ${key}@production, or none that you may read`,
      extensions: { code: "NOT_FOUND" },
    });

    const fields = `query A($key: String!, $asOf: DateTime) { model(key: $key) { aliases(asOf: $asOf) { alias validFrom validTo ledgerSeq version { id } } } }`;
    const shown = (await server.gql(fields, { key, asOf: feb })).data.model.aliases;
    expect(shown).toEqual([{ alias, validFrom: feb, validTo: mar, ledgerSeq: fourth, version: { id: three } }]);
  });

  test("that is to come names nothing yet", async () => {
    const { key, ids } = await versions(1);
    await setAlias({ asset: key, alias: "next", version: 1, validFrom: "2999-01-01T00:00:00.000Z" });
    expect(await idOf(`${key}@next`)).toBe("NOT_FOUND");
    expect(await idOf(`${key}@next`, { asOf: "2999-01-02T00:00:00.000Z" })).toBe(ids[0]);
  });

  test("latest is the newest version that was there then", async () => {
    const { key, namespace, ids } = await versions(1);
    await sleep(5);
    ids.push((await aModel(server, { namespace, name: "m" })).id);
    const { data } = await server.gql(
      `query A($key: String!) { model(key: $key) { versions { nodes { createdAt } } } }`,
      {
        key,
      },
    );
    const [newer, older] = data.model.versions.nodes.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(await idOf(`${key}@latest`)).toBe(ids[1]);
    expect(await idOf(`${key}@latest`, { asOf: newer })).toBe(ids[1]);
    expect(await idOf(`${key}@latest`, { asOf: older })).toBe(ids[0]);
    expect(await idOf(`${key}@latest`, { asOf: "2000-01-01T00:00:00.000Z" })).toBeUndefined();
  });

  test("moves only from where it is expected to stand, and is gone once it is deleted", async () => {
    const { key, ids } = await versions(2);
    const move = async (version: number, expectedVersion: number) => {
      const input = { asset: key, alias: "production", version, expectedVersion };
      return (await server.gql(SetAliasDocument, { input })).data!.setAlias.userErrors.map(({ code }) => code);
    };
    // Of two people who see that there is none, one sets it.
    const both = await Promise.all([move(1, 0), move(2, 0)]);
    expect(both.toSorted((a, b) => a.length - b.length)).toEqual([[], ["ALIAS_CONFLICT"]]);
    expect(await move(1, 7)).toEqual(["ALIAS_CONFLICT"]);
    const now = (await idOf(`${key}@production`)) === ids[0] ? 1 : 2;
    expect(await move(3 - now, 3 - now)).toEqual(["ALIAS_CONFLICT"]);
    expect(await move(3 - now, now)).toEqual([]);
    expect(await idOf(`${key}@production`)).toBe(ids[2 - now]);
    const remove = async () => {
      const { data } = await server.gql(DeleteAliasDocument, { input: { asset: key, alias: "production" } });
      return data!.deleteAlias.userErrors.map(({ code }) => code);
    };
    expect([await remove(), await remove()]).toEqual([[], ["UNKNOWN_NODE"]]);
    expect(await idOf(`${key}@production`)).toBe("NOT_FOUND");
  });

  test("that is set to what it names already records nothing", async () => {
    const { key } = await versions(1);
    await setAlias({ asset: key, alias: "production", version: 1 });
    const size = await server.ledgerSize();
    await setAlias({ asset: key, alias: "production", version: 1 });
    expect(await server.ledgerSize()).toBe(size);
  });

  test.each(["latest", "v3", "3", "Production", "a@b", ""])("may not be called %j", async (alias) => {
    const { key } = await versions(1);
    const { data } = await server.gql(SetAliasDocument, { input: { asset: key, alias, version: 1 } });
    expect(data!.setAlias.userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["alias"] }]);
  });

  test.each([
    ["no such version", "", 9, "UNKNOWN_NODE", "version"],
    ["no such asset", "/other", 1, "UNKNOWN_NODE", "asset"],
    ["a version", "@1", 1, "WRONG_TYPE", "asset"],
  ])("is refused for %s", async (_, behind, version, code, field) => {
    const { key } = await versions(1);
    const input = { asset: key + behind, alias: "production", version };
    const { data } = await server.gql(SetAliasDocument, { input });
    expect(data!.setAlias.userErrors).toMatchObject([{ code, path: [field] }]);
  });

  test("is moved by who may write there, and hides as its model does", async () => {
    const { key, namespace } = await versions(1);
    await setAlias({ asset: key, alias: "production", version: 1 });
    const viewer = await server.tokenFor({ [namespace]: ["VIEWER"] });
    const stranger = await server.tokenFor({ elsewhere: ["CONTRIBUTOR"] });
    const input = { asset: key, alias: "production", version: 1 };
    expect((await server.gql(SetAliasDocument, { input }, viewer)).errors[0]?.extensions.code).toBe("FORBIDDEN");
    const unseen = await server.gql(SetAliasDocument, { input }, stranger);
    expect(unseen.data!.setAlias.userErrors).toMatchObject([{ code: "UNKNOWN_NODE", path: ["asset"] }]);
    const ask = (name: string) =>
      server.gql(ModelVersionByKeyDocument, { key: `${key}@${name}` }, stranger).then(({ text }) => text);
    // Costs and correlation apart, an alias that is there and one that is not look the same.
    expect((await ask("production")).replaceAll("production", "x")).toBe(
      (await ask("staging")).replaceAll("staging", "x"),
    );
  });
});

describe("a protected alias", () => {
  const asked = async (to: TestServer, asset: string, alias: string, token: string) => {
    const input = { asset, alias, version: 1 };
    const set = await to.gql(SetAliasDocument, { input }, token);
    const gone = await to.gql(DeleteAliasDocument, { input: { asset, alias } }, token);
    const refusals = [
      [...set.errors, ...(set.data?.setAlias.userErrors ?? [])],
      [...gone.errors, ...(gone.data?.deleteAlias.userErrors ?? [])],
    ];
    return refusals.map(([first]) =>
      first === undefined ? "done" : "code" in first ? first.code : first.extensions.code,
    );
  };

  test("is set and deleted by an APPROVER of the namespace alone; others by who may write there", async () => {
    const { key, namespace } = await versions(1);
    const contributor = await server.tokenFor({ [namespace]: ["CONTRIBUTOR"], elsewhere: ["APPROVER"] });
    const approver = await server.tokenFor({ [namespace]: ["APPROVER"] });
    expect(await asked(server, key, "production", contributor)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    expect(await asked(server, key, "staging", contributor)).toEqual(["done", "done"]);
    expect(await asked(server, key, "production", approver)).toEqual(["done", "done"]);
    const refused = await server.gql(
      SetAliasDocument,
      { input: { asset: key, alias: "production", version: 1 } },
      contributor,
    );
    expect(refused.errors[0]?.message).toBe(
      `production is a protected alias: only an APPROVER of ${namespace} sets or deletes it`,
    );
  });

  test("is whichever the operator says", async () => {
    const other = await startTestServer({ protectedAliases: ["gold", "live"] });
    try {
      const { namespace, name } = await aDataset(other);
      const contributor = await other.tokenFor({ [namespace]: ["CONTRIBUTOR"] });
      const of = (alias: string) => asked(other, `${namespace}/${name}`, alias, contributor);
      expect([await of("gold"), await of("production")]).toEqual([
        ["FORBIDDEN", "FORBIDDEN"],
        ["done", "done"],
      ]);
    } finally {
      await other.stop();
    }
  });

  test("is named by CLEW_PROTECTED_ALIASES", () => {
    const read = (text: string) => readConfig({ CLEW_PROTECTED_ALIASES: text }).protectedAliases;
    expect([read(""), read("none"), read("gold, live")]).toEqual([["production"], [], ["gold", "live"]]);
    expect(() => read("Gold")).toThrow("CLEW_PROTECTED_ALIASES");
  });
});

describe("tags", () => {
  test("stand on assets, versions and runs, and narrow lists", async () => {
    const { key, namespace, ids } = await versions(1);
    const { namespace: other } = await aDataset(server, { namespace, name: "rows" });
    const tag = async (node: string, name: string, value: string) => {
      const { data } = await server.gql(SetTagDocument, { input: { node, key: name, value } });
      expect(data!.setTag.userErrors).toEqual([]);
    };
    await tag(key, "team", "red");
    await tag(`${key}@1`, "stage", "trial");
    await tag(`${other}/rows`, "team", "blue");
    const asked = `query A($id: ID!) { node(id: $id) { ... on ModelVersion { tags { key value } generatedBy { id tags { key } } model { tags { key value } } } } }`;
    const { data } = await server.gql(asked, { id: ids[0] });
    await tag(data.node.generatedBy.id, "why", "because");
    expect((await server.gql(asked, { id: ids[0] })).data.node).toEqual({
      tags: [{ key: "stage", value: "trial" }],
      generatedBy: { id: data.node.generatedBy.id, tags: [{ key: "why" }] },
      model: { tags: [{ key: "team", value: "red" }] },
    });
    const models = async (...tags: { key: string; value?: string }[]) =>
      (await server.gql(ModelsDocument, { namespace, tags })).data!.models.nodes.length;
    expect([await models({ key: "team" }), await models({ key: "team", value: "blue" })]).toEqual([1, 0]);
    const datasets = await server.gql(DatasetsDocument, { namespace, tags: [{ key: "team", value: "blue" }] });
    expect(datasets.data!.datasets.nodes).toMatchObject([{ tags: [{ key: "team", value: "blue" }] }]);
    const removed = await server.gql(DeleteTagDocument, { input: { node: key, key: "team" } });
    expect(removed.data!.deleteTag.userErrors).toEqual([]);
    expect(await models({ key: "team" })).toBe(0);
  });

  test.each([
    ["a b", "x", "INVALID_INPUT", "key"],
    ["a", "", "INVALID_INPUT", "value"],
    ["a", "two\nlines", "INVALID_INPUT", "value"],
  ])("are refused: %j = %j", async (key, value, code, field) => {
    const { key: node } = await versions(1);
    const { data } = await server.gql(SetTagDocument, { input: { node, key, value } });
    expect(data!.setTag.userErrors).toMatchObject([{ code, path: [field] }]);
  });

  test("stand on no agent", async () => {
    const node = "Agent:00000000000000000000000000000000";
    const { data } = await server.gql(SetTagDocument, { input: { node, key: "a", value: "b" } });
    expect(data!.setTag.userErrors).toMatchObject([{ code: "WRONG_TYPE", path: ["node"] }]);
  });

  test("and aliases of a page are read at once", async () => {
    const namespace = unique("page");
    for (let n = 0; n < 4; n++) {
      const { key } = await aModel(server, { namespace });
      await setAlias({ asset: key.replace("@1", ""), alias: "production", version: 1 });
    }
    const reads = vi.spyOn(server.running.server.stores.database.nodes, "tags");
    const { data } = await server.gql(ModelsDocument, { namespace });
    expect(data!.models.nodes.map(({ aliases }) => aliases.map(({ alias }) => alias))).toEqual(
      Array.from({ length: 4 }, () => ["production"]),
    );
    expect(reads).toHaveBeenCalledTimes(2);
    reads.mockRestore();
  });
});
