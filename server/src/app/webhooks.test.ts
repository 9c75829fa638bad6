import { CreateWebhookDocument, WebhooksDocument } from "@clew/schema/graphql";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTestServer } from "../../../test/support/server.ts";
import { aReceiver } from "../../../test/support/webhook-receiver.ts";
import { describeWebhooks } from "./webhooks.contract.ts";

describe("SQLite", () => describeWebhooks(async () => null));

test("a webhook that has not answered in time has failed, and is told again", async () => {
  const server = await startTestServer({ webhookAllowPrivate: true, webhookTimeoutSeconds: 1 });
  onTestFinished(() => server.stop());
  const receiver = await aReceiver();
  onTestFinished(() => receiver.close());
  receiver.answer = () => {};
  await server.gql(CreateWebhookDocument, { input: { namespace: "*", url: receiver.url, after: 0 } });
  const told = async () => (await server.gql(WebhooksDocument, {})).data.webhooks[0];
  await expect.poll(told).toMatchObject({ position: 0, lastError: "no answer within 1000 ms" });
  await expect.poll(() => receiver.deliveries.length).toBeGreaterThan(1);
  expect(new Set(receiver.deliveries.map(({ id }) => id)).size).toBe(1);
});
