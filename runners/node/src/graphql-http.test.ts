import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { askOverHttp } from "./graphql-http.ts";

const REQUEST = { query: "query A { a }", operationName: "A", variables: { n: 1 } };

/** A server that answers everything the same, and what it was asked. */
async function aServer(status: number, body: string) {
  const asked: { request: IncomingMessage; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ request, body: JSON.parse(await text(request)) });
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const ask = (path = "") =>
    askOverHttp(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
      "a-token",
      REQUEST,
      AbortSignal.timeout(5_000),
    );
  return { asked, ask };
}

test("an operation is posted with its text and the token, below the path that the server has", async () => {
  const { asked, ask } = await aServer(200, JSON.stringify({ data: { a: 1 }, extensions: { cost: 1 } }));
  expect(await ask("/clew")).toEqual({ schema: "clew/mutation-reply/1", data: { a: 1 } });
  expect(asked).toMatchObject([{ request: { method: "POST", url: "/clew/graphql" }, body: REQUEST }]);
  expect(asked[0]!.request.headers).toMatchObject({ authorization: "Bearer a-token" });
});

test("GraphQL's errors are the answer, whatever the status", async () => {
  const errors = [{ message: "no", extensions: { code: "UNAUTHENTICATED" } }];
  const { ask } = await aServer(401, JSON.stringify({ errors }));
  expect(await ask()).toEqual({ schema: "clew/mutation-reply/1", errors });
});

test.each([
  ["a page of a proxy", 502, "<html>bad gateway</html>"],
  ["JSON of something else", 404, '{"message":"not found"}'],
])("%s is no answer: it is asked again", async (_, status, body) => {
  expect(await (await aServer(status, body)).ask()).toBeNull();
});

test("a proxy that takes no such request is a refusal", async () => {
  const { ask } = await aServer(413, "<html>too large</html>");
  expect(await ask()).toMatchObject({ errors: [{ extensions: { code: "REQUEST_TOO_LARGE", retryable: false } }] });
});

test("nobody there is no answer", async () => {
  expect(await askOverHttp("http://127.0.0.1:9", "t", REQUEST, AbortSignal.timeout(5_000))).toBeNull();
});
