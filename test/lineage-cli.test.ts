import { DecideDocument, SetAliasDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDataset, aModel, anArtifact, aRun } from "./support/builders.ts";
import { clew } from "./support/clew.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("a version's history says who decided, and what made it", async () => {
  const { id, key } = await aModel(server);
  await server.gql(DecideDocument, { input: { decisionType: "APPROVAL", about: id, reason: "good" } });
  const lines = (await clew(server, "show", key, "--history")).split("\n");
  expect(lines[0]).toMatch(/^\S+ \S+Z {2}model-version\.state-changed {2}by administrator {2}entry \d+$/);
  expect(lines[1]).toBe("    state  PENDING → APPROVED");
  expect(lines.slice(2).join("\n")).toMatch(/model-version\.registered .*\n(.*\n)* {4}format +onnx\n/);
  expect(JSON.parse(await clew(server, "show", key, "--history", "--json", "--first", "1"))).toMatchObject([
    { type: "model-version.state-changed", by: { name: "administrator" } },
  ]);
});

test("a trace from what an alias was known to name leads to what was known then", async () => {
  const [namespace, name] = [unique("cli"), "m"];
  await aModel(server, { namespace, name });
  const asset = `${namespace}/${name}`;
  const named = await server.gql(SetAliasDocument, { input: { asset, alias: "live", version: 1 } });
  const knownAt = named.data!.setAlias.ledgerSeq!;
  await aModel(server, { namespace, name });
  await server.gql(SetAliasDocument, { input: { asset, alias: "live", version: 2 } });
  const first = async (...flags: string[]) => (await clew(server, "trace", `${asset}@live`, ...flags)).split(" ")[0];
  expect(await first()).toBe(`${asset}@2`);
  expect(await first("--known-at", String(knownAt), "--as-of", new Date(Date.now() + 1000).toISOString())).toBe(
    `${asset}@1`,
  );
  const shown = await clew(server, "show", `${asset}@live`, "--known-at", String(knownAt));
  expect(shown).toMatch(new RegExp(`^model version +${asset}@1$`, "m"));
  expect(await clew(server, "show", asset)).toMatch(/^ +live +\S+@2 +\S+ \S+ +administrator +entry \d+$/m);
  const versions = await clew(server, "trace", asset, "--down", "--known-at", String(knownAt));
  expect(versions).toContain(`${asset}@1`);
  expect(versions).not.toContain(`${asset}@2`);
});

test("a column leads to the model versions and features that come from it", async () => {
  const [namespace, name] = [unique("cli"), "rows"];
  const rows = await aDataset(server, { namespace, name, schema: [{ name: "postcode", type: "VARCHAR" }] });
  const run = await aRun(server, {
    namespace,
    inputs: [{ role: "raw", node: rows.id }],
    targets: [{ role: "table", namespace, name: "table" }],
    outputs: [
      {
        role: "table",
        datasetVersion: {
          files: [await anArtifact(server)],
          schema: [],
          columnLineage: [
            {
              column: "area",
              from: [{ input: "raw", column: "postcode" }],
              via: "TRANSFORMATION",
              expression: "left(postcode, 2)",
              masking: true,
            },
          ],
        },
      },
    ],
  });
  const columnLineage = [{ column: "x", from: [{ input: "train", column: "area" }], via: "IDENTITY" as const }];
  await aModel(server, { namespace, name: "told", from: [run.outputs["table"]!], columnLineage });
  await aModel(server, { namespace, name: "untold", from: [rows.id] });
  const told = await clew(server, "trace", `${namespace}/${name}`, "--column", "postcode");
  expect(told.split("\n")).toEqual([
    expect.stringMatching(`^${namespace}/told@1  onnx, `),
    `    x  ← ${namespace}/table@1.area  ← postcode  left(postcode, 2), masked`,
    expect.stringMatching(`^\\? ${namespace}/untold@1  onnx, `),
    "1 model version with features from postcode",
    "! there may be more: some versions do not say of which columns they were made",
  ]);
  const value = JSON.parse(await clew(server, "trace", rows.id, "--column", "postcode", "--json"));
  expect(value).toMatchObject({ column: "postcode", edges: [{ featureCount: 1 }], reasons: ["UNKNOWN_COLUMNS"] });
});
