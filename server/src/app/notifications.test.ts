import {
  CreateEndpointDocument,
  CreateWebhookDocument,
  type CreateWebhookInput,
  DecideDocument,
  DeleteWebhookDocument,
  DeployDocument,
  FireTriggerDocument,
  RaiseAlertDocument,
  ReportDeploymentDocument,
  ResolveAlertDocument,
  WebhooksDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../../cli/src/services/ports.ts";
import { aDataset, aModel } from "../../../test/support/builders.ts";
import { aMailReceiver, type MailReceiver } from "../../../test/support/mail-receiver.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aTrigger, firings } from "../../../test/support/triggers.ts";
import { aReceiver, type Receiver } from "../../../test/support/webhook-receiver.ts";

let mail: MailReceiver;
let server: TestServer;
beforeAll(async () => {
  mail = await aMailReceiver();
  const smtpUrl = `smtp://clew:secret@127.0.0.1:${mail.port}`;
  server = await startTestServer({ smtpUrl, smtpFrom: "Clew <clew@example.com>", webhookAllowPrivate: true });
});
afterAll(async () => {
  await server.stop();
  await mail.close();
});

const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

async function aWebhook(input: Partial<CreateWebhookInput> & { url: string }, at = server) {
  const { data, text } = await at.gql(CreateWebhookDocument, { input: { namespace: "*", ...input } });
  if (!data?.createWebhook.webhook) throw new Error(`no webhook: ${text}`);
  const { webhook } = data.createWebhook;
  onTestFinished(async () => void (await at.gql(DeleteWebhookDocument, { input: { webhook } }).catch(() => {})));
  return webhook;
}

async function raise(about: string, change: object = {}, at = server): Promise<string> {
  const input = { about, cause: unique("drift"), message: "temp has moved by 9 <°F>", ...change };
  const { data } = await at.gql(RaiseAlertDocument, { input });
  return data!.raiseAlert.alert!.id;
}

interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly [{ text: { text: string } }, { elements: readonly [{ text: string }] }];
}
const slackTexts = ({ deliveries }: Receiver) =>
  deliveries.map(({ message }) => (message as unknown as SlackMessage).text);

async function aSlack(): Promise<Receiver> {
  const receiver = await aReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

const mailsTo = (to: string, { mails }: MailReceiver = mail) => mails.filter((one) => one.to.includes(to));

describe("Slack is told", () => {
  test("of alerts, decisions, deployments in words, and of nothing else", async () => {
    const slack = await aSlack();
    const namespace = unique("slack");
    await aWebhook({ url: `${slack.url}/services/T0/B0/secret`, format: "SLACK", namespace });
    const model = await aModel(server, { namespace });
    const [endpoint, reason] = [`${namespace}/live`, "beats the old one"];
    await server.gql(DecideDocument, { input: { decisionType: "APPROVAL", about: model.id, reason } });
    await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
    const { data } = await server.gql(DeployDocument, {
      input: { endpoint, serves: [{ modelVersion: model.id }], reason },
    });
    const deployment = data!.deploy.deployment!.id;
    await server.gql(ReportDeploymentDocument, { input: { deployment } });
    const alert = await raise(deployment, { cause: "drift:temp", severity: "CRITICAL" });
    await server.gql(ResolveAlertDocument, { input: { alert, resolution: "retrained" } });
    await soon(() => expect(slackTexts(slack)).toHaveLength(6));
    expect(slackTexts(slack)).toEqual([
      `INFO Approval of ${model.key}: beats the old one`,
      `INFO Deployment ${endpoint}@1 is to be served: It serves ${model.key} (100 %).`,
      `INFO Promotion of ${endpoint}@1: beats the old one`,
      `INFO Deployment ${endpoint}@1 is served: It serves ${model.key} (100 %).`,
      `CRITICAL Alert drift:temp on ${endpoint}@1: temp has moved by 9 &lt;°F&gt;`,
      `INFO Alert drift:temp on ${endpoint}@1 is resolved: retrained`,
    ]);
    const { blocks } = slack.deliveries[4]!.message as unknown as SlackMessage;
    expect(blocks[0].text.text).toContain(`*Alert drift:temp on ${endpoint}@1*\ntemp has moved by 9 &lt;°F&gt;`);
    expect(blocks[1].elements[0].text).toContain(`\`clew show ${alert}\``);
    expect(slack.deliveries[0]!.path).toBe("/services/T0/B0/secret");
  });

  test("of alerts only as severe, and about what, is asked for", async () => {
    const [severe, mine] = [await aSlack(), await aSlack()];
    const namespace = unique("slack");
    const [model, other] = [await aModel(server, { namespace }), await aModel(server, { namespace })];
    await aWebhook({ url: severe.url, format: "SLACK", severity: "CRITICAL", namespace });
    await aWebhook({ url: mine.url, format: "SLACK", about: `${namespace}/${model.name}`, namespace });
    await raise(model.id, { cause: "a" });
    await raise(other.id, { cause: "b", severity: "CRITICAL" });
    await raise(other.id, { cause: "c" });
    await raise(model.id, { cause: "d", severity: "CRITICAL" });
    const causes = (receiver: Receiver) => slackTexts(receiver).map((text) => /Alert (\w)/.exec(text)?.[1]);
    await soon(() =>
      expect([causes(severe), causes(mine)]).toEqual([
        ["b", "d"],
        ["a", "d"],
      ]),
    );
  });

  test("of any entry whose type is asked for", async () => {
    const slack = await aSlack();
    const namespace = unique("slack");
    await aWebhook({ url: slack.url, format: "SLACK", types: ["dataset-version.published"], namespace });
    const { key } = await aDataset(server, { namespace });
    await soon(() => expect(slackTexts(slack)).toHaveLength(1));
    expect(slackTexts(slack)[0]).toContain(`dataset-version.published`);
    expect(slackTexts(slack)[0]).toContain(key);
  });
});

describe("a mail", () => {
  test("says what happened, how bad it is and where to look", async () => {
    const to = `${unique("ops")}@example.com`;
    await aWebhook({ url: `mailto:${to}`, format: "EMAIL", types: ["alert.raised"] });
    const { id, key } = await aModel(server);
    const alert = await raise(id, { cause: "drift:temp" });
    await soon(() => expect(mailsTo(to)).toHaveLength(1));
    const { from, raw } = mailsTo(to)[0]!;
    expect(from).toBe("clew@example.com");
    expect(raw).toMatch(new RegExp(`^Subject: \\[Clew\\] WARNING: Alert drift:temp on ${key}`, "m"));
    expect(raw).toMatch(/^Message-ID: <msg_\S+@clew>/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(raw).toContain(`More: clew show ${alert}`);
  });

  test("is a trigger's word to whoever it names, though that asks for something else", async () => {
    const [to, other] = [`${unique("ops")}@example.com`, `${unique("dev")}@example.com`];
    const asks = { format: "EMAIL" as const, types: ["alert.resolved"] };
    const webhook = await aWebhook({ url: `mailto:${to}`, ...asks });
    await aWebhook({ url: `mailto:${other}`, ...asks });
    const notify = { webhooks: [webhook], message: "retraining has begun", severity: "WARNING" };
    const { id, key } = await aTrigger(server, unique("triggers"), { on: { hand: {} }, do: [{ notify }] });
    await server.gql(FireTriggerDocument, { input: { trigger: id } });
    const [firing] = await firings(server, key, 1);
    expect(firing!.reactions).toMatchObject([{ reaction: "notify", error: null }]);
    await soon(() => expect(mailsTo(to)).toHaveLength(1));
    const { raw } = mailsTo(to)[0]!;
    expect(raw).toMatch(new RegExp(`^Subject: \\[Clew\\] WARNING: ${key} says`, "m"));
    expect(raw).toContain("retraining has begun");
    expect(raw).toContain(`More: clew show ${firing!.id}`);
    expect(mailsTo(other)).toEqual([]);
  });

  test("waits for a mail server that is down, and comes in order after a start again", async () => {
    const port = await freePort();
    const own = await startTestServer({ smtpUrl: `smtp://127.0.0.1:${port}` });
    onTestFinished(() => own.stop());
    const to = "ops@example.com";
    const webhook = await aWebhook({ url: `mailto:${to}`, format: "EMAIL" }, own);
    const { id } = await aModel(own);
    for (const cause of ["first", "second"]) await raise(id, { cause }, own);
    await soon(async () => {
      const [state] = (await own.gql(WebhooksDocument, {})).data!.webhooks;
      expect(state).toMatchObject({
        id: webhook,
        disabledReason: null,
        lastError: expect.stringContaining("ECONNREFUSED"),
      });
    });
    const late = await aMailReceiver(port);
    onTestFinished(() => late.close());
    await soon(() => expect(mailsTo(to, late)).toHaveLength(2));
    expect(mailsTo(to, late).map(({ raw }) => /Alert (\w+) on/.exec(raw)?.[1])).toEqual(["first", "second"]);
  });

  test("that is refused is tried again, and nobody is shown the address", async () => {
    const to = `${unique("ada")}@example.com`;
    const webhook = await aWebhook({ url: `mailto:${to}`, format: "EMAIL" });
    mail.refusal = `no such mailbox: <${to}>`;
    await raise((await aModel(server)).id);
    const state = async () => {
      const { data, text } = await server.gql(WebhooksDocument, {});
      return { text, one: data!.webhooks.find(({ id }) => id === webhook) };
    };
    await soon(async () => expect((await state()).one?.lastError).toContain("no such mailbox: <mailto:…@example.com>"));
    mail.refusal = null;
    await soon(() => expect(mailsTo(to)).toHaveLength(1));
    expect((await state()).text).not.toContain(to);
    expect(server.log.join("")).not.toContain(to);
    const { ledger, webhooks } = server.running.server.stores.database;
    for (const { bytes } of await ledger.entries(0, 10_000)) expect(Buffer.from(bytes).toString()).not.toContain(to);
    expect(JSON.stringify(await webhooks.all())).not.toContain(to);
    await server.gql(DeleteWebhookDocument, { input: { webhook } });
    expect((await webhooks.find(webhook))?.address).toBeNull();
  });

  test.each<[string, Partial<CreateWebhookInput> & { url: string }, string]>([
    ["another format", { url: "mailto:a@example.com", format: "SLACK" }, "EMAIL"],
    ["no address", { url: "https://example.com", format: "EMAIL" }, "mailto"],
    ["two addresses", { url: "mailto:a@example.com,b@example.com", format: "EMAIL" }, "one address"],
    ["headers", { url: "mailto:a@example.com?bcc=b@example.com", format: "EMAIL" }, "one address"],
  ])("is refused with %s", async (_, input, why) => {
    const { data } = await server.gql(CreateWebhookDocument, { input: { namespace: "*", ...input } });
    expect(data!.createWebhook.userErrors).toMatchObject([
      { code: "INVALID_INPUT", message: expect.stringContaining(why) },
    ]);
  });

  test("is refused where the server knows no mail server", async () => {
    const own = await startTestServer();
    onTestFinished(() => own.stop());
    const input = { namespace: "*", url: "mailto:a@example.com", format: "EMAIL" as const };
    const { data } = await own.gql(CreateWebhookDocument, { input });
    expect(data!.createWebhook.userErrors[0]?.message).toContain("CLEW_SMTP_URL");
  });
});
