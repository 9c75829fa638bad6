import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeStateOf, NO_COMMIT } from "./code-version.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-code-"));
  writeFileSync(join(dir, "main.ts"), "1");
});
afterEach(() => rmSync(dir, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
    encoding: "utf8",
    stdio: "pipe",
  });

function commit(): string {
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "first");
  return git("rev-parse", "HEAD").trim();
}

describe("codeStateOf a Git work tree", () => {
  it("is the commit alone where nothing differs from it", async () => {
    const head = commit();
    expect(await codeStateOf(dir)).toEqual({ commit: head, dirtyDigest: null, url: null });
  });

  it("tells changed, new and deleted files apart by content, and leaves ignored ones out", async () => {
    commit();
    writeFileSync(join(dir, "main.ts"), "2");
    const changed = (await codeStateOf(dir)).dirtyDigest;
    writeFileSync(join(dir, "with space.ts"), "new");
    const withNew = (await codeStateOf(dir)).dirtyDigest;
    rmSync(join(dir, "main.ts"));
    const withoutMain = (await codeStateOf(dir)).dirtyDigest;
    expect(new Set([null, changed, withNew, withoutMain]).size).toBe(4);
    writeFileSync(join(dir, ".gitignore"), "ignored\n");
    const before = (await codeStateOf(dir)).dirtyDigest;
    writeFileSync(join(dir, "ignored"), "x");
    expect((await codeStateOf(dir)).dirtyDigest).toBe(before);
  });

  it("takes the whole work tree from a folder within it, and the origin without its password", async () => {
    commit();
    git("remote", "add", "origin", "https://me:secret@example.org/clew.git");
    mkdirSync(join(dir, "sub"));
    writeFileSync(join(dir, "main.ts"), "2");
    const whole = await codeStateOf(dir);
    expect(whole.url).toBe("https://example.org/clew.git");
    expect(await codeStateOf(join(dir, "sub"))).toEqual(whole);
    git("remote", "set-url", "origin", "/srv/git/clew.git");
    expect((await codeStateOf(dir)).url).toBeNull();
  });
});

describe("codeStateOf a folder without Git", () => {
  it("is no commit, and all files but those that are not code", async () => {
    const first = await codeStateOf(dir);
    expect(first).toMatchObject({ commit: NO_COMMIT, url: null });
    expect(first.dirtyDigest).toMatch(/^sha256:/);
    mkdirSync(join(dir, "node_modules"));
    writeFileSync(join(dir, "node_modules", "x.js"), "x");
    expect(await codeStateOf(dir)).toEqual(first);
    mkdirSync(join(dir, "src"));
    writeFileSync(join(dir, "src", "more.ts"), "x");
    expect((await codeStateOf(dir)).dirtyDigest).not.toBe(first.dirtyDigest);
  });
});
