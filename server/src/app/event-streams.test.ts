import { request as httpRequest } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { FollowLedgerDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bearer } from "../../../test/support/answer.ts";
import { aDataset, aLargeEntry, revokeNewestToken } from "../../../test/support/builders.ts";
import { eventsOf } from "../../../test/support/event-stream.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ subscriptionStallSeconds: 1 });
});
afterAll(() => server.stop());

const query = String(FollowLedgerDocument);

interface Asked {
  readonly token?: string;
  readonly method?: "GET" | "POST";
  readonly body?: object;
}

/** Asks for a stream; answers what came, as far as it is read. */
async function ask(variables: object, { token = server.adminToken, method = "POST", body }: Asked = {}) {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const headers = { ...bearer(token), accept: "text/event-stream" };
  const asked = body ?? { query, variables };
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await (method === "GET"
    ? fetch(`${server.url}/graphql?${String(search)}`, { headers, signal: gone.signal })
    : fetch(`${server.url}/graphql`, {
        method,
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(asked),
        signal: gone.signal,
      }));
  return { response, leave: () => gone.abort() };
}

async function seqsUpTo(response: Response, count: number): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { name, data } of eventsOf(response)) {
    expect(name).toBe("next");
    seqs.push((JSON.parse(data) as { data: { ledgerEntries: { seq: number } } }).data.ledgerEntries.seq);
    if (seqs.length === count) break;
  }
  return seqs;
}

test.each(["GET", "POST"] as const)("a %s that accepts events gets every entry once and in order", async (method) => {
  const { response } = await ask({ after: 0 }, { method });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  await Promise.all(Array.from({ length: 5 }, () => aDataset(server)));
  const size = await server.ledgerSize();
  expect(await seqsUpTo(response, size)).toEqual(Array.from({ length: size }, (_, n) => n + 1));
});

test.each([
  ["without a token that is good", { token: "nonsense" }, 401, "UNAUTHENTICATED"],
  ["without an operation", { body: {} }, 400, "BAD_REQUEST"],
  ["that cannot be parsed", { body: { query: "subscription {" } }, 400, "GRAPHQL_PARSE_FAILED"],
  ["for a field that is not there", { body: { query: "subscription { nothing }" } }, 400, "GRAPHQL_VALIDATION_FAILED"],
  ["that is a query", { body: { query: "{ __typename }" } }, 400, "BAD_REQUEST"],
])("a request %s is refused", async (_, asked, status, code) => {
  const { response } = await ask({}, asked);
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  expect([response.status, errors[0]?.extensions.code]).toEqual([status, code]);
});

test("what a principal may not read is refused before anything is sent", async () => {
  const token = await server.tokenFor({ team: ["ADMIN"] });
  const { response } = await ask({ after: 0 }, { token });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code).toBe(
    "FORBIDDEN",
  );
});

test("a principal has at most so many streams, and room again when one is left", async () => {
  const token = await server.tokenFor({ "*": ["VIEWER"] });
  const streams = await Promise.all(Array.from({ length: 50 }, () => ask({ after: 0 }, { token })));
  for (const { response } of streams) expect(response.status).toBe(200);
  const { response: refused } = await ask({ after: 0 }, { token });
  expect(refused.status).toBe(429);
  streams[0]!.leave();
  await expect.poll(async () => (await ask({ after: 0 }, { token })).response.status).toBe(200);
});

test("a stream ends soon after its token is revoked", async () => {
  const token = await server.tokenFor({ "*": ["VIEWER"] });
  const { response } = await ask({ after: await server.ledgerSize() }, { token });
  await revokeNewestToken(server);
  for await (const { name } of eventsOf(response)) expect(name).toBe("next");
}, 30_000);

/** Large enough, ten times a payload of 45 kB, that the operating system does not hold them all for a client that does not read. */
const LARGE = `subscription { ledgerEntries(after: 0) { seq ${"abcdefghij".replaceAll(/./g, "$&: payload ")} } }`;

test("a client that does not read is cut off before it has everything", async () => {
  for (let n = 0; n < 40; n++) await aLargeEntry(server);
  const slow = httpRequest(`${server.url}/graphql`, {
    method: "POST",
    headers: { ...bearer(server.adminToken), accept: "text/event-stream", "content-type": "application/json" },
  });
  const taken = new Promise<number>((resolve) => {
    slow.once("response", (response) => {
      let seen = 0;
      response.on("error", () => {});
      response.on("close", () => resolve(seen));
      response.on("data", (chunk: Buffer) => (seen += chunk.length));
      response.pause();
      void delay(2_500).then(() => response.resume());
    });
  });
  slow.end(JSON.stringify({ query: LARGE }));
  expect(await taken).toBeLessThan(40 * 10 * 40_000);
});
