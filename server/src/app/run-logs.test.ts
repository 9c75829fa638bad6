import { timeId } from "@clew/schema";
import { RunLogsDocument } from "@clew/schema/graphql";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aQueuedRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";
import { LogRetention } from "../features/runs/index.ts";

const DAY_MS = 24 * 3600 * 1000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const logs = () => server.running.server.stores.database.logs;
const aLine = (runId: string, n: number, attempt = 1, at = Date.now()) => {
  return { runId, attempt, n, at, level: "info", text: `line ${n}` };
};
const pageOf = async (
  id: string,
  asked: { attempt?: number; first?: number; after?: string | null },
  token?: string,
) => {
  const { data, errors } = await server.gql(RunLogsDocument, { id, ...asked }, token);
  return { node: data?.node as { logs: Page } | null, errors };
};
interface Page {
  readonly nodes: readonly { readonly attempt: number; readonly n: number; readonly text: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

test("a run's log is read page by page, and goes on where it ended when more is said", async () => {
  const run = await aQueuedRun(server);
  expect((await pageOf(run, {})).node?.logs).toEqual({
    nodes: [],
    pageInfo: { hasNextPage: false, endCursor: null },
  });
  await logs().add([aLine(run, 1), aLine(run, 2), aLine(run, 1, 2)]);
  const first = (await pageOf(run, { first: 2 })).node!.logs;
  expect(first.nodes.map(({ attempt, n, text }) => [attempt, n, text])).toEqual([
    [1, 1, "line 1"],
    [1, 2, "line 2"],
  ]);
  expect(first.pageInfo.hasNextPage).toBe(true);
  const second = (await pageOf(run, { first: 2, after: first.pageInfo.endCursor })).node!.logs;
  expect(second).toMatchObject({ nodes: [{ attempt: 2, n: 1 }], pageInfo: { hasNextPage: false } });
  const none = (await pageOf(run, { after: second.pageInfo.endCursor })).node!.logs;
  expect(none).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: second.pageInfo.endCursor } });
  await logs().add([aLine(run, 7, 2)]);
  expect((await pageOf(run, { after: none.pageInfo.endCursor })).node!.logs.nodes).toMatchObject([{ n: 7 }]);
  expect((await pageOf(run, { attempt: 1 })).node!.logs.nodes).toHaveLength(2);
});

test("who may not read a run reads nothing of its log, and a foreign cursor is refused", async () => {
  const run = await aQueuedRun(server);
  await logs().add([aLine(run, 1)]);
  const reader = await server.tokenFor({ tests: ["VIEWER"] });
  const stranger = await server.tokenFor({ elsewhere: ["VIEWER"] });
  expect((await pageOf(run, {}, reader)).node?.logs.nodes).toHaveLength(1);
  expect((await pageOf(run, {}, stranger)).node).toBeNull();
  for (const parts of [[1.5, 1], [2 ** 40, 1], [1, 2 ** 60], ["1", 1], [1]]) {
    const after = Buffer.from(JSON.stringify(parts)).toString("base64url");
    expect((await pageOf(run, { after })).errors).toMatchObject([{ extensions: { code: "INVALID_CURSOR" } }]);
  }
});

test("old lines are deleted in small batches, all of them, and the others stay", async () => {
  const now = Date.now();
  const old = timeId("Run", now - 40 * DAY_MS);
  const young = timeId("Run", now - DAY_MS);
  const many = Array.from({ length: 2_500 }, (_, n) => aLine(old, n + 1, 1, now - 35 * DAY_MS));
  await logs().add([...many, aLine(old, 3_000), aLine(young, 1)]);
  const retention = new LogRetention(logs(), 30, pino({ level: "silent" }));
  await retention.forgetOld(now);
  const left = async (run: string) => (await logs().lines(run, null, { attempt: 0, n: 0 }, 9_999)).map(({ n }) => n);
  expect([await left(old), await left(young)]).toEqual([[3_000], [1]]);
});
