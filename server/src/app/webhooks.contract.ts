import {
  CreateWebhookDocument,
  type CreateWebhookInput,
  DeleteWebhookDocument,
  EnableWebhookDocument,
  WebhooksDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { aDataset, aModel, aRun } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aReceiver, type Receiver, refusingOnce, taken } from "../../../test/support/webhook-receiver.ts";

/** Longer than any test: what a slow machine is late with is not sent twice. */
const NEVER_SECONDS = 60;
const SETTINGS = { webhookAllowPrivate: true, webhookTimeoutSeconds: NEVER_SECONDS, webhookMaxAttempts: 3 };
const seqs = ({ deliveries }: Receiver) => deliveries.map(({ message }) => message.seq);
const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

async function receiving(): Promise<Receiver> {
  const receiver = await aReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

/** What webhooks do, whichever database keeps them. `url`: a PostgreSQL database; null is SQLite. */
export function describeWebhooks(url: () => Promise<string | null>): void {
  let server: TestServer;
  beforeAll(async () => {
    const postgresUrl = await url();
    server = await startTestServer({ ...SETTINGS, ...(postgresUrl === null ? {} : { postgresUrl }) });
  });
  afterAll(() => server.stop());

  async function aWebhook(input: Partial<CreateWebhookInput> & { url: string }, token?: string) {
    const { data, text } = await server.gql(CreateWebhookDocument, { input: { namespace: "*", ...input } }, token);
    const { webhook, secret } = data?.createWebhook ?? {};
    if (!webhook || !secret) throw new Error(`no webhook: ${text}`);
    onTestFinished(async () => void (await server.gql(DeleteWebhookDocument, { input: { webhook } })));
    return { id: webhook, secret };
  }

  const state = async (id: string) =>
    (await server.gql(WebhooksDocument, {})).data.webhooks.find((one) => one.id === id)!;

  describe("a webhook", () => {
    test("is told of every entry in order and once, signed so that its secret verifies it", async () => {
      const receiver = await receiving();
      const { id, secret } = await aWebhook({ url: `${receiver.url}/hook`, after: 0 });
      await Promise.all(Array.from({ length: 20 }, () => aDataset(server)));
      const size = await server.ledgerSize();
      await soon(() => expect(receiver.deliveries.length).toBeGreaterThanOrEqual(size));
      expect(seqs(receiver)).toEqual(Array.from({ length: size }, (_, n) => n + 1));
      expect(receiver.deliveries.every((delivery) => delivery.path === "/hook" && delivery.isSignedWith(secret))).toBe(
        true,
      );
      expect(receiver.deliveries[0]!.isSignedWith(secret.replace(/.{4}$/, "AAA="))).toBe(false);
      expect(new Set(receiver.deliveries.map((delivery) => delivery.id)).size).toBe(size);
      expect(receiver.deliveries[0]!.message).toMatchObject({
        schema: "clew/ledger-announcement/1",
        type: "token.created",
      });
      await soon(async () =>
        expect(await state(id)).toMatchObject({ position: size, failures: 0, disabledReason: null }),
      );
    });

    test("of a namespace is told of that namespace's entries and types only", async () => {
      const receiver = await receiving();
      const namespace = unique("team");
      const token = await server.tokenFor({ [namespace]: ["ADMIN"] });
      const types = ["dataset-version.published", "run.recorded"];
      await aWebhook({ url: receiver.url, namespace, types }, token);
      const other = await aDataset(server);
      const mine = await aDataset(server, { namespace });
      // Of its namespace, but of a type that it has not asked for.
      const { run: training } = await aModel(server, { namespace });
      const run = await aRun(server, { namespace, inputs: [{ role: "data", node: other.id }] });
      await soon(() => expect(receiver.deliveries.at(-1)?.message.nodeIds).toContain(run.id));
      const told = receiver.deliveries.map(({ message }) => message);
      expect(told.map(({ type }) => type)).toEqual([types[0], types[1], types[1]]);
      expect(told[0]!.nodeIds).toContain(mine.id);
      expect(told[1]!.nodeIds).toContain(training);
      expect(JSON.stringify(told)).not.toContain(other.id);
    });

    test("that is down gets everything in order when it is up again", async () => {
      const receiver = await receiving();
      const comeBack = refusingOnce(receiver, 503);
      const { id } = await aWebhook({ url: receiver.url });
      const datasets = [await aDataset(server), await aDataset(server)];
      await soon(async () => expect(await state(id)).toMatchObject({ failures: 1, lastError: "HTTP 503" }));
      expect((await state(id)).nextAttemptAt).not.toBeNull();
      comeBack();
      await soon(() => expect(seqs(receiver).at(-1)).toBe(seqs(receiver)[0]! + 2));
      const [first, again, ...rest] = receiver.deliveries;
      expect(first!.id).toBe(again!.id);
      expect(rest.map(({ message }) => message.seq)).toEqual([first!.message.seq + 1, first!.message.seq + 2]);
      expect(JSON.stringify(rest)).toContain(datasets[1]!.id);
      await soon(async () =>
        expect(await state(id)).toMatchObject({ failures: 0, lastError: null, nextAttemptAt: null }),
      );
    });

    test("that never answers holds up no other", async () => {
      const [hanging, quick] = [await receiving(), await receiving()];
      hanging.answer = () => {};
      const { id } = await aWebhook({ url: hanging.url });
      await aWebhook({ url: quick.url });
      await aDataset(server);
      await soon(() => expect(hanging.deliveries).toHaveLength(1));
      const size = (await aDataset(server), await server.ledgerSize());
      await soon(() => expect(seqs(quick)).toContain(size));
      // All the while its first delivery has waited for an answer.
      expect(hanging.deliveries).toHaveLength(1);
      expect(await state(id)).toMatchObject({ failures: 0, lastError: null });
    });

    test("is given up after so many failures, says why, and goes on from where it stood when enabled", async () => {
      const receiver = await receiving();
      receiver.answer = (response) => void response.writeHead(302, { location: "/elsewhere" }).end();
      const { id } = await aWebhook({ url: receiver.url });
      await aDataset(server);
      const reason = "given up after 3 failures in a row, the last: HTTP 302: redirects are not followed";
      await soon(async () => expect((await state(id)).disabledReason).toBe(reason));
      expect(receiver.deliveries.every(({ path }) => path === "/")).toBe(true);
      const [missed] = seqs(receiver);
      receiver.answer = taken;
      await aDataset(server);
      await server.gql(EnableWebhookDocument, { input: { webhook: id } });
      const size = await server.ledgerSize();
      await soon(() => expect(seqs(receiver).at(-1)).toBe(size));
      expect(seqs(receiver).slice(3)).toEqual(Array.from({ length: size - missed! + 1 }, (_, n) => missed! + n));
    });

    test("that answers 410 is told nothing more", async () => {
      const receiver = await receiving();
      receiver.answer = (response) => void response.writeHead(410).end();
      const { id } = await aWebhook({ url: receiver.url });
      await aDataset(server);
      await soon(async () => expect((await state(id)).disabledReason).toContain("HTTP 410"));
      expect(receiver.deliveries).toHaveLength(1);
    });

    test("is only answered for with its status: a body without end does not matter", async () => {
      const receiver = await receiving();
      receiver.answer = (response) => {
        response.writeHead(200);
        const more = setInterval(() => response.write("x".repeat(100_000)), 1);
        response.on("close", () => clearInterval(more));
      };
      const { id } = await aWebhook({ url: receiver.url });
      await aDataset(server);
      await soon(async () =>
        expect(await state(id)).toMatchObject({ failures: 0, position: await server.ledgerSize() }),
      );
      expect(new Set(seqs(receiver)).size).toBe(receiver.deliveries.length);
    });
  });

  describe("who may", () => {
    test("make one is an administrator of the namespace; others neither see nor change it", async () => {
      const namespace = unique("team");
      const receiver = await receiving();
      const admin = await server.tokenFor({ [namespace]: ["ADMIN"] });
      const stranger = await server.tokenFor({ [unique("other")]: ["ADMIN"] });
      const viewer = await server.tokenFor({ "*": ["APPROVER"] });
      const { id } = await aWebhook({ url: receiver.url, namespace }, admin);
      const make = (token: string, where: string) =>
        server.gql(CreateWebhookDocument, { input: { namespace: where, url: receiver.url } }, token);
      for (const asked of [make(admin, "*"), make(stranger, namespace), make(viewer, namespace)])
        expect((await asked).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
      expect((await server.gql(WebhooksDocument, {}, admin)).data.webhooks.map((one) => one.id)).toEqual([id]);
      expect((await server.gql(WebhooksDocument, {}, stranger)).data.webhooks).toEqual([]);
      expect((await server.gql(WebhooksDocument, {}, viewer)).errors).toMatchObject([
        { extensions: { code: "FORBIDDEN" } },
      ]);
      const missing = "Webhook:019b0000-0000-7000-8000-000000000000";
      const [masked, absent] = await Promise.all(
        [id, missing].map(
          async (webhook) => (await server.gql(DeleteWebhookDocument, { input: { webhook } }, stranger)).text,
        ),
      );
      expect(masked).toBe(absent);
      expect(masked).toContain("UNKNOWN_NODE");
    });

    test("its secret is told once, and stands nowhere; a repeated key answers the first answer", async () => {
      const receiver = await receiving();
      const variables = { input: { namespace: "*", url: receiver.url }, idempotencyKey: unique("key") };
      const first = (await server.gql(CreateWebhookDocument, variables)).data.createWebhook;
      expect(first.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect((await server.gql(CreateWebhookDocument, variables)).data.createWebhook).toEqual({
        ...first,
        secret: null,
      });
      const { bytes } = (await server.running.server.stores.database.ledger.entries(first.ledgerSeq! - 1, 1))[0]!;
      expect(Buffer.from(bytes).toString()).toContain(receiver.url);
      expect(
        JSON.stringify(await state(first.webhook!)) + Buffer.from(bytes).toString() + server.log.join(""),
      ).not.toContain(first.secret!.slice(6));
      const ended = { input: { webhook: first.webhook! }, idempotencyKey: unique("key") };
      const gone = (await server.gql(DeleteWebhookDocument, ended)).data;
      expect(gone.deleteWebhook.userErrors).toEqual([]);
      expect((await server.gql(DeleteWebhookDocument, ended)).data).toEqual(gone);
      const again = await server.gql(DeleteWebhookDocument, { input: ended.input });
      expect(again.data.deleteWebhook.userErrors).toMatchObject([{ code: "UNKNOWN_NODE" }]);
    });

    test.each([
      [{ url: "ftp://example.com/" }, ["url"], "http, https or mailto"],
      [{ url: "https://me:secret@example.com/" }, ["url"], "no user name"],
      [{ url: "https://example.com/", types: ["token.created", "no.such"] }, ["types", "1"], "type"],
      [{ url: "https://example.com/", after: 1_000_000 }, ["after"], "newest"],
    ])("%j is refused", async (input, path, why) => {
      const { data } = await server.gql(CreateWebhookDocument, { input: { namespace: "*", ...input } });
      expect(data.createWebhook.userErrors).toMatchObject([{ code: "INVALID_INPUT", path }]);
      expect(data.createWebhook.userErrors[0]!.message).toContain(why);
    });
  });
}
