import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateWebhookDocument, RaiseAlertDocument, WebhooksDocument } from "@clew/schema/graphql";
import { expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../cli/src/services/ports.ts";
import { aModel } from "./support/builders.ts";
import { aMailReceiver } from "./support/mail-receiver.ts";
import { startServerProcess } from "./support/server-process.ts";

test("mails that a dead mail server did not take are sent by the server that starts after kill -9, each once", async () => {
  const dir = mkdtempSync(join(tmpdir(), "clew-mail-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const port = await freePort();
  const environment = { CLEW_SMTP_URL: `smtp://127.0.0.1:${port}` };
  const first = await startServerProcess(dir, environment);
  const input = { namespace: "*", url: "mailto:ops@example.com", format: "EMAIL" as const, types: ["alert.raised"] };
  await first.gql(CreateWebhookDocument, { input });
  const { id: about } = await aModel(first);
  for (const cause of ["a", "b", "c"])
    await first.gql(RaiseAlertDocument, { input: { about, cause, message: "moved" } });
  // It has tried, in vain.
  await vi.waitFor(async () => {
    const [webhook] = (await first.gql(WebhooksDocument, {})).data.webhooks;
    expect(webhook?.lastError).toContain("ECONNREFUSED");
  }, 20_000);
  await first.kill();

  const mail = await aMailReceiver(port);
  onTestFinished(() => mail.close());
  const second = await startServerProcess(dir, environment);
  onTestFinished(() => second.kill());
  await vi.waitFor(() => expect(mail.mails).toHaveLength(3), { timeout: 20_000 });
  const said = mail.mails.map(({ raw }) => /Alert (\w) on/.exec(raw)?.[1]);
  expect(said).toEqual(["a", "b", "c"]);
  expect(new Set(mail.mails.map(({ raw }) => /^Message-ID: (\S+)/m.exec(raw)?.[1])).size).toBe(3);
}, 90_000);
