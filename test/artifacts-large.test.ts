import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Moved, Served } from "./artifacts-large-process.ts";

const GB = 1_000_000_000;
const MAX_RESIDENT_BYTES = 300_000_000;
const PROCESS = join(import.meta.dirname, "artifacts-large-process.ts");

/** The file lies on the disk twice: in the store, and downloaded. */
const { bavail, bsize } = await statfs(tmpdir());
const sizeBytes = bavail * bsize >= 20 * GB ? 5 * GB : GB;

describe("a file larger than memory should be", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "clew-large-"));
    await makeSparse(join(dir, "source"), sizeBytes);
  });
  afterAll(() => rm(dir, { recursive: true }));

  it(`${sizeBytes / GB} GB go up and come down through less than 300 MB of memory on either side`, {
    timeout: 600_000,
  }, async () => {
    const server = start("serve", join(dir, "store"));
    const { url } = await messageOf<{ url: string }>(server);
    const client = start("move", url, join(dir, "source"), join(dir, "target"));
    const moved = await messageOf<Moved>(client);
    server.send("stop");
    const { peakBytes } = await messageOf<Extract<Served, { peakBytes: number }>>(server);
    const seconds = [moved.uploadMs, moved.downloadMs].map((ms) => (ms / 1000).toFixed(1));
    const peaks = [peakBytes, moved.peakBytes].map((bytes) => (bytes / 1_000_000).toFixed(0));
    console.info(
      `${sizeBytes / GB} GB: up ${seconds[0]} s, down ${seconds[1]} s; peak server ${peaks[0]} MB, client ${peaks[1]} MB`,
    );

    expect(moved.sizeBytes).toBe(sizeBytes);
    expect((await stat(join(dir, "target"))).size).toBe(sizeBytes);
    expect(peakBytes).toBeLessThan(MAX_RESIDENT_BYTES);
    expect(moved.peakBytes).toBeLessThan(MAX_RESIDENT_BYTES);
  });
});

function start(...args: string[]) {
  return fork(PROCESS, args, { execArgv: ["--conditions=clew-src"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

/** The child's next message. @throws when it ends without one. */
async function messageOf<T>(child: ReturnType<typeof fork>): Promise<T> {
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the process ended with ${code}`)));
  const [message] = (await Promise.race([once(child, "message"), ended])) as [T];
  ended.catch(() => {});
  return message;
}

/** A file that takes no room on the disk, with a mark every 100 MB so that no two of its parts are alike. */
async function makeSparse(path: string, bytes: number): Promise<void> {
  const handle = await open(path, "wx");
  await handle.truncate(bytes);
  for (let at = 0; at < bytes; at += 100_000_000) await handle.write(`part at ${at}`, at);
  await handle.close();
}
