import type { Role } from "@clew/schema";
import { RevokeTokenDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../../../test/support/refusals.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe("an administrator of one namespace", () => {
  const grantsOf = (namespace: string, ...roles: Role[]) => [{ namespace, roles }];
  const create = (agent: string, grants: object[], token?: string) =>
    server.gql<{ createToken: { token: string; secret: string } }>(
      "mutation M($input: CreateTokenInput!) { createToken(input: $input) { token secret userErrors { code } } }",
      { input: { agent, kind: "USER", name: "n", grants } },
      token,
    );
  const idsSeen = async (token: string) => {
    const { data } = await server.gql<{ tokens: { id: string }[] }>("{ tokens { id } }", {}, token);
    return data.tokens.map(({ id }) => id);
  };
  const revoke = async (id: string, token: string) =>
    codeOf(await server.gql(String(RevokeTokenDocument), { input: { token: id } }, token));

  test("makes, sees and ends the tokens that are good there alone, and no others", async () => {
    const [ours, theirs] = [unique("ours"), unique("theirs")];
    const token = await server.tokenFor({ [ours]: ["ADMIN"] });
    const mine = (await create(unique("ada"), grantsOf(ours, "APPROVER"), token)).data.createToken;
    expect((await server.gql("{ datasets { nodes { id } } }", {}, mine.secret)).status).toBe(200);
    const other = (await create(unique("bo"), grantsOf(theirs, "VIEWER"))).data.createToken;
    const both = (await create(unique("cy"), [...grantsOf(ours, "VIEWER"), ...grantsOf(theirs, "VIEWER")])).data;
    const all = (await create(unique("di"), grantsOf("*", "VIEWER"))).data.createToken;
    const refused = [[...grantsOf(ours, "VIEWER"), ...grantsOf(theirs, "VIEWER")], grantsOf("*", "VIEWER")];
    for (const grants of refused) expect(codeOf(await create(unique("e"), grants, token))).toBe("FORBIDDEN");

    const seen = await idsSeen(token);
    expect(seen).toContain(mine.token);
    const hidden = [other.token, both.createToken.token, all.token];
    expect(seen.filter((id) => hidden.includes(id))).toEqual([]);
    for (const id of [...hidden, "Token:0190000000007000800000000000000a"])
      expect(await revoke(id, token)).toBe("UNKNOWN_NODE");
    expect(await revoke(mine.token, token)).toBe("ok");
  });

  test("lends nobody's name who works elsewhere too, now or before", async () => {
    const [ours, theirs] = [unique("ours"), unique("theirs")];
    const token = await server.tokenFor({ [ours]: ["ADMIN"] });
    const chief = unique("chief");
    const made = (await create(chief, grantsOf(theirs, "APPROVER"))).data.createToken;
    const code = async (agent: string) => codeOf(await create(agent, grantsOf(ours, "APPROVER"), token));
    expect(await code(chief)).toBe("FORBIDDEN");
    await server.gql(RevokeTokenDocument, { input: { token: made.token } });
    expect(await code(chief)).toBe("FORBIDDEN");
    expect(await code("administrator")).toBe("FORBIDDEN");
    const own = unique("own");
    expect([await code(own), await code(own)]).toEqual(["ok", "ok"]);
  });
});
