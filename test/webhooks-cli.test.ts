import { expect, onTestFinished, test } from "vitest";
import { clew, runClew } from "./support/clew.ts";
import { startTestServer } from "./support/server.ts";

test("webhooks are made for programs, Slack and mail, listed without their secrets, and ended", async () => {
  const server = await startTestServer({ smtpUrl: "smtp://127.0.0.1:9" });
  onTestFinished(() => server.stop());
  const made = async (...args: string[]) => (await clew(server, "webhook", "new", "*", ...args)).split("\n");
  const [, secret] = await made("https://example.com/hook", "--types", "run.finished");
  expect(secret).toMatch(/^secret, shown this once: whsec_/);
  const slack = await made("https://hooks.slack.com/services/T/B/x", "--slack", "--severity", "critical");
  expect(slack).toHaveLength(1);
  await made("mailto:ada@example.com");
  const listed = await clew(server, "webhook", "ls");
  expect(listed).toMatch(/JSON +https:\/\/example.com\/hook/);
  expect(listed).toMatch(/SLACK +https:\/\/hooks.slack.com\/…/);
  expect(listed).toMatch(/EMAIL +mailto:…@example.com/);
  expect(listed).not.toMatch(/services|ada/);
  const [{ id }] = JSON.parse(await clew(server, "webhook", "ls", "--json")) as [{ id: string }];
  await clew(server, "webhook", "enable", id);
  await clew(server, "webhook", "rm", id);
  expect(await clew(server, "webhook", "ls")).not.toContain(id);
  expect((await runClew(server, "webhook", "new", "*", "https://example.com", "--severity", "dire")).status).toBe(2);
});
