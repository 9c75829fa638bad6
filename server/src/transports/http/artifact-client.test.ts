import { randomBytes } from "node:crypto";
import { readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadFile, sha256, uploadFile } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ArtifactServer,
  MAX_BYTES,
  READER,
  TOKEN,
  WRITER,
  aBreakingNetwork,
  anArtifactServer,
} from "./artifact-server.fixture.ts";

describe("the client of the artifact store", () => {
  let server: ArtifactServer;
  beforeEach(async () => {
    server = await anArtifactServer();
  });
  afterEach(() => server.dispose());

  let source: string;
  let target: string;
  beforeEach(() => {
    source = join(server.dir, "source");
    target = join(server.dir, "target");
  });

  it.each([0, 1, 1_000_000, 20_000_000])("uploads and downloads %i bytes", async (size) => {
    const bytes = randomBytes(size);
    await writeFile(source, bytes);
    const seen: number[] = [];
    const info = await uploadFile(server.url, TOKEN, source, {
      onProgress: (progress) => seen.push(progress.transferredBytes),
    });
    expect(info).toEqual({ digest: sha256(bytes), sizeBytes: size });
    if (size > 0) expect(seen.at(-1)).toBe(size);
    expect(await downloadFile(server.url, READER, info.digest, target)).toEqual(info);
    expect(bytes.equals(await readFile(target))).toBe(true);
    expect((await readdir(server.dir)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["source", "store", "target"]);
  });

  it("does not send what the server has", async () => {
    await writeFile(source, randomBytes(1000));
    await uploadFile(server.url, TOKEN, source);
    // A token for reading is enough to find that there is nothing to do.
    await uploadFile(server.url, READER, source);
  });

  it("sends what the server has, but the token may not read", async () => {
    const bytes = randomBytes(1000);
    await writeFile(source, bytes);
    await uploadFile(server.url, TOKEN, source);
    expect(await uploadFile(server.url, WRITER, source)).toEqual({ digest: sha256(bytes), sizeBytes: 1000 });
    expect(await server.listed()).toEqual([sha256(bytes)]);
    await expect(uploadFile(server.url, "no-token", source)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("an upload goes on where the server stood when it was broken off", async () => {
    const bytes = randomBytes(30_000_000);
    await writeFile(source, bytes);
    const network = await aBreakingNetwork(server.port, 9_000_000, 2);
    const sent: number[] = [];
    await uploadFile(network.url, TOKEN, source, { onProgress: (progress) => sent.push(progress.transferredBytes) });
    await network.close();
    expect(network.counts.broken).toBe(2);
    expect(await server.listed()).toEqual([sha256(bytes)]);
    // Sent anew from the start, it would have needed the whole file three times.
    expect(network.counts.up).toBeLessThan(bytes.length * 1.5);
  });

  it("a download goes on where it was broken off", async () => {
    const bytes = randomBytes(30_000_000);
    await server.put(bytes);
    const network = await aBreakingNetwork(server.port, 9_000_000, 2);
    await downloadFile(network.url, READER, sha256(bytes), target);
    await network.close();
    expect(network.counts.broken).toBe(2);
    expect(bytes.equals(await readFile(target))).toBe(true);
    expect(network.counts.down).toBeLessThan(bytes.length * 1.5);
  });

  it("gives up after so many attempts without progress", async () => {
    await writeFile(source, "x");
    await server.stop();
    const upload = uploadFile(server.url, TOKEN, source, { maxAttempts: 2 });
    await expect(upload).rejects.toMatchObject({ code: "UNREACHABLE", retryable: true });
  });

  it("does not try again what cannot succeed, and leaves no file", async () => {
    const started = performance.now();
    await expect(downloadFile(server.url, "wrong", sha256("a"), target)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    await expect(downloadFile(server.url, TOKEN, sha256("a"), target)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(performance.now() - started).toBeLessThan(2500);
    expect(await readdir(server.dir)).not.toContain("target");
  });

  it("says that a file is too large, whether the answer or the end of the connection came first", async () => {
    await writeFile(source, "");
    await truncate(source, MAX_BYTES + 1);
    await expect(uploadFile(server.url, TOKEN, source)).rejects.toMatchObject({ code: "REQUEST_TOO_LARGE" });
    expect(await server.listed()).toEqual([]);
  });

  it("does not let a file through whose bytes were changed on the server", async () => {
    const bytes = randomBytes(1000);
    await server.put(bytes);
    const hex = sha256(bytes).slice(7);
    const stored = join(server.dir, "store", "sha256", hex.slice(0, 2), hex.slice(2, 4), hex);
    await rm(stored);
    await writeFile(stored, randomBytes(1000));
    await expect(downloadFile(server.url, TOKEN, sha256(bytes), target)).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
    expect(await readdir(server.dir)).toEqual(["store"]);
  });

  it("stops when it is told to", async () => {
    await server.put(randomBytes(30_000_000));
    const [digest] = await server.listed();
    const controller = new AbortController();
    const download = downloadFile(server.url, TOKEN, digest ?? "", target, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(download).rejects.toThrow("enough");
    expect(await readdir(server.dir)).toEqual(["store"]);
  });
});
