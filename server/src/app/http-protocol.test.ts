import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, readAnswer } from "../../../test/support/answer.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";

const RESPONSE_JSON = "application/graphql-response+json";
/** Around a text. */
const CREATE_WITH_TEXT = [
  `{"query": "mutation A($v: JSON!) { recordEnvironment(input: {values: $v}) { environment { values } } }", "variables": {"v": {"text": "`,
  `"}}}`,
] as const;
const CREATE = `mutation { recordEnvironment(input: {values: {}}) { ledgerSeq } }`;

describe("GraphQL over HTTP", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    readAnswer(
      await fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(server.adminToken), ...headers },
        body,
      }),
    );
  const query = (text: string, accept?: string) =>
    send(JSON.stringify({ query: text }), accept === undefined ? {} : { accept });
  const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/graphql?${new URLSearchParams(parameters)}`, {
      headers: { ...bearer(server.adminToken), ...headers },
    });
  const unchanged = async (act: () => Promise<void>) => {
    const before = await server.ledgerSize();
    await act();
    expect(await server.ledgerSize()).toBe(before);
  };

  test.each([
    [RESPONSE_JSON, RESPONSE_JSON],
    ["application/json", "application/json"],
    ["*/*", RESPONSE_JSON],
    [`${RESPONSE_JSON}, application/json;q=0.9`, RESPONSE_JSON],
  ])("answers Accept: %s with %s and 200", async (accept, type) => {
    const answer = await query("{ datasets { pageInfo { hasNextPage } } }", accept);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(`${type}; charset=utf-8`);
    expect(answer.data).toEqual({ datasets: { pageInfo: { hasNextPage: false } } });
  });

  test("has nothing for who accepts neither type", async () => {
    const answer = await query("{ datasets { pageInfo { hasNextPage } } }", "text/csv");
    expect(answer.status).toBe(406);
  });

  test.each([
    ["a document that is no GraphQL", "{ datasets {", "GRAPHQL_PARSE_FAILED"],
    ["a field that there is not", "{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ["an argument of another type", '{ datasets(first: "x") { nodes { id } } }', "GRAPHQL_VALIDATION_FAILED"],
  ])("refuses %s: 400, and 200 for application/json", async (_, text, code) => {
    for (const [accept, status] of [
      [RESPONSE_JSON, 400],
      ["application/json", 200],
    ] as const) {
      const answer = await query(text, accept);
      expect(answer.errors).toMatchObject([{ extensions: { code, retryable: false } }]);
      expect(answer.data).toBeNull();
      expect(answer.status).toBe(status);
    }
  });

  test("refuses a variable of another type and names it", async () => {
    const text = "query A($first: Int) { datasets(first: $first) { nodes { id } } }";
    const answer = await send(JSON.stringify({ query: text, variables: { first: "ten" } }));
    expect(answer.status).toBe(400);
    expect(answer.errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", retryable: false } });
    expect(answer.errors[0]?.message).toContain("$first");
  });

  test("refuses a field's fault with 200: the rest of the answer is there", async () => {
    const answer = await query("{ datasets(first: 0) { nodes { id } } tokens { id } }");
    expect(answer.errors[0]).toMatchObject({
      path: ["datasets"],
      extensions: { code: "INVALID_INPUT", path: ["first"] },
    });
  });

  test("refuses malformed JSON with 400 and says where", () =>
    unchanged(async () => {
      const answer = await send(`{"query": "${CREATE}"`);
      expect([answer.status, answer.errors[0]?.extensions]).toEqual([400, { code: "BAD_REQUEST", retryable: false }]);
      expect(answer.errors[0]?.message).toMatch(/body cannot be read.*JSON/);
    }));

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "refuses a body of the type %s with 415",
    (type) =>
      unchanged(async () => {
        const answer = await send(JSON.stringify({ query: CREATE }), { "content-type": type });
        expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      }),
  );

  test.each([
    ["bytes that are no UTF-8", "application/json", Buffer.from([0xff]), 400, "BAD_REQUEST"],
    ["a charset other than UTF-8", "application/json; charset=latin1", Buffer.from("x"), 415, "UNSUPPORTED_MEDIA_TYPE"],
  ])("refuses %s, and keeps no replacement characters", (_, type, byte, status, code) =>
    unchanged(async () => {
      const [before, after] = CREATE_WITH_TEXT;
      const body = Buffer.concat([Buffer.from(before), byte, Buffer.from(after)]);
      const answer = await send(body, { "content-type": type });
      expect([answer.status, answer.errors[0]?.extensions]).toEqual([status, { code, retryable: false }]);
    }),
  );

  test.each(["application/json;charset=UTF-8", 'application/json; charset="utf8"'])("takes %s", async (type) => {
    const answer = await send(CREATE_WITH_TEXT.join("é"), { "content-type": type });
    expect(answer.data).toMatchObject({ recordEnvironment: { environment: { values: { text: "é" } } } });
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("refuses %s with 405 and says what is allowed", async (method) => {
    const response = await fetch(`${server.url}/graphql`, { method, headers: bearer(server.adminToken) });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect((await readAnswer(response)).errors).toMatchObject([
      { extensions: { code: "BAD_REQUEST", retryable: false } },
    ]);
  });

  test("leads a browser from / to the explorer, and says of any other path that nothing is there", async () => {
    const root = await fetch(server.url, { headers: { accept: "text/html" } });
    expect([root.url, root.status]).toEqual([`${server.url}/graphql`, 200]);
    const none = await startTestServer({ graphiql: false });
    for (const url of [`${server.url}/nothing`, none.url]) {
      const answer = await readAnswer(await fetch(url));
      expect([answer.status, answer.errors[0]?.extensions]).toEqual([404, { code: "NOT_FOUND", retryable: false }]);
    }
    await none.stop();
  });

  test.each([
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-04-31T23:00:00-05:00",
    "2026-01-31T12:00:00",
    "2026-01-31",
  ])("refuses the time %s", async (time) => {
    const text = 'query A($asOf: DateTime) { datasetVersion(key: "a/b@1", asOf: $asOf) { id } }';
    const answer = await send(JSON.stringify({ query: text, variables: { asOf: time } }));
    expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test.each(["2024-02-29T23:59:59.999+05:30", "2026-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])(
    "takes the time %s",
    async (time) => {
      const { errors } = await query(`{ datasetVersion(key: "a/b@1", asOf: "${time}") { id } }`);
      expect(errors).toEqual([]);
    },
  );

  test("takes a query by GET, with variables", async () => {
    const response = await get({
      query: "query A($key: String!) { dataset(key: $key) { id } }",
      variables: JSON.stringify({ key: "tests/none" }),
    });
    expect((await readAnswer(response)).data).toEqual({ dataset: null });
    expect(response.status).toBe(200);
  });

  test("refuses a mutation by GET with 405 and says what is allowed", () =>
    unchanged(async () => {
      const response = await get({ query: CREATE });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await readAnswer(response)).errors).toMatchObject([
        { extensions: { code: "BAD_REQUEST", retryable: false } },
      ]);
    }));

  test("refuses several operations in one request", () =>
    unchanged(async () => {
      const answer = await send(JSON.stringify([{ query: CREATE }, { query: CREATE }]));
      expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
    }));

  test.each([
    ["no query", {}],
    ["a query that is no text", { query: 5 }],
    ["variables that are no object", { query: "{ tokens { id } }", variables: "x" }],
    ["an operation that is not in the document", { query: "query A { tokens { id } }", operationName: "B" }],
  ])("refuses %s with 400", async (_, body) => {
    const answer = await send(JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(answer.errors[0]?.extensions.code).toMatch(/^(BAD_REQUEST|OPERATION_RESOLUTION_FAILURE)$/);
  });

  test.each([
    ["no token", ""],
    ["a token that was never made", "clew_nothing"],
    ["an attempt's token of another server", "clewrun_WyJSdW46MSIsMSwieCJd.AAAA"],
  ])("refuses %s with 401, whatever is asked", async (_, token) => {
    const before = await server.ledgerSize();
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...bearer(token) },
      body: JSON.stringify({ query: CREATE }),
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    const [error] = (await readAnswer(response)).errors;
    expect(error?.extensions).toEqual({ code: "UNAUTHENTICATED", retryable: false });
    expect(error?.message).toMatch(token === "" ? /give a token/ : /unknown, expired or revoked/);
    expect(await server.ledgerSize()).toBe(before);
  });

  test("refuses 100 MB with 413, in flat memory, and the connection goes on", () =>
    unchanged(async () => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      const before = heldBytes();
      let highest = 0;
      const refused = await post(socket, server.adminToken, 100 * 1024 * 1024, () => {
        highest = Math.max(highest, heldBytes());
      });
      expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
        413,
        { errors: [{ extensions: { code: "REQUEST_TOO_LARGE", retryable: false } }] },
      ]);
      expect(highest - before).toBeLessThan(16 * 1024 * 1024);
      expect((await post(socket, server.adminToken, 0)).status).toBe(200);
      socket.destroy();
    }));
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What buffers hold that is still in use. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** Posts a query with `padding` bytes of white space behind it, a piece at a time, and all of it whatever is answered meanwhile. */
async function post(
  socket: Socket,
  token: string,
  padding: number,
  onTenMiB = () => {},
): Promise<{ status: number; body: string }> {
  const answer = readResponse(socket);
  const body = JSON.stringify({ query: "{ datasets { nodes { id } } }" });
  const head = [
    "POST /graphql HTTP/1.1",
    "Host: clew",
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length + padding}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const piece = Buffer.alloc(256 * 1024, " ");
  for (let left = padding; left > 0; left -= piece.length) {
    if (!socket.write(piece)) await once(socket, "drain");
    if (left % (10 * 1024 * 1024) === 0) onTenMiB();
  }
  return answer;
}

function readResponse(socket: Socket): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      const [head = "", body = ""] = text.split("\r\n\r\n");
      if (!head || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1])) return;
      socket.off("data", take);
      resolve({ status: Number(head.split(" ")[1]), body });
    };
    socket
      .on("data", take)
      .once("error", reject)
      .once("close", () => reject(new Error("the connection was closed")));
  });
}
