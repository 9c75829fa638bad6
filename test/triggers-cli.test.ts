import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clew, runClew } from "./support/clew.ts";
import { startTestServer, unique } from "./support/server.ts";
import { aServedEndpoint, firings } from "./support/triggers.ts";

test("a trigger is made of a file, changed, listed, fired, shown, disabled and enabled", async () => {
  const server = await startTestServer();
  const dir = mkdtempSync(join(tmpdir(), "clew-trigger-"));
  onTestFinished(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });
  const file = join(dir, "trigger.yaml");
  const namespace = unique("cli");
  const { endpoint } = await aServedEndpoint(server, namespace);
  const key = `${namespace}/ask`;
  writeFileSync(file, `name: ${key}\non:\n  git: { branches: [main] }\ndo:\n  - ask: { about: ${endpoint} }\n`);
  const made = await clew(server, "trigger", "create", "-f", file);
  expect(made).toMatch(/^payload URL: http\S+\/hooks\/git\/Trigger:\w{32},/m);
  expect(made).toMatch(/^secret, shown this once: whsec_/m);
  expect((await runClew(server, "trigger", "create", "-f", file)).text).toContain("is a trigger already");

  writeFileSync(file, `name: ${key}\non: { alert: { about: ${endpoint} } }\ndo:\n  - ask: { about: ${endpoint} }\n`);
  await clew(server, "trigger", "change", "-f", file);
  expect(await clew(server, "trigger", "ls")).toMatch(
    new RegExp(`${key} +ENABLED +alert ${endpoint} +ask +administrator`),
  );
  expect(await clew(server, "trigger", "fire", key, "--message", "to see")).toMatch(/FIRED, TriggerFiring:/);
  await firings(server, key, 1);
  const shown = await clew(server, "show", key);
  expect(shown).toMatch(/^ +concurrency: FORBID$/m);
  expect(shown).toMatch(/FIRED +to see +ask Alert:\w+$/m);
  await clew(server, "trigger", "disable", key);
  expect(await clew(server, "ls", "triggers", "--state", "disabled", "--namespace", namespace)).toContain(key);
  await clew(server, "trigger", "enable", key);
  expect(await clew(server, "show", key, "--history")).toMatch(/trigger\.changed/);

  writeFileSync(file, "on: {}\n");
  expect((await runClew(server, "trigger", "create", "-f", file)).status).toBe(2);
  writeFileSync(file, `name: ${key}2\non: { alert: {} }\ndo: [{ mail: {} }]\n`);
  expect((await runClew(server, "trigger", "create", "-f", file)).text).toContain("definition.do.0");
});
