import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Sha256, sha256 } from "@clew/schema";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ArtifactNotFound,
  type ArtifactStore,
  DigestMismatch,
  UploadNotFound,
  UploadOffsetMismatch,
} from "./artifact-store.ts";

/** An empty store, and the same store as a process that starts later would open it. */
export interface ArtifactStoreHarness {
  readonly store: ArtifactStore;
  reopen(): Promise<ArtifactStore>;
  dispose(): Promise<void>;
}

const streamOf = (...chunks: Uint8Array[]) => Readable.from(chunks, { objectMode: false });
const ABSENT = sha256("nobody stores this");

/** Gives its bytes, then fails, as a connection does that breaks. */
function breaking(bytes: Uint8Array): Readable {
  return Readable.from(
    (async function* () {
      yield bytes;
      throw new Error("the connection broke");
    })(),
    { objectMode: false },
  );
}

async function digestsIn(store: ArtifactStore): Promise<Sha256[]> {
  const digests: Sha256[] = [];
  for await (const { digest } of store.list()) digests.push(digest);
  return digests;
}

export function describeArtifactStore(name: string, makeHarness: () => Promise<ArtifactStoreHarness>): void {
  describe(`artifact store: ${name}`, () => {
    let harness: ArtifactStoreHarness;
    let store: ArtifactStore;

    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(() => harness.dispose());

    it("stores a stream under its digest, for later processes too", async () => {
      const bytes = randomBytes(300_000);
      const info = await store.write(streamOf(bytes.subarray(0, 1), bytes.subarray(1)));
      expect(info).toEqual({ digest: sha256(bytes), sizeBytes: bytes.length });
      const later = await harness.reopen();
      expect(await later.stat(info.digest)).toEqual(info);
      expect(bytes.equals(await buffer(await later.read(info.digest)))).toBe(true);
    });

    it("stores nothing, the empty file", async () => {
      const info = await store.write(streamOf());
      expect(info).toEqual({ digest: sha256(""), sizeBytes: 0 });
      expect(await buffer(await store.read(info.digest))).toHaveLength(0);
    });

    it("says what is there and what is not", async () => {
      const { digest } = await store.write(streamOf(Buffer.from("a")));
      expect(await store.has([digest, ABSENT])).toEqual(new Set([digest]));
      expect(await store.has([])).toEqual(new Set());
      expect(await store.stat(ABSENT)).toBeNull();
      await expect(store.read(ABSENT)).rejects.toThrow(ArtifactNotFound);
    });

    it("lists every file in order of digest, and no upload that is under way", async () => {
      const written = await Promise.all(
        ["a", "b", "c", "d", "e"].map((text) => store.write(streamOf(Buffer.from(text)))),
      );
      await store.appendUpload((await store.beginUpload(sha256("half"))).uploadId, 0, streamOf(Buffer.from("ha")));
      expect(await digestsIn(store)).toEqual(written.map(({ digest }) => digest).toSorted((a, b) => (a < b ? -1 : 1)));
    });

    it("keeps nothing of a stream that has another digest", async () => {
      const bytes = Buffer.from("not that");
      const expected = sha256("that");
      await expect(store.write(streamOf(bytes), expected)).rejects.toThrow(DigestMismatch);
      expect(await store.has([expected, sha256(bytes)])).toEqual(new Set());
      expect(await digestsIn(store)).toEqual([]);
    });

    it("keeps nothing of a stream that broke", async () => {
      const bytes = randomBytes(100_000);
      await expect(store.write(breaking(bytes))).rejects.toThrow("the connection broke");
      expect(await digestsIn(store)).toEqual([]);
    });

    it("takes the same file many times at once", async () => {
      const bytes = randomBytes(200_000);
      const infos = await Promise.all(Array.from({ length: 8 }, () => store.write(streamOf(bytes), sha256(bytes))));
      expect(new Set(infos.map(({ digest }) => digest))).toEqual(new Set([sha256(bytes)]));
      expect(await digestsIn(store)).toEqual([sha256(bytes)]);
      expect(bytes.equals(await buffer(await store.read(sha256(bytes))))).toBe(true);
    });

    it("an upload shows only when it is finished", async () => {
      const bytes = randomBytes(5000);
      const digest = sha256(bytes);
      const { uploadId, offset } = await store.beginUpload(digest);
      expect(offset).toBe(0);
      expect(await store.appendUpload(uploadId, 0, streamOf(bytes))).toEqual({ uploadId, offset: 5000 });
      expect(await store.stat(digest)).toBeNull();
      expect(await store.finishUpload(uploadId)).toEqual({ digest, sizeBytes: 5000 });
      expect(bytes.equals(await buffer(await store.read(digest)))).toBe(true);
      expect(await store.uploadStatus(uploadId)).toBeNull();
    });

    it("an upload goes on where it stood after the connection broke and the process restarted", async () => {
      const bytes = randomBytes(100_000);
      const { uploadId } = await store.beginUpload(sha256(bytes));
      await expect(store.appendUpload(uploadId, 0, breaking(bytes.subarray(0, 40_000)))).rejects.toThrow("broke");
      const later = await harness.reopen();
      const status = await later.uploadStatus(uploadId);
      expect(status).toEqual({ uploadId, offset: 40_000 });
      await later.appendUpload(uploadId, 40_000, streamOf(bytes.subarray(40_000)));
      expect(await later.finishUpload(uploadId)).toEqual({ digest: sha256(bytes), sizeBytes: 100_000 });
    });

    it("refuses an append at another offset and leaves the upload as it was", async () => {
      const { uploadId } = await store.beginUpload(sha256("abc"));
      await store.appendUpload(uploadId, 0, streamOf(Buffer.from("ab")));
      for (const offset of [0, 1, 3]) {
        const append = store.appendUpload(uploadId, offset, streamOf(Buffer.from("c")));
        await expect(append).rejects.toThrow(UploadOffsetMismatch);
      }
      expect(await store.uploadStatus(uploadId)).toEqual({ uploadId, offset: 2 });
    });

    it("of two appends at one offset, the bytes of one are kept", async () => {
      const bytes = Buffer.from("abc");
      const { uploadId } = await store.beginUpload(sha256(bytes));
      const both = [store.appendUpload(uploadId, 0, streamOf(bytes)), store.appendUpload(uploadId, 0, streamOf(bytes))];
      const fulfilled = (await Promise.allSettled(both)).filter(({ status }) => status === "fulfilled");
      expect(fulfilled).toHaveLength(1);
      expect(await store.finishUpload(uploadId)).toEqual({ digest: sha256(bytes), sizeBytes: 3 });
    });

    it("an append takes over from one whose sender has gone silent", { timeout: 5000 }, async () => {
      const bytes = randomBytes(1000);
      const { uploadId } = await store.beginUpload(sha256(bytes));
      const silent = new Readable({ read() {} });
      silent.push(bytes.subarray(0, 400));
      const stuck = store.appendUpload(uploadId, 0, silent);
      const failed = expect(stuck).rejects.toThrow();
      while ((await store.uploadStatus(uploadId))?.offset !== 400) await new Promise((done) => setTimeout(done, 5));
      await store.appendUpload(uploadId, 400, streamOf(bytes.subarray(400)));
      await failed;
      expect((await store.finishUpload(uploadId)).sizeBytes).toBe(1000);
    });

    it("nothing is added to an upload while it is being finished", async () => {
      const bytes = randomBytes(3_000_000);
      const digest = sha256(bytes);
      const { uploadId } = await store.beginUpload(digest);
      await store.appendUpload(uploadId, 0, streamOf(bytes));
      const finish = store.finishUpload(uploadId);
      const append = store.appendUpload(uploadId, bytes.length, streamOf(Buffer.from("more")));
      const refused = expect(append).rejects.toThrow(UploadNotFound);
      expect(await finish).toEqual({ digest, sizeBytes: bytes.length });
      await refused;
      expect(bytes.equals(await buffer(await store.read(digest)))).toBe(true);
    });

    it("forgets an upload whose bytes have another digest", async () => {
      const { uploadId } = await store.beginUpload(sha256("abc"));
      await store.appendUpload(uploadId, 0, streamOf(Buffer.from("abd")));
      await expect(store.finishUpload(uploadId)).rejects.toThrow(DigestMismatch);
      expect(await store.uploadStatus(uploadId)).toBeNull();
      expect(await digestsIn(store)).toEqual([]);
    });

    it.each([
      "",
      "..",
      "../../etc/passwd",
      "/etc/passwd",
      "a\u0000b",
      "x".repeat(5000),
      `${"0".repeat(32)}-${"0".repeat(64)}`,
    ])("knows no upload %j", async (uploadId) => {
      expect(await store.uploadStatus(uploadId)).toBeNull();
      await expect(store.appendUpload(uploadId, 0, streamOf())).rejects.toThrow(UploadNotFound);
      await expect(store.finishUpload(uploadId)).rejects.toThrow(UploadNotFound);
    });

    it.each(["", "sha256:../../../../etc/passwd", `sha256:${"A".repeat(64)}`, `sha512:${"a".repeat(64)}`])(
      "refuses the digest %j",
      async (digest) => {
        await expect(store.stat(digest)).rejects.toThrow(RangeError);
        await expect(store.read(digest)).rejects.toThrow(RangeError);
        await expect(store.beginUpload(digest)).rejects.toThrow(RangeError);
      },
    );

    it("reads any range of any file, however it was cut on the way in", async () => {
      const cuts = fc.array(fc.nat(), { maxLength: 6 });
      const range = fc.tuple(fc.nat(), fc.nat());
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ minLength: 1, maxLength: 3000 }),
          cuts,
          cuts,
          range,
          async (bytes, appends, chunks, ends) => {
            const digest = sha256(bytes);
            const { uploadId } = await store.beginUpload(digest);
            let offset = 0;
            for (const piece of cutAt(bytes, appends)) {
              const info = await store.appendUpload(uploadId, offset, streamOf(...cutAt(piece, chunks)));
              offset = info.offset;
            }
            expect(await store.finishUpload(uploadId)).toEqual({ digest, sizeBytes: bytes.length });
            const [start, end] = ends.map((at) => at % bytes.length).toSorted((a, b) => a - b) as [number, number];
            const read = await buffer(await store.read(digest, { start, end }));
            expect(read.equals(bytes.subarray(start, end + 1))).toBe(true);
          },
        ),
        { numRuns: 40 },
      );
    });

    it("refuses a range that does not lie in the file", async () => {
      const { digest } = await store.write(streamOf(Buffer.from("abc")));
      for (const [start, end] of [
        [0, 3],
        [3, 3],
        [2, 1],
        [-1, 1],
        [0.5, 1],
      ] as const) {
        await expect(store.read(digest, { start, end })).rejects.toThrow(RangeError);
      }
    });
  });
}

function cutAt(bytes: Uint8Array, seeds: readonly number[]): Uint8Array[] {
  const cuts = [0, ...seeds.map((seed) => seed % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((cut, n) => bytes.subarray(cuts[n], cut));
}
