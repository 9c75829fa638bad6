import { setTimeout as delay } from "node:timers/promises";
import { FollowLedgerDocument } from "@clew/schema/graphql";
import { WebSocket } from "ws";
import { expect, onTestFinished, test, vi } from "vitest";
import { aLargeEntry } from "../../../test/support/builders.ts";
import { bearer } from "../../../test/support/answer.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";
import { subscribeTo } from "../../../test/support/subscriber.ts";

async function aServer(): Promise<TestServer> {
  const server = await startTestServer({ subscriptionStallSeconds: 1 });
  onTestFinished(() => server.stop());
  return server;
}

const SUBSCRIPTIONS = 20;

/** Subscribes many times from the beginning, and stops reading at once. */
async function aClientThatDoesNotRead(server: TestServer): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace(/^http/, "ws")}/graphql`, "graphql-transport-ws");
  socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: bearer(server.adminToken) })));
  await new Promise((resolve) => socket.once("message", resolve));
  const payload = { query: String(FollowLedgerDocument), variables: { after: 0 } };
  for (let id = 0; id < SUBSCRIPTIONS; id++) socket.send(JSON.stringify({ type: "subscribe", id: `s${id}`, payload }));
  socket.pause();
  return socket;
}

test("a client that does not read is closed with a word, holds up nobody, and can resume", async () => {
  const server = await aServer();
  for (let n = 0; n < 40; n++) await aLargeEntry(server);
  const size = await server.ledgerSize();
  const slow = await aClientThatDoesNotRead(server);
  const closed = new Promise<string>((resolve) =>
    slow.once("close", (code, reason) => resolve(`${code} ${String(reason)}`)),
  );
  const seqs: number[] = [];
  slow.on("message", (data) => {
    const { id, payload } = JSON.parse(String(data)) as {
      id: string;
      payload: { data: { ledgerEntries: { seq: number } } };
    };
    if (id === "s0") seqs.push(payload.data.ledgerEntries.seq);
  });
  const quick = subscribeTo(server.url, FollowLedgerDocument, { after: 0 }, server.adminToken);
  await quick.upTo(size);
  await quick.stop();
  await delay(1_600);
  slow.resume();
  expect(await closed).toMatch(/^1008 SLOW_CONSUMER/);
  expect(seqs.length).toBeLessThan(size);
  const resumed = subscribeTo(server.url, FollowLedgerDocument, { after: seqs.at(-1) ?? 0 }, server.adminToken);
  await resumed.upTo(size - seqs.length);
  await resumed.stop();
  const all = [...seqs, ...resumed.items.map(({ ledgerEntries }) => ledgerEntries.seq)];
  expect(all).toEqual(Array.from({ length: size }, (_, n) => n + 1));
});

test("a server that stops tells its subscribers so, and does not wait for them", async () => {
  const server = await startTestServer();
  const subscribers = [0, 1, 2].map(() =>
    subscribeTo(server.url, FollowLedgerDocument, { after: 0 }, server.adminToken),
  );
  await Promise.all(subscribers.map((subscriber) => subscriber.upTo(1)));
  const silent = await aClientThatDoesNotRead(server);
  await server.stop();
  for (const { ended } of subscribers) expect(await ended).toMatchObject({ code: 1001 });
  // Said of what had to be left behind.
  expect(server.log.filter((line) => line.includes("did not stop cleanly"))).toEqual([]);
  silent.terminate();
});

test("a client that is cut off leaves nothing behind", async () => {
  const server = await aServer();
  const { ledger } = server.running.server.stores.database;
  const listen = ledger.onAppend.bind(ledger);
  let listening = 0;
  vi.spyOn(ledger, "onAppend").mockImplementation((wake) => {
    listening++;
    const end = listen(wake);
    return () => {
      listening--;
      end();
    };
  });
  const socket = await aClientThatDoesNotRead(server);
  await expect.poll(() => listening).toBe(SUBSCRIPTIONS);
  socket.terminate();
  await expect.poll(() => listening).toBe(0);
});
