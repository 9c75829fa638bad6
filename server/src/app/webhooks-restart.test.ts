import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CreateWebhookDocument, WebhooksDocument } from "@clew/schema/graphql";
import pino from "pino";
import { expect, onTestFinished, test } from "vitest";
import { aDataset } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer } from "../../../test/support/server.ts";
import { aReceiver, type Receiver, taken } from "../../../test/support/webhook-receiver.ts";
import { Config, startServer } from "./index.ts";

async function receiving(): Promise<Receiver> {
  const receiver = await aReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

/** Starts a server on another one's folder, once that has stopped. */
async function startAgain({ dataDir }: TestServer, settings: Partial<Config>) {
  const running = await startServer(Config.parse({ dataDir, port: 0, ...settings }), pino({ level: "silent" }));
  onTestFinished(() => running.stop());
  return running;
}

async function webhooksOf(url: string, token: string) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ query: String(WebhooksDocument) });
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
  return ((await response.json()) as { data: { webhooks: { position: number; lastError: string | null }[] } }).data
    .webhooks;
}

/** What is not answered is not sent again before the server stops. */
const PRIVATE = { webhookAllowPrivate: true, webhookTimeoutSeconds: 60 };

test("a server that starts again delivers what was recorded meanwhile; what was not acknowledged comes twice under one id", async () => {
  const server = await startTestServer(PRIVATE);
  onTestFinished(() => rm(server.dataDir, { recursive: true, force: true }));
  const receiver = await receiving();
  // It has taken the entry, but the server never hears of it: as in a crash between delivery and position.
  receiver.answer = () => {};
  await server.gql(CreateWebhookDocument, { input: { namespace: "*", url: receiver.url, after: 0 } });
  await expect.poll(() => receiver.deliveries).toHaveLength(1);
  for (let n = 0; n < 3; n++) await aDataset(server);
  const size = await server.ledgerSize();
  await server.running.stop();
  receiver.answer = taken;
  const again = await startAgain(server, PRIVATE);
  await expect.poll(() => receiver.deliveries.at(-1)!.message.seq).toBe(size);
  const [first, ...rest] = receiver.deliveries;
  expect(rest[0]!.id).toBe(first!.id);
  expect(rest.map(({ message }) => message.seq)).toEqual(Array.from({ length: size }, (_, n) => n + 1));
  await expect
    .poll(() => webhooksOf(again.url, server.adminToken))
    .toMatchObject([{ position: size, lastError: null }]);
});

/** A webhook that has been told something and never answered, on a server that has stopped. */
async function anUntakenDelivery() {
  const server = await startTestServer(PRIVATE);
  onTestFinished(() => rm(server.dataDir, { recursive: true, force: true }));
  const receiver = await receiving();
  receiver.answer = () => {};
  await server.gql(CreateWebhookDocument, { input: { namespace: "*", url: receiver.url, after: 0 } });
  await expect.poll(() => receiver.deliveries).toHaveLength(1);
  await server.running.stop();
  return { server, receiver };
}

const lastErrorOf = async (url: string, token: string) => (await webhooksOf(url, token))[0]!.lastError;

test("a server with another key does not sign with it, and says so", async () => {
  const { server, receiver } = await anUntakenDelivery();
  await rm(join(server.dataDir, "webhook.key"));
  const again = await startAgain(server, PRIVATE);
  await expect.poll(() => lastErrorOf(again.url, server.adminToken)).toContain("webhook.key");
  expect(receiver.deliveries).toHaveLength(1);
});

test("without CLEW_WEBHOOK_ALLOW_PRIVATE nothing of this machine is connected to, whenever the webhook was made", async () => {
  const { server, receiver } = await anUntakenDelivery();
  const again = await startAgain(server, {});
  await expect.poll(() => lastErrorOf(again.url, server.adminToken)).toContain("ALLOW_PRIVATE");
  expect(receiver.deliveries).toHaveLength(1);
  const fresh = await startTestServer();
  onTestFinished(() => fresh.stop());
  const { data } = await fresh.gql(CreateWebhookDocument, { input: { namespace: "*", url: receiver.url } });
  expect(data.createWebhook.userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["url"] }]);
});
