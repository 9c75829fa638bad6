import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { aDataset, aModel, anArtifact, aRun } from "./support/builders.ts";
import { clew, runClew } from "./support/clew.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clew-download-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const FILES = { "a.csv": "x\n1\n", "deep/b.csv": "x\n2\n", "deep/er/c.csv": "x\n3\n" };

async function aVersion(namespace = unique("download")) {
  const files = await Promise.all(
    Object.entries(FILES).map(([path, text]) => anArtifact(server, Buffer.from(text), path)),
  );
  return aDataset(server, { namespace, name: "rows", files });
}

async function contents(folder: string) {
  const found = Object.keys(FILES).map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const);
  return Object.fromEntries(await Promise.all(found));
}

test("a version's files come with their paths, by its key, and none is fetched that is there with the right digest", async () => {
  const { key } = await aVersion();
  const folder = await aFolder();
  expect(await clew(server, "download", key, "--to", folder)).toMatch(/^✓ download \S+: 3 files, 12 B in \S+$/);
  expect(await contents(folder)).toEqual(FILES);
  const before = await stat(join(folder, "a.csv"));
  await writeFile(join(folder, "deep/b.csv"), "x\n9\n");
  await rm(join(folder, "deep/er"), { recursive: true });
  const asset = key.split("@")[0]!;
  expect(await clew(server, "download", asset, "--to", folder)).toContain("3 files, 12 B");
  expect(await contents(folder)).toEqual(FILES);
  expect((await stat(join(folder, "a.csv"))).ino).toBe(before.ino);
  const told = JSON.parse(
    (await clew(server, "download", key, "--to", folder, "--json")).split("\n").slice(1).join("\n"),
  );
  expect(told).toMatchObject({ files: 3, sizeBytes: 12, kept: 3 });
});

test("a model's files come too; what has no files is refused", async () => {
  const { key } = await aModel(server);
  const folder = await aFolder();
  expect(await clew(server, "download", key, "--to", folder)).toMatch(/^✓ download/);
  const { id } = await aRun(server);
  const elsewhere = await aDataset(server, { source: { uri: "s3://b/rows", snapshot: "7" } });
  const told = async (thing: string) => await runClew(server, "download", thing, "--to", folder);
  expect(await told(id)).toEqual({ status: 1, text: expect.stringContaining("is no version with files") });
  expect(await told(elsewhere.key)).toEqual({ status: 1, text: expect.stringContaining("kept elsewhere") });
});

test("a file that is not what its digest says is refused and left out; once it is mended only that one is fetched", async () => {
  const { key } = await aVersion();
  const folder = await aFolder();
  const stored = await storedAt(FILES["deep/b.csv"]);
  const bytes = await readFile(stored);
  await chmod(stored, 0o644);
  await writeFile(stored, "x\n8\n");
  const broken = await runClew(server, "download", key, "--to", folder);
  expect(broken).toEqual({
    status: 1,
    text: expect.stringMatching(/deep\/b\.csv: .*DIGEST_MISMATCH.*\n.*run it again/),
  });
  expect((await readdir(join(folder, "deep"))).filter((name) => name.startsWith("b.csv"))).toEqual([]);
  await writeFile(stored, bytes);
  expect(await clew(server, "download", key, "--to", folder)).toMatch(/2 of them there already$/);
  expect(await contents(folder)).toEqual(FILES);
});

/** Where the server keeps a file of this content. */
async function storedAt(content: string): Promise<string> {
  const digest = createHash("sha256").update(content).digest("hex");
  const names = await readdir(server.dataDir, { recursive: true });
  return join(server.dataDir, names.find((name) => name.endsWith(digest.slice(4)))!);
}
