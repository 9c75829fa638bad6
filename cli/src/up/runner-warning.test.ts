import { expect, test } from "vitest";
import { runnerWarning } from "./runner-warning.ts";

const line = (fields: object) => JSON.stringify({ time: 1_795_977_976_841, name: "clew-runner", ...fields });

test("a plugin that the server refuses is named, with why", () => {
  const userErrors = [{ code: "VERSION_CONFLICT", path: ["manifest"], message: "raise its version" }];
  const msg = "the server refuses a plugin; it is not hosted";
  expect(runnerWarning(line({ level: 50, plugin: "a@0.1.0", userErrors, msg }))).toBe(
    "a@0.1.0: the server refuses a plugin; it is not hosted: raise its version (VERSION_CONFLICT)",
  );
});

test("so is a folder without a usable plugin", () => {
  expect(runnerWarning(line({ level: 40, dir: "/a", msg: "no plugin.json here" }))).toBe("/a: no plugin.json here");
  expect(runnerWarning(line({ level: 50, dir: "/a", reason: "no entry", msg: "it is not hosted" }))).toBe(
    "/a: it is not hosted: no entry",
  );
});

test.each([line({ level: 30, msg: "the runner takes jobs" }), "Error: no JSON", "[]"])("%s is no warning", (text) => {
  expect(runnerWarning(text)).toBeNull();
});
