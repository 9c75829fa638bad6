import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDataFolder } from "./data-folder.ts";

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), "clew-data-folder-"));
});
afterAll(() => rmSync(parent, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("a data folder is its own user's, and the folders above it are as they always were", () => {
  const dir = join(parent, "above", "data");
  makeDataFolder(dir, "sqlite");
  expect(modeOf(dir)).toBe("700");
  expect(modeOf(join(parent, "above"))).toBe((0o777 & ~process.umask()).toString(8));
});

test("root's PostgreSQL, which runs as another user, gets through it", () => {
  const dir = join(parent, "with-postgres");
  makeDataFolder(dir, "postgres");
  expect(modeOf(dir)).toBe(process.getuid?.() === 0 ? "711" : "700");
});

test("what is there already is the server's to close", () => {
  const dir = mkdtempSync(join(parent, "there-"));
  chmodSync(dir, 0o750);
  makeDataFolder(dir, "sqlite");
  expect(modeOf(dir)).toBe("750");
});
