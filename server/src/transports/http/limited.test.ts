import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { limited } from "./limited.ts";

describe("a body with a limit", () => {
  it("lets through what is within it", async () => {
    expect(await buffer(limited(Readable.from([Buffer.alloc(600), Buffer.alloc(400)]), 1000))).toHaveLength(1000);
  });

  it("fails above it, and leaves the body open for an answer", async () => {
    const body = new PassThrough();
    body.write(Buffer.alloc(1001));
    await expect(buffer(limited(body, 1000))).rejects.toMatchObject({ code: "REQUEST_TOO_LARGE" });
    expect(body.destroyed).toBe(false);
  });

  it("fails when the client goes away, so that nobody waits for more", async () => {
    const body = new PassThrough();
    body.write(Buffer.alloc(10));
    const read = buffer(limited(body, 1000));
    setTimeout(() => body.destroy(), 10);
    await expect(read).rejects.toThrow();
  });
});
