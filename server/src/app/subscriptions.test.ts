import {
  CreateTokenDocument,
  ErasePersonalDataDocument,
  FollowLedgerDocument,
  FollowRunDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { aDataset, aRun, revokeNewestToken } from "../../../test/support/builders.ts";
import { bearer, gqlOf } from "../../../test/support/answer.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { type Subscriber, subscribeTo } from "../../../test/support/subscriber.ts";

let server: TestServer;
let viewer: string;
let insider: string;
beforeAll(async () => {
  server = await startTestServer();
  viewer = await server.tokenFor({ "*": ["VIEWER"] });
  insider = await server.tokenFor({ team: ["ADMIN"] });
});
afterAll(() => server.stop());

interface Entry {
  readonly ledgerEntries: {
    readonly seq: number;
    readonly type: string;
    readonly agent?: { readonly __typename: string };
  };
}

function follow(variables: { after?: number; types?: string[] }, token = viewer): Subscriber<Entry> {
  const subscriber = subscribeTo<Entry, typeof variables>(server.url, String(FollowLedgerDocument), variables, token);
  onTestFinished(() => subscriber.stop());
  return subscriber;
}
const seqsOf = ({ items }: Subscriber<Entry>) => items.map(({ ledgerEntries }) => ledgerEntries.seq);
const oneTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

/** How many of the server's parts listen for entries. */
function countListeners(): () => number {
  const { ledger } = server.running.server.stores.database;
  const before = ledger.onAppend.bind(ledger);
  let count = 0;
  vi.spyOn(ledger, "onAppend").mockImplementation((wake) => {
    const unsubscribe = before(wake);
    count++;
    return () => {
      count--;
      unsubscribe();
    };
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return () => count;
}

describe("the ledger's subscription", () => {
  test("gives every entry once and in order while others write", async () => {
    const subscriber = follow({ after: 0 });
    await Promise.all(Array.from({ length: 60 }, () => aDataset(server)));
    const size = await server.ledgerSize();
    expect(size).toBeGreaterThan(60);
    await subscriber.upTo(size);
    expect(seqsOf(subscriber)).toEqual(oneTo(size));
  });

  test("goes on after a cut from the last entry seen, without a gap", async () => {
    const first = follow({ after: 0 });
    await first.upTo(2);
    await first.stop();
    const seen = seqsOf(first);
    await Promise.all(Array.from({ length: 5 }, () => aDataset(server)));
    const second = follow({ after: seen.at(-1)! });
    const size = await server.ledgerSize();
    await second.upTo(size - seen.length);
    expect([...seen, ...seqsOf(second)]).toEqual(oneTo(size));
  });

  test("without `after` gives only what comes, and of the types that were asked for", async () => {
    const size = await server.ledgerSize();
    const subscriber = follow({ types: ["token.created"] });
    const writtenAndSeen = async () => {
      await server.tokenFor({ "*": ["VIEWER"] });
      await aDataset(server);
      return subscriber.items;
    };
    await expect.poll(writtenAndSeen).not.toEqual([]);
    for (const { ledgerEntries } of subscriber.items) {
      expect(ledgerEntries.type).toBe("token.created");
      expect(ledgerEntries.seq).toBeGreaterThan(size);
    }
  });

  test("shows of an agent what is kept of it now, and not what was when the subscription began", async () => {
    const grants = [{ namespace: "tests", roles: ["CONTRIBUTOR" as const] }];
    const input = { agent: unique("Ada"), kind: "USER" as const, name: "a test's", grants };
    const { agent, secret } = (await server.gql(CreateTokenDocument, { input })).data.createToken;
    const text = `subscription A($after: SafeInt!) { ledgerEntries(after: $after, types: ["dataset-version.published"]) { seq agent { __typename } } }`;
    const after = await server.ledgerSize();
    const subscriber = subscribeTo<Entry, { after: number }>(server.url, text, { after }, viewer);
    onTestFinished(() => subscriber.stop());
    const asAda = { ...server, gql: gqlOf(server.url, secret!) };
    await aDataset(asAda);
    await subscriber.upTo(1);
    await server.gql(ErasePersonalDataDocument, { input: { agent: agent!.id, reason: "request 17" } });
    await aDataset(asAda);
    await subscriber.upTo(2);
    const agents = subscriber.items.map(({ ledgerEntries }) => ledgerEntries.agent?.__typename);
    expect(agents).toEqual(["Agent", "ErasedNode"]);
  });

  test("is closed to who may not read every namespace, and to bad arguments", async () => {
    for (const [subscriber, code] of [
      [follow({ after: 0 }, insider), "FORBIDDEN"],
      [follow({ after: -1 }), "INVALID_INPUT"],
    ] as const) {
      await subscriber.ended;
      expect(subscriber.errors).toMatchObject([{ extensions: { code } }]);
      expect(subscriber.items).toEqual([]);
    }
  });

  test("leaves nothing behind when its client goes away, also while it waits", async () => {
    const listeners = countListeners();
    const subscribers = oneTo(5).map(() => follow({}));
    await expect.poll(listeners).toBe(5);
    await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
    await expect.poll(listeners).toBe(0);
  });
});

describe("a connection", () => {
  test.each(["", "clew_no-such-token"])("without a good token is closed with 4401: %j", async (token) => {
    expect(await follow({ after: 0 }, token).ended).toMatchObject({ code: 4401 });
  });

  test("ends within seconds when its token is revoked", { timeout: 30_000 }, async () => {
    const token = await server.tokenFor({ "*": ["VIEWER"] });
    const subscriber = follow({ after: 0 }, token);
    await subscriber.upTo(1);
    await revokeNewestToken(server);
    expect(await subscriber.ended).toMatchObject({ code: 4401, reason: "the token is no longer good" });
  });

  test("takes subscriptions only, within the limits of queries", async () => {
    const deep = `subscription { ledgerEntries(after: 0) { ${Array.from({ length: 101 }, (_, n) => `a${n}: seq`).join(" ")} } }`;
    for (const [text, code] of [
      ["{ ledger { size } }", "BAD_REQUEST"],
      ["subscription { none }", "GRAPHQL_VALIDATION_FAILED"],
      ["subscription {", "GRAPHQL_PARSE_FAILED"],
      [`subscription { ledgerEntries(after: 0) { ${"seq ".repeat(5_000)} } }`, "QUERY_TOO_COSTLY"],
      ["subscription A($after: SafeInt!) { ledgerEntries(after: $after) { seq } }", "BAD_USER_INPUT"],
      [deep, "QUERY_TOO_COSTLY"],
    ]) {
      const subscriber = subscribeTo(server.url, text!, {}, viewer);
      await subscriber.ended;
      expect(subscriber.errors, text!.slice(0, 50)).toMatchObject([{ extensions: { code } }]);
    }
  });

  test("holds no more subscriptions than are allowed, and a principal no more connections", async () => {
    const socket = await anOpenSocket(viewer);
    const answers: { type: string; payload: { extensions: { code: string } }[] }[] = [];
    socket.addEventListener("message", ({ data }) => void answers.push(JSON.parse(String(data))));
    const payload = { query: "subscription { ledgerEntries { seq } }" };
    for (const id of oneTo(21)) socket.send(JSON.stringify({ type: "subscribe", id: String(id), payload }));
    await expect.poll(() => answers.filter(({ type }) => type === "error")).toHaveLength(1);
    expect(answers.find(({ type }) => type === "error")!.payload[0]!.extensions.code).toBe("TOO_MANY_SUBSCRIPTIONS");
    const more = await Promise.all(oneTo(49).map(() => anOpenSocket(viewer)));
    expect(await follow({}).ended).toMatchObject({ code: 1013 });
    // They count until they are closed: the next test's connections would be refused.
    await Promise.all([socket, ...more].map(closed));
  });
});

async function closed(socket: WebSocket): Promise<void> {
  const end = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve(), { once: true }));
  socket.close();
  await end;
}

/** A WebSocket whose connection_init was answered. */
async function anOpenSocket(token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace(/^http/, "ws")}/graphql`, "graphql-transport-ws");
  onTestFinished(() => socket.close());
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () =>
      socket.send(JSON.stringify({ type: "connection_init", payload: bearer(token) })),
    );
    socket.addEventListener("message", () => resolve(), { once: true });
    socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)), { once: true });
  });
  return socket;
}

test("over HTTP a subscription is refused with a word of where it goes", async () => {
  const { errors } = await server.gql("subscription { ledgerEntries(after: 0) { seq } }");
  expect(errors).toMatchObject([
    { extensions: { code: "BAD_REQUEST" }, message: expect.stringContaining("WebSocket") },
  ]);
});

test("a run that may not be read answers as one that is not there, and without NATS a run cannot be followed", async () => {
  const { id } = await aRun(server);
  const missing = "Run:019b0000-0000-7000-8000-000000000000";
  const asked = [
    [id, insider],
    [missing, insider],
    [id, viewer],
  ].map(([run, token]) => subscribeTo(server.url, FollowRunDocument, { run: run! }, token!));
  await Promise.all(asked.map(({ ended }) => ended));
  const [masked, absent, there] = asked.map(({ errors, items }) => JSON.stringify([errors, items]));
  expect(masked).toBe(absent);
  expect(masked).toContain('"NOT_FOUND"');
  expect(there).toContain('"RUN_EVENTS_UNAVAILABLE"');
});
