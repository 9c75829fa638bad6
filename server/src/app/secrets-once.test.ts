import { CreateTokenDocument, EnrolRunnerDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe("a secret that a mutation makes", () => {
  test("of a token is told once, and a repeated key answers the same token without it", async () => {
    const grants = [{ namespace: "*", roles: ["VIEWER" as const] }];
    const input = { agent: unique("agent"), kind: "USER" as const, name: "n", grants };
    const variables = { input, idempotencyKey: unique("key") };
    const first = (await server.gql(CreateTokenDocument, variables)).data.createToken;
    const again = (await server.gql(CreateTokenDocument, variables)).data.createToken;
    expect(first.secret).toMatch(/^clew_/);
    expect(again).toEqual({ ...first, secret: null });
  });

  test("of a runner is told once, and a repeated key answers without it", async () => {
    const variables = { input: { name: unique("runner") }, idempotencyKey: unique("key") };
    const first = (await server.gql(EnrolRunnerDocument, variables)).data.enrolRunner;
    const again = (await server.gql(EnrolRunnerDocument, variables)).data.enrolRunner;
    expect(first.secret).toMatch(/^clew_/);
    expect(again).toEqual({ ...first, secret: null });
  });

  test("is the caller's own when the same runner is enrolled twice at once: both work", async () => {
    const input = { name: unique("runner") };
    const enrolled = await Promise.all([1, 2].map(() => server.gql(EnrolRunnerDocument, { input })));
    const secrets = enrolled.map(({ data }) => data.enrolRunner.secret ?? "");
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) {
      expect((await server.gql("{ __typename }", {}, secret)).status).toBe(200);
    }
  });
});
