import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { sha256 } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeArtifactStore } from "../../ports/artifact-store.contract.ts";
import { ArtifactStoreUnavailable } from "../../ports/artifact-store.ts";
import { openFilesystemArtifacts } from "./index.ts";

const streamOf = (text: string) => Readable.from([Buffer.from(text)], { objectMode: false });

describeArtifactStore("filesystem", async () => {
  const dir = await mkdtemp(join(tmpdir(), "clew-artifacts-"));
  return {
    store: await openFilesystemArtifacts({ dir }),
    reopen: () => openFilesystemArtifacts({ dir }),
    dispose: () => rm(dir, { recursive: true }),
  };
});

describe("filesystem artifacts", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "clew-artifacts-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("lies where its digest says, read-only, and leaves nothing else behind", async () => {
    const store = await openFilesystemArtifacts({ dir });
    const { digest } = await store.write(streamOf("hello"));
    const hex = digest.slice("sha256:".length);
    const info = await stat(join(dir, "sha256", hex.slice(0, 2), hex.slice(2, 4), hex));
    expect(info.mode & 0o777).toBe(0o400);
    await expect(store.write(streamOf("other"), digest)).rejects.toThrow();
    expect(await readdir(join(dir, "temporary"))).toEqual([]);
    expect(await readdir(join(dir, "uploads"))).toEqual([]);
  });

  it("what lies about in its folders is no artifact", async () => {
    const store = await openFilesystemArtifacts({ dir });
    const { digest } = await store.write(streamOf("hello"));
    await writeFile(join(dir, "sha256", "stray"), "x");
    await mkdir(join(dir, "sha256", "zz"));
    const listed = [];
    for await (const info of store.list()) listed.push(info.digest);
    expect(listed).toEqual([digest]);
  });

  it("removes what was abandoned when it opens, by age", async () => {
    const store = await openFilesystemArtifacts({ dir });
    const [old, fresh] = [await store.beginUpload(sha256("old")), await store.beginUpload(sha256("fresh"))];
    await writeFile(join(dir, "temporary", "left"), "half");
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(dir, "uploads", old.uploadId), longAgo, longAgo);
    await utimes(join(dir, "temporary", "left"), longAgo, longAgo);
    const later = await openFilesystemArtifacts({ dir, abandonedAfterMs: 30_000 });
    expect(await later.uploadStatus(old.uploadId)).toBeNull();
    expect(await later.uploadStatus(fresh.uploadId)).toEqual(fresh);
    expect(await readdir(join(dir, "temporary"))).toEqual([]);
  });

  it.runIf(process.platform === "linux")("says that it is full when the disk is", async () => {
    const store = await openFilesystemArtifacts({ dir });
    const { uploadId } = await store.beginUpload(sha256("abc"));
    await rm(join(dir, "uploads", uploadId));
    await symlink("/dev/full", join(dir, "uploads", uploadId));
    const append = store.appendUpload(uploadId, 0, streamOf("abc"));
    await expect(append).rejects.toThrow(ArtifactStoreUnavailable);
    await expect(append).rejects.toMatchObject({ fault: "FULL", cause: { code: "ENOSPC" } });
  });

  it("says that it may not write where it may not", async () => {
    // Nobody, not even root, may make a folder in sysfs; elsewhere a folder without write permission serves.
    const isRoot = process.getuid?.() === 0;
    const forbidden = isRoot ? "/sys/clew-artifacts" : join(dir, "locked", "store");
    if (!isRoot) {
      await mkdir(join(dir, "locked"));
      await chmod(join(dir, "locked"), 0o500);
    }
    await expect(openFilesystemArtifacts({ dir: forbidden })).rejects.toMatchObject({ fault: "DENIED" });
  });

  it("killed with kill -9 in the middle of an append: shows nothing, keeps the offset and goes on from it", async () => {
    const piece = Buffer.alloc(10_000, "0123456789");
    const whole = Buffer.concat(Array.from({ length: 50 }, () => piece));
    const first = await openFilesystemArtifacts({ dir });
    const { uploadId } = await first.beginUpload(sha256(whole));
    const child = spawn(
      process.execPath,
      ["--conditions=clew-src", "--input-type=module-typescript", "--eval", SLOW_APPEND],
      {
        cwd: import.meta.dirname,
        env: { ...process.env, STORE_DIR: dir, UPLOAD_ID: uploadId },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    const path = join(dir, "uploads", uploadId);
    while ((await stat(path)).size < 30_000 && child.exitCode === null)
      await new Promise((done) => setTimeout(done, 10));
    child.kill("SIGKILL");
    await once(child, "exit");

    const later = await openFilesystemArtifacts({ dir });
    const status = await later.uploadStatus(uploadId);
    expect(status?.offset).toBeGreaterThanOrEqual(30_000);
    expect(status?.offset).toBeLessThan(whole.length);
    expect(status?.offset).toBe((await stat(path)).size);
    expect(await later.stat(sha256(whole))).toBeNull();

    await later.appendUpload(uploadId, status!.offset, Readable.from([whole.subarray(status!.offset)]));
    expect((await later.finishUpload(uploadId)).sizeBytes).toBe(whole.length);
    expect(whole.equals(await buffer(await later.read(sha256(whole))))).toBe(true);
  });
});

/** Appends ten times 10 kB, one every 10 ms, and then waits for more. */
const SLOW_APPEND = `
  import { Readable } from "node:stream";
  import { openFilesystemArtifacts } from "./index.ts";
  const store = await openFilesystemArtifacts({ dir: process.env.STORE_DIR });
  const slow = (async function* () {
    for (let n = 0; n < 10; n++) {
      yield Buffer.alloc(10_000, "0123456789");
      await new Promise((done) => setTimeout(done, 10));
    }
    await new Promise((done) => setTimeout(done, 600_000));
  })();
  await store.appendUpload(process.env.UPLOAD_ID, 0, Readable.from(slow));
`;
