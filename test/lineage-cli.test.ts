import { DecideDocument, SetAliasDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aModel } from "./support/builders.ts";
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
  const versions = await clew(server, "trace", asset, "--down", "--known-at", String(knownAt));
  expect(versions).toContain(`${asset}@1`);
  expect(versions).not.toContain(`${asset}@2`);
});
