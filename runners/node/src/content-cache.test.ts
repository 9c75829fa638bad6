import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@clew/schema";
import { expect, onTestFinished, test } from "vitest";
import { ContentCache, type Fetch } from "./content-cache.ts";

async function aFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "clew-cache-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  return dir;
}

/** A store of texts, and what was fetched of it. */
function aStore(...texts: string[]) {
  const byDigest = new Map(texts.map((text) => [sha256(text), text]));
  const fetched: string[] = [];
  const fetch: Fetch = async (digest, path) => {
    fetched.push(digest);
    const text = byDigest.get(digest);
    if (text === undefined) throw new Error("not found");
    await writeFile(path, text, { flag: "wx" });
  };
  return { fetched, fetch };
}

const fileOf = (text: string) => ({ digest: sha256(text), sizeBytes: Buffer.byteLength(text) });

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test("a file is fetched once, by attempts that ask after each other and at once", async () => {
  const dir = await aFolder();
  const { fetch, fetched } = aStore("rows");
  const cache = new ContentCache(join(dir, "cache"), 1000);
  const paths = ["1", "2"].map((attempt) => join(dir, attempt, "data/a.csv"));
  const later = join(dir, "3/data/a.csv");
  await Promise.all(paths.map((path) => cache.place(fileOf("rows"), path, fetch)));
  await cache.place(fileOf("rows"), later, fetch);
  expect(fetched).toHaveLength(1);
  for (const path of [...paths, later]) expect(await readFile(path, "utf8")).toBe("rows");
});

test("a file that a job has changed through its link is fetched anew", async () => {
  const dir = await aFolder();
  const { fetch, fetched } = aStore("rows");
  const cache = new ContentCache(join(dir, "cache"), 1000);
  const first = join(dir, "first");
  await cache.place(fileOf("rows"), first, fetch);
  await chmod(first, 0o644);
  await writeFile(first, "lies");
  await cache.place(fileOf("rows"), join(dir, "second"), fetch);
  expect(await readFile(join(dir, "second"), "utf8")).toBe("rows");
  expect(fetched).toHaveLength(2);
});

test("what was used longest ago goes when the bound is passed, and a job keeps what it was given", async () => {
  const dir = await aFolder();
  const texts = ["a".repeat(400), "b".repeat(400), "c".repeat(400)] as const;
  const { fetch } = aStore(...texts);
  const cache = new ContentCache(join(dir, "cache"), 1000);
  for (const [index, text] of texts.entries()) {
    await cache.place(fileOf(text), join(dir, `job/${index}`), fetch);
    await new Promise((done) => setTimeout(done, 10));
  }
  const names = texts.map((text) => sha256(text).slice("sha256:".length));
  expect((await filesIn(join(dir, "cache"))).toSorted()).toEqual(names.slice(1).toSorted());
  expect(await readFile(join(dir, "job/0"), "utf8")).toBe(texts[0]);
});

test("a file above the bound is not kept", async () => {
  const dir = await aFolder();
  const { fetch } = aStore("rows");
  await new ContentCache(join(dir, "cache"), 3).place(fileOf("rows"), join(dir, "job/a.csv"), fetch);
  expect(await readFile(join(dir, "job/a.csv"), "utf8")).toBe("rows");
  await expect(stat(join(dir, "cache"))).rejects.toThrow("ENOENT");
});

test("a fetch that fails leaves nothing, and the next one tries again", async () => {
  const dir = await aFolder();
  const cache = new ContentCache(join(dir, "cache"), 1000);
  const broken: Fetch = async (_digest, path) => {
    await writeFile(path, "ro");
    throw new Error("connection lost");
  };
  await expect(cache.place(fileOf("rows"), join(dir, "a"), broken)).rejects.toThrow("connection lost");
  expect(await filesIn(join(dir, "cache"))).toEqual([]);
  await cache.place(fileOf("rows"), join(dir, "a"), aStore("rows").fetch);
  expect(await readFile(join(dir, "a"), "utf8")).toBe("rows");
});

test("two processes may fill one folder", async () => {
  const dir = await aFolder();
  const { fetch } = aStore("rows");
  const caches = [1, 2].map(() => new ContentCache(join(dir, "cache"), 1000));
  await Promise.all(caches.map((cache, index) => cache.place(fileOf("rows"), join(dir, `job/${index}`), fetch)));
  expect(await filesIn(join(dir, "cache"))).toHaveLength(1);
});
