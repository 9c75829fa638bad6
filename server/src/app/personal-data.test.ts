import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentId, digestOf } from "@clew/schema";
import {
  CreateTokenDocument,
  ErasePersonalDataDocument,
  FindAgentsDocument,
  PersonalDataDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { aDataset } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { openSqlite } from "../adapters/mikro-orm/index.ts";
import { defineFact } from "../core/define-fact.ts";
import { place } from "../core/define-node.ts";
import { Agent } from "../features/access/index.ts";
import { Recorder } from "../ledger/recorder.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const grants = [{ namespace: "*", roles: ["VIEWER" as const] }];
const createToken = async (to: TestServer, agent: string, kind: "USER" | "SERVICE" = "USER") =>
  (await to.gql(CreateTokenDocument, { input: { agent, kind, name: "a token", grants } })).data.createToken.agent!;
const erase = (to: TestServer, agent: string, token?: string) =>
  to.gql(ErasePersonalDataDocument, { input: { agent, reason: "request 17" } }, token);
const found = async (to: TestServer, name: string) => (await to.gql(FindAgentsDocument, { name })).data.search.nodes;

test("an agent is known by kind and name, under an id that does not tell them", async () => {
  const name = unique("Ada");
  const first = await createToken(server, name);
  expect(await createToken(server, name)).toEqual(first);
  const service = await createToken(server, name, "SERVICE");
  expect(service.id).not.toBe(first.id);
  expect([first.id, service.id]).not.toContain(contentId("Agent", "USER", name));
  expect((await found(server, name)).map(({ id }) => id).toSorted()).toEqual([first.id, service.id].toSorted());
});

test("only an administrator sees all that is kept of an agent, and erases it", async () => {
  const { id } = await createToken(server, unique("Ada"));
  const team = await server.tokenFor({ "*": ["APPROVER"], tests: ["ADMIN"] });
  const refused = [await server.gql(PersonalDataDocument, { agent: id }, team), await erase(server, id, team)];
  expect(refused.map(({ errors }) => errors[0]?.extensions.code)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
  expect((await server.gql(PersonalDataDocument, { agent: id })).data.personalData).toHaveLength(2);
});

test("only what is an agent can be erased, and that again", async () => {
  const code = async (agent: string) => (await erase(server, agent)).data.erasePersonalData.userErrors[0]?.code;
  expect(await code((await aDataset(server)).id)).toBe("WRONG_TYPE");
  expect(await code("Agent:00000000000000000000000000000001")).toBe("UNKNOWN_NODE");
  const before = await server.ledgerSize();
  expect(await code("Agent:00000000000000000000000000000000")).toBe("INVALID_INPUT");
  expect(await server.ledgerSize()).toBe(before);
  const { id } = await createToken(server, unique("Ada"));
  for (const _ of ["once", "twice"]) expect(await code(id)).toBeUndefined();
  const text = `query A($id: ID!) { node(id: $id) { __typename id } }`;
  expect((await server.gql(text, { id })).data.node).toEqual({ __typename: "ErasedNode", id });
});

test("what an older version recorded in plain text is found as before, and is told to remain", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "clew-older-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const name = unique("Ada");
  const id = contentId("Agent", "USER", name);
  await recordAsVersion1(join(dataDir, "clew.db"), { id, name });
  const older = await startTestServer({ dataDir });
  onTestFinished(() => older.stop());
  expect(await found(older, name)).toMatchObject([{ id, name }]);
  expect((await createToken(older, name)).id).toBe(id);
  const { personalData } = (await older.gql(PersonalDataDocument, { agent: id })).data;
  expect(personalData.map(({ value }) => value)).toEqual([name, "a token"]);
  const { userErrors, ledgerSeq } = (await erase(older, id)).data.erasePersonalData;
  expect(userErrors).toEqual([
    { code: "PERSONAL_DATA_REMAINS", path: ["agent"], message: expect.stringMatching(/^entry 1, /) },
  ]);
  expect(ledgerSeq).toBeGreaterThan(1);
  expect((await older.gql(PersonalDataDocument, { agent: id })).data.personalData).toEqual([]);
});

/** Records a token's agent as version 1 of `token.created` did. */
async function recordAsVersion1(file: string, { id, name }: { id: string; name: string }): Promise<void> {
  const agent = { id, name, kind: "USER" as const, createdAt: 1_700_000_000_000 };
  const tokenCreated = defineFact({
    type: "token.created",
    v: 1,
    payload: z.json(),
    project: () => place(Agent, agent),
  });
  const token = "Token:019b76da-a800-7000-8000-000000000002";
  const fact = tokenCreated.of({ token, name: "first", agent, grants: [], expiresAt: null });
  const database = await openSqlite(file);
  await new Recorder(database.ledger).record({
    principal: id,
    mutation: "createToken",
    idempotencyKey: "older",
    inputDigest: digestOf({}),
    heads: [id],
    decide: () => ({ facts: [fact], answer: {} }),
  });
  await database.ledger.close();
  await database.close();
}
